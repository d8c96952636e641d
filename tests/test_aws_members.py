"""What AWS's model refuses of a member, is refused of the setting that it comes from, which the message names."""

import copy
from typing import Any

import pytest
from botocore.model import Shape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.requests.service_patterns import compile_pattern
from settings import SettingsError, parse_settings
from tests.aws_members import MEMBERS, WITHOUT_SETTING, Values, base_of, shapes
from tests.job_requests import faults_of, requests_of

RANDOM = st.text(max_size=40) | st.text(st.characters(codec="ascii"), max_size=40) | st.just("")
IN_A_BUCKET = "s3://ml-bucket/"


@st.composite
def refused_values(draw: st.DrawFn, member: str) -> object:
    """A value that the model's shape does not take: past a limit, off the pattern or list, or of another type."""
    shape, (_, setting) = shapes()[member], MEMBERS[member]
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name in {"integer", "long"}:
        past = [*([least - 1] if least is not None else []), *([most + 1] if most is not None else [])]
        further = [st.integers(max_value=least - 1)] if least is not None else []
        return draw(st.one_of(st.sampled_from([*past, "1", 1.5, True, [], {}]), *further))
    if shape.type_name == "boolean":
        return draw(st.sampled_from(["true", 1, 0, [], {}]) | st.text())
    is_name = setting.endswith("}")
    value = draw(_refused_text(shape))
    others: list[Any] = [] if is_name or setting.startswith("hyperparameters") else [7, True, [], {"a": 1}]
    return draw(st.sampled_from([value, value, *others]))


def _refused_text(shape: Shape) -> st.SearchStrategy[str]:
    most = shape.metadata.get("max")
    start = IN_A_BUCKET if shape.metadata.get("pattern", "").startswith("(https|s3)://") else ""
    long = [st.integers(most - len(start) + 1, most + 50).map(lambda size: start + "x" * size)] if most else []
    if start:  # what is no URI is a path in the bucket; AWS gets a URI
        return st.one_of(*long)
    off = RANDOM.filter(lambda text: refuses(shape, text))
    return (
        st.one_of(off, *long)
        if shape.enum or shape.metadata.get("pattern", ".*") not in (".*", r"[\S\s]*")
        else (st.one_of(*long, *_line_ends(shape)))
    )


def _line_ends(shape: Shape) -> list[st.SearchStrategy[str]]:
    line_end = st.sampled_from("\n\r\u0085\u2028\u2029")
    return [line_end.map(lambda end: f"a{end}b")] if shape.metadata.get("pattern") == ".*" else []


def refuses(shape: Any, text: str) -> bool:  # noqa: ANN401 - botocore's shape of a string
    """Whether the model's limits, list or pattern refuse a text."""
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 10**9)
    pattern = shape.metadata.get("pattern")
    if shape.enum:
        return text not in shape.enum
    return not least <= len(text) <= most or bool(pattern and not compile_pattern(pattern).fullmatch(text))


def with_value(base: Values, setting: str, value: object) -> tuple[Values, str]:
    """The values with one in place of another, and how messages name the setting."""
    values = copy.deepcopy(base)
    path = setting[1:].split(".") if setting.startswith("/") else ["training_jobs", "churn", *setting.split(".")]
    place: Any = values
    for part in path[:-1]:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[int(part)]
    last = path[-1]
    if last.startswith("{"):
        place[value] = place.pop(last[1:-1])
        return values, ".".join(path[:-1])
    place[int(last) if isinstance(place, list) else last] = value
    return values, ".".join(path)


def said_of(values: Values) -> list[str]:
    """What is said of values, by the settings or else by what judges requests, as `check` has them both."""
    try:
        parsed = parse_settings(values, "prod", "us-east-1")
    except SettingsError as error:
        return str(error).splitlines()[1:]
    return [f"request: {line}" for request, schedule in requests_of(parsed) for line in faults_of(request, schedule)]


JUDGED_WITH_THE_REQUEST = ("instance_type",)
"""AWS adds types every month; what this machine's model of AWS lacks is said by `check`, and by no setting."""


def assert_refused_by_name(member: str, value: object) -> None:
    base, setting = MEMBERS[member]
    values, named = with_value(base_of(base), setting, value)

    said = said_of(values)

    assert said, f"{setting} takes {value!r}, and AWS does not"
    if said[0].startswith("request:"):
        assert setting.endswith(JUDGED_WITH_THE_REQUEST), (setting, value, said)
        return
    in_the_job = named.removeprefix("training_jobs.churn.")
    holder, _, last = named.rpartition(".")
    # What relates several settings is said of what holds them, and names the setting in the text.
    assert any(in_the_job in line or (f"{holder}: " in line and last in line) for line in said), (named, value, said)


def test_each_base_is_good() -> None:
    for base in {base for base, _ in MEMBERS.values()}:
        assert said_of(base_of(base)) == []


def test_each_member_comes_from_a_setting_or_is_left_out_for_a_reason() -> None:
    left_out = tuple(WITHOUT_SETTING)

    unknown = [path for path in shapes() if path not in MEMBERS and not path.startswith(left_out)]

    assert unknown == []
    assert [path for path in MEMBERS if path not in shapes()] == []
    assert [path for path in left_out if not any(each.startswith(path) for each in shapes())] == []


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_a_value_that_aws_refuses_is_refused_by_name(member: str) -> None:
    @settings(max_examples=2, deadline=None)
    @given(refused_values(member))
    def refused(value: object) -> None:
        assert_refused_by_name(member, value)

    refused()


@pytest.mark.soak
@settings(max_examples=4000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_thousands_of_values_that_aws_refuses_are_refused_by_name(data: st.DataObject) -> None:
    member = data.draw(st.sampled_from(sorted(MEMBERS)))
    assert_refused_by_name(member, data.draw(refused_values(member)))
