"""The tests that every rule has, of its own cases: what it reports, what it lets pass, what it is not about.

A case is a name and the changes of the good stack, each a path and a value, with what comes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import pytest

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

    from rule import Rule

Changes: TypeAlias = Sequence[tuple[str, object]]
Test: TypeAlias = Callable[..., None]


def good_stack_passes(rule: Rule) -> Test:
    def test(good_stack: StackUnderTest, findings_of: Judge) -> None:
        assert findings_of(rule, good_stack) == []

    return test


def each_is_reported(rule: Rule, cases: Mapping[str, tuple[Changes, str]]) -> Test:
    """Once, with the line that the case has."""

    @pytest.mark.parametrize("case", cases)
    def test(case: str, good_stack: StackUnderTest, findings_of: Judge) -> None:
        changes, line = cases[case]
        for path, value in changes:
            good_stack.set(path, value)
        assert findings_of(rule, good_stack) == [line]

    return test


def each_passes(rule: Rule, cases: Mapping[str, Changes]) -> Test:
    @pytest.mark.parametrize("case", cases)
    def test(case: str, good_stack: StackUnderTest, findings_of: Judge) -> None:
        for path, value in cases[case]:
            good_stack.set(path, value)
        assert findings_of(rule, good_stack) == []

    return test


def each_is_left_alone(rule: Rule, cases: Mapping[str, tuple[Changes, str, str]]) -> Test:
    """Without a finding, and with the reason that the case has of the resource that it names."""

    @pytest.mark.parametrize("case", cases)
    def test(case: str, good_stack: StackUnderTest, findings_of: Judge, not_applicable_of: Reasons) -> None:
        changes, name, reason = cases[case]
        for path, value in changes:
            good_stack.set(path, value)
        assert findings_of(rule, good_stack) == []
        assert not_applicable_of(rule, good_stack)[name] == reason

    return test
