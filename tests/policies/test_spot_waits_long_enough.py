"""SG16: Spot waits long enough, and not for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from findings import MISSING, UNKNOWN
from rules.spot_waits_long_enough import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

REPORTED = {
    "no longest wait": (
        [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", MISSING)],
        "schedule| target.input.StoppingCondition.MaxWaitTimeInSeconds is missing: "
        "managed spot training needs a whole number of seconds. Cure: set it to at least "
        "MaxRuntimeInSeconds.",
    ),
    "a wait one second too short": (
        [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 3599)],
        "schedule| target.input.StoppingCondition.MaxWaitTimeInSeconds is 3599: shorter "
        "than MaxRuntimeInSeconds (3600), which SageMaker rejects. Cure: raise it to at "
        "least 3600.",
    ),
    "a wait above the cap": (
        [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 86401)],
        "schedule| target.input.StoppingCondition.MaxWaitTimeInSeconds is 86401: longer "
        "than the 86400 seconds allowed here. Cure: lower it to at most 86400.",
    ),
    "a wait in words": (
        [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", "7200")],
        'schedule| target.input.StoppingCondition.MaxWaitTimeInSeconds is "7200": '
        "managed spot training needs a whole number of seconds. Cure: set it to at least "
        "MaxRuntimeInSeconds.",
    ),
    "no longest run": (
        [("schedule.target.input.StoppingCondition.MaxRuntimeInSeconds", MISSING)],
        "schedule| target.input.StoppingCondition.MaxRuntimeInSeconds is missing: a spot "
        "job needs a whole number of seconds. Cure: set it.",
    ),
}

ACCEPTED = {
    "a wait just as long as the run": [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 3600)],
    "a wait just at the cap": [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 86400)],
}

LEFT_ALONE = {
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
    "a job that is unknown at preview, which SG01 reports": (
        [("schedule.target.input", UNKNOWN)],
        "schedule",
        "target.input is missing or unknown at preview: SG01 reports it",
    ),
    "a target whose ARN is unknown and whose input is no training job's": (
        [("schedule.target.arn", UNKNOWN), ("schedule.target.input", {"Function": "x"})],
        "schedule",
        "the schedule's target ARN is unknown and its input is not that of a training job",
    ),
    "a job whose input is no JSON, which SG01 reports": (
        [("schedule.target.input", "{")],
        "schedule",
        "target.input is not a JSON object: SG01 reports it",
    ),
    "a job on demand": (
        [("schedule.target.input.EnableManagedSpotTraining", False)],
        "schedule",
        "managed spot training is off",
    ),
}


def test_the_good_stack_passes(good_stack: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, good_stack) == []


@pytest.mark.parametrize("case", REPORTED)
def test_one_change_is_reported_once(case: str, good_stack: StackUnderTest, findings_of: Judge) -> None:
    changes, line = REPORTED[case]
    for path, value in changes:
        good_stack.set(path, value)
    assert findings_of(RULE, good_stack) == [line]


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_right_in_another_way_passes(case: str, good_stack: StackUnderTest, findings_of: Judge) -> None:
    for path, value in ACCEPTED[case]:
        good_stack.set(path, value)
    assert findings_of(RULE, good_stack) == []


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_what_the_rule_is_not_about_is_left_alone_and_said_so(
    case: str, good_stack: StackUnderTest, findings_of: Judge, not_applicable_of: Reasons
) -> None:
    changes, name, reason = LEFT_ALONE[case]
    for path, value in changes:
        good_stack.set(path, value)
    assert findings_of(RULE, good_stack) == []
    assert not_applicable_of(RULE, good_stack)[name] == reason
