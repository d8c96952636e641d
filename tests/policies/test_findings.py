"""The one line in which a finding travels."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from findings import MISSING, UNKNOWN, Finding, parse, property_path

SENTENCES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ,:()\"'*=>-]{0,60}", fullmatch=True)
VALUES = st.one_of(
    st.sampled_from([MISSING, UNKNOWN, None]),
    st.recursive(st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)),
)
SEGMENTS = st.lists(st.one_of(st.text(max_size=12), st.integers(0, 99)), max_size=4)


def test_a_value_that_holds_an_unknown_is_one_line_too() -> None:
    finding = Finding("policy.Statement", "it is not known", "use plain text", ["a", {"b": UNKNOWN}])

    assert finding.line() == 'policy.Statement is ["a", {"b": "unknown"}]: it is not known. Cure: use plain text.'
    assert parse(finding.line()).line() == finding.line()


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (Finding("a.b", "is wrong", "mend it"), "a.b: is wrong. Cure: mend it."),
        (Finding("a.b", "is wrong", "mend it", 3600), "a.b is 3600: is wrong. Cure: mend it."),
        (Finding("a.b", "is wrong", "mend it", "x: y"), 'a.b is "x: y": is wrong. Cure: mend it.'),
        (Finding("a.b", "is wrong", "mend it", None), "a.b is null: is wrong. Cure: mend it."),
        (Finding("a.b", "is wrong", "mend it", MISSING), "a.b is missing: is wrong. Cure: mend it."),
        (Finding("a.b", "is wrong", "mend it", UNKNOWN), "a.b is unknown: is wrong. Cure: mend it."),
    ],
)
def test_a_finding_is_one_line(finding: Finding, line: str) -> None:
    assert finding.line() == line


@settings(max_examples=50)
@given(SEGMENTS, SENTENCES, SENTENCES, VALUES)
def test_what_was_written_can_be_read(segments: list[str | int], fault: str, cure: str, value: object) -> None:
    path = property_path("target.input", *segments)
    for finding in (Finding(path, fault, cure), Finding(path, fault, cure, value)):
        assert parse(finding.line()) == finding
        assert "\n" not in finding.line()


@pytest.mark.parametrize("line", ["", "a.b: is wrong", "a.b is wrong. Cure: mend it.", "a.b: is wrong. Cure: mend it"])
def test_another_text_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"^not a message of this policy pack: .*; expected 'PATH"):
        parse(line)


@pytest.mark.parametrize(
    ("segments", "path"),
    [
        (("policy", "Statement", 0, "Action", 1), "policy.Statement[0].Action[1]"),
        (("target.input", "HyperParameters", "a.b"), 'target.input.HyperParameters["a.b"]'),
        (("target.input", "Environment", "a b: c"), 'target.input.Environment["a\\u0020b:\\u0020c"]'),
    ],
)
def test_a_path_has_no_spaces(segments: tuple[str | int, ...], path: str) -> None:
    assert property_path(*segments) == path
