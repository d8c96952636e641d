import re

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from rehearsal.requests.service_patterns import PatternError, compile_pattern

OPERATIONS = [
    ("sagemaker", "CreateTrainingJob"),
    ("scheduler", "CreateSchedule"),
    ("scheduler", "CreateScheduleGroup"),
    ("sqs", "CreateQueue"),
    ("iam", "CreateRole"),
    ("iam", "PutRolePolicy"),
]


def patterns_of(shape: Shape, seen: set[str]) -> set[str]:
    if shape.name in seen:
        return set()
    seen.add(shape.name)
    found = {shape.metadata["pattern"]} if "pattern" in shape.metadata else set()
    inner = {
        "structure": lambda: list(shape.members.values()),
        "list": lambda: [shape.member],
        "map": lambda: [shape.key, shape.value],
    }.get(shape.type_name, list)()
    return found.union(*(patterns_of(member, seen) for member in inner))


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_pattern_of_an_operation_that_is_used_compiles(service: str, operation: str) -> None:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)

    patterns = patterns_of(model.operation_model(operation).input_shape, set())

    assert all(isinstance(compile_pattern(pattern), re.Pattern) for pattern in patterns)
    assert bool(patterns) == (service != "sqs"), "SQS's model has no pattern; the others have"


@pytest.mark.parametrize("value", ["stack", "Größe", "名前", "٣", "a b", "a.b:c/d=e+f-g@h_"])
def test_unicode_letters_numbers_and_spaces_match_their_classes(value: str) -> None:
    assert compile_pattern(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)").fullmatch(value)


@pytest.mark.parametrize("value", ["a{b", "a\nb", "a;b", "\u0300"])
def test_what_is_no_letter_number_or_space_does_not_match_their_classes(value: str) -> None:
    assert not compile_pattern(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)").fullmatch(value)


@pytest.mark.parametrize(
    ("pattern", "matching", "missing"),
    [
        (r"\p{L}+", "äb", "a1"),
        (r"arn:[\p{Alnum}\-]+:x", "arn:aws-cn:x", "arn:äws:x"),
        (r"\w+", "abc_1", "äbc"),
        (r"\d{2}", "12", "٣٤"),
        (r"(?<word>a+)b", "aab", "b"),
        (r"a(?<!b)c", "ac", "bc"),
        (r"[[a]+", "[a", "b"),
        (r"a++b", "aab", "a"),
        (r"\[[a-z|~&]+", "[a|", "a"),
    ],
)
def test_a_java_pattern_matches_as_in_java(pattern: str, matching: str, missing: str) -> None:
    assert compile_pattern(pattern).fullmatch(matching)
    assert not compile_pattern(pattern).fullmatch(missing)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"\P{L}", r"pattern '\\P{L}' of the service model uses \P, which has no translation"),
        (r"\p{Greek}", r"pattern '\\p{Greek}' of the service model uses the class 'Greek'; no translation"),
        ("[a&&b]", "pattern '[a&&b]' of the service model intersects classes; no translation"),
        ("(", "pattern '(' of the service model does not compile: missing ), unterminated subpattern at position 0"),
    ],
)
def test_a_pattern_without_a_translation_is_an_error_that_names_it(pattern: str, message: str) -> None:
    with pytest.raises(PatternError) as raised:
        compile_pattern(pattern)

    assert str(raised.value) == message
