"""IAM patterns, and values inside findings, in every form."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings import UNKNOWN, Finding
from statements import is_literal, matches

PATTERNS = st.text(alphabet="aB.*?[\n", max_size=6)


@given(pattern=PATTERNS, text=PATTERNS, ignore_case=st.booleans())
def test_a_pattern_covers_what_its_regular_expression_matches(pattern: str, text: str, ignore_case: bool) -> None:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    assert matches(pattern, text, ignore_case=ignore_case) == bool(re.fullmatch(expression, text, flags))


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    [
        ("s3:GetObject", "s3:GetObject", True),
        ("s3:GetObject", "s3:GetObjectAcl", False),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("*", "", True),
        ("s3:*Object", "s3:GetObject", True),
        ("s3:?etObject", "s3:GetObject", True),
        ("s3:Get**", "s3:GetObject", True),
        ("a${*}b/*", "a*b/c", True),
        ("a${*}b/*", "axb/c", False),
        ("a${?}", "a?", True),
        ("a${?}", "ab", False),
        ("${$}{a}*", "${a}b", True),
        ("${*}", "${*}", False),
        ("${aws:username}", "me", False),
    ],
)
def test_patterns_by_example(pattern: str, text: str, covered: bool) -> None:
    assert matches(pattern, text) is covered


@pytest.mark.parametrize(
    ("text", "literal"), [("a", True), ("a${*}b${?}c${$}", True), ("a*", False), ("${*}*", False), ("${aws:x}", False)]
)
def test_a_special_character_in_braces_is_literal_and_a_variable_is_not(text: str, literal: bool) -> None:
    assert is_literal(text) is literal


def test_an_unknown_inside_a_shown_list_is_said_by_its_word() -> None:
    found = Finding("policy", "wrong", "mend it", ["*", UNKNOWN])
    assert found.line() == 'policy is ["*", "unknown"]: wrong. Cure: mend it.'
