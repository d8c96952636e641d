"""SG14: Managed spot training is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from findings import MISSING, UNKNOWN
from rules.spot_is_used import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

REPORTED = {
    "spot is off": (
        [("schedule.target.input.EnableManagedSpotTraining", False)],
        "schedule| target.input.EnableManagedSpotTraining is false: on-demand capacity "
        "costs up to ten times as much as spot capacity, and no reason is given. Cure: "
        "set it to true with CheckpointConfig and MaxWaitTimeInSeconds, or add a tag "
        "managed-spot-training that says why not.",
    ),
    "spot is not mentioned": (
        [("schedule.target.input.EnableManagedSpotTraining", MISSING)],
        "schedule| target.input.EnableManagedSpotTraining is missing: on-demand capacity "
        "costs up to ten times as much as spot capacity, and no reason is given. Cure: "
        "set it to true with CheckpointConfig and MaxWaitTimeInSeconds, or add a tag "
        "managed-spot-training that says why not.",
    ),
    "an empty reason": (
        [
            ("schedule.target.input.EnableManagedSpotTraining", False),
            ("schedule.target.input.Tags.+", {"Key": "managed-spot-training", "Value": " "}),
        ],
        "schedule| target.input.EnableManagedSpotTraining is false: on-demand capacity "
        "costs up to ten times as much as spot capacity, and no reason is given. Cure: "
        "set it to true with CheckpointConfig and MaxWaitTimeInSeconds, or add a tag "
        "managed-spot-training that says why not.",
    ),
    "spot is on in words only": (
        [("schedule.target.input.EnableManagedSpotTraining", "true")],
        'schedule| target.input.EnableManagedSpotTraining is "true": on-demand capacity '
        "costs up to ten times as much as spot capacity, and no reason is given. Cure: "
        "set it to true with CheckpointConfig and MaxWaitTimeInSeconds, or add a tag "
        "managed-spot-training that says why not.",
    ),
}

ACCEPTED = {
    "a stated reason": [
        ("schedule.target.input.EnableManagedSpotTraining", False),
        ("schedule.target.input.Tags.+", {"Key": "managed-spot-training", "Value": "five-minute job"}),
    ],
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
