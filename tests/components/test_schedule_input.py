import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from components.schedule_input import (
    ATTEMPT_NUMBER,
    CONTEXT_ATTRIBUTES,
    EXECUTION_ID,
    SCHEDULE_ARN,
    SCHEDULED_TIME,
    InvocationContext,
    render,
    target_input,
)

CONTEXT = InvocationContext(
    schedule_arn="arn:aws:scheduler:us-east-1:123456789012:schedule/g/s",
    scheduled_time=datetime(2026, 3, 22, 18, 59, 43, tzinfo=UTC),
    execution_id="d32c5kddcf5bb8c3-not-a-uuid",
    attempt_number=2,
)
ALLOWED = (
    "allowed: <aws.scheduler.schedule-arn>, <aws.scheduler.scheduled-time>, <aws.scheduler.execution-id>, "
    "<aws.scheduler.attempt-number>"
)


def test_each_context_attribute_is_filled_in_wherever_it_stands() -> None:
    request = {"Name": f"job-{EXECUTION_ID}", "Env": {"A": SCHEDULE_ARN, "B": SCHEDULED_TIME, "C": [ATTEMPT_NUMBER]}}

    assert render(target_input(request), CONTEXT) == {
        "Name": "job-d32c5kddcf5bb8c3-not-a-uuid",
        "Env": {
            "A": "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s",
            "B": "2026-03-22T18:59:43Z",
            "C": ["2"],
        },
    }


def test_the_scheduled_time_is_in_utc() -> None:
    there = InvocationContext("a", datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5))), "e", 1)

    assert render(target_input({"T": SCHEDULED_TIME}), there) == {"T": "2025-12-31T19:00:00Z"}


def test_what_is_filled_in_cannot_break_out_of_its_string() -> None:
    hostile = InvocationContext('a", "RoleArn": "other\\', CONTEXT.scheduled_time, "e", 1)

    assert render(target_input({"A": SCHEDULE_ARN}), hostile) == {"A": 'a", "RoleArn": "other\\'}


def test_the_same_request_gives_the_same_bytes_in_whatever_order() -> None:
    assert target_input({"b": 1, "a": {"d": 2, "c": "ä"}}) == target_input({"a": {"c": "ä", "d": 2}, "b": 1})
    assert target_input({"b": 1, "a": "ä"}) == '{"a":"ä","b":1}'


@pytest.mark.parametrize("attribute", ["<aws.scheduler.execution_id>", "<aws.scheduler.time>", "<aws.scheduler.>"])
def test_an_attribute_that_the_scheduler_does_not_know_is_refused_on_both_ways(attribute: str) -> None:
    message = f"the target input names {attribute}, which EventBridge Scheduler does not replace; {ALLOWED}"

    with pytest.raises(ValueError) as declared:
        target_input({"Name": f"job-{attribute}"})
    with pytest.raises(ValueError) as deployed:
        render(json.dumps({"Name": f"job-{attribute}"}), CONTEXT)

    assert (str(declared.value), str(deployed.value)) == (message, message)


def test_every_unknown_attribute_is_named_once() -> None:
    with pytest.raises(ValueError) as refused:
        target_input({"A": "<aws.scheduler.b><aws.scheduler.a>", "B": "<aws.scheduler.b>"})

    assert str(refused.value) == (
        "the target input names <aws.scheduler.a>, <aws.scheduler.b>, which EventBridge Scheduler does not replace; "
        + ALLOWED
    )


def test_an_input_of_256_kilobytes_is_the_longest() -> None:
    frame = len(target_input({"A": ""}))

    assert len(target_input({"A": "x" * (262144 - frame)})) == 262144
    with pytest.raises(ValueError) as refused:
        target_input({"A": "x" * (262145 - frame)})
    assert str(refused.value) == ("the target input has 262145 bytes; allowed: 262144; shorten hyperparameters")


def test_the_limit_counts_bytes_and_not_characters() -> None:
    with pytest.raises(ValueError, match=r"^the target input has 400008 bytes; "):
        target_input({"A": "ä" * 200_000})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[1]", "an array"),
        ('"a"', "a string"),
        ("1", "a number"),
        ("1.5", "a number"),
        ("true", "a boolean"),
        ("null", "null"),
    ],
)
def test_an_input_that_is_no_object_is_refused(text: str, kind: str) -> None:
    with pytest.raises(ValueError) as refused:
        render(text, CONTEXT)

    assert str(refused.value) == f"the target input is {kind} in JSON; allowed: an object, the API's request"


def test_an_input_that_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError) as refused:
        render("banana", CONTEXT)

    assert str(refused.value) == "the target input is not JSON: Expecting value: line 1 column 1 (char 0)"


TEXTS = st.text(max_size=8) | st.sampled_from(CONTEXT_ATTRIBUTES)
REQUESTS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.lists(TEXTS, max_size=3).map("".join),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def filled_in(value: object) -> object:
    if isinstance(value, dict):
        return {filled_in(key): filled_in(part) for key, part in value.items()}
    if isinstance(value, list):
        return [filled_in(part) for part in value]
    if isinstance(value, str):
        for attribute, text in CONTEXT.attributes().items():
            value = value.replace(attribute, text)
    return value


@settings(max_examples=50)
@given(REQUESTS)
def test_rendering_a_target_input_gives_the_request_with_its_attributes_filled_in(request: dict[str, Any]) -> None:
    assume(len({filled_in(name) for name in request}) == len(request))  # of two of one name, JSON keeps either

    assert render(target_input(request), CONTEXT) == filled_in(request)
