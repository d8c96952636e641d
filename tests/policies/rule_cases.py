"""The tests that every rule has, of its own cases: what it reports, what it lets pass, what it is not about.

A case is a name and the changes of the good stack, each a path and a value, with what comes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import pytest

from findings import UNKNOWN

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

    from rule import Rule

Changes: TypeAlias = Sequence[tuple[str, object]]
Test: TypeAlias = Callable[..., None]

OTHER_TARGETS = {
    "a schedule that calls a Lambda function": (
        [("schedule.target.arn", "arn:aws:lambda:us-east-1:123456789012:function:train")],
        "schedule",
        "the schedule's target is in service lambda, not aws-sdk:sagemaker:createTrainingJob",
    ),
    "a schedule that starts a state machine": (
        [("schedule.target.arn", "arn:aws:scheduler:::aws-sdk:sfn:startExecution")],
        "schedule",
        "the schedule's target is aws-sdk:sfn:startExecution, not aws-sdk:sagemaker:createTrainingJob",
    ),
    "a target whose ARN is unknown and whose input is no training job's": (
        [("schedule.target.arn", UNKNOWN), ("schedule.target.input", {"Function": "x"})],
        "schedule",
        "the schedule's target ARN is unknown and its input is not that of a training job",
    ),
}
"""Schedules that start no training job, for `each_is_left_alone`."""
UNKNOWN_JOBS = {
    "a job that is unknown at preview, which SG01 reports": (
        [("schedule.target.input", UNKNOWN)],
        "schedule",
        "target.input is missing or unknown at preview: SG01 reports it",
    ),
    "a job whose input is no JSON, which SG01 reports": (
        [("schedule.target.input", "{")],
        "schedule",
        "target.input is not a JSON object: SG01 reports it",
    ),
}
"""Jobs that cannot be read, which is the business of another rule."""
UNKNOWN_DOCUMENTS = {
    "a document that is unknown at preview, which SG01 reports": (
        [("execution_policy.policy", UNKNOWN)],
        "execution_policy",
        "the policy document is missing, unknown or unreadable: SG01 reports it",
    ),
    "a document that is no JSON, which SG01 reports": (
        [("execution_policy.policy", "{")],
        "execution_policy",
        "the policy document is missing, unknown or unreadable: SG01 reports it",
    ),
}
"""Policy documents that cannot be read, which is the business of another rule."""


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
