"""SG22: Volume and output are encrypted with a customer key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.instance_types import FAMILIES_WITH_LOCAL_STORAGE
from findings import MISSING, UNKNOWN
from rules.data_is_encrypted import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

REPORTED = {
    "a key that is a space": (
        [("schedule.target.input.ResourceConfig.VolumeKmsKeyId", " ")],
        "schedule| target.input.ResourceConfig.VolumeKmsKeyId is missing: the training volume is not "
        "encrypted with a customer key. Cure: set it to the ARN of a KMS key.",
    ),
    "no key for the volume": (
        [("schedule.target.input.ResourceConfig.VolumeKmsKeyId", MISSING)],
        "schedule| target.input.ResourceConfig.VolumeKmsKeyId is missing: the training "
        "volume is not encrypted with a customer key. Cure: set it to the ARN of a KMS "
        "key.",
    ),
    "no key for the model": (
        [("schedule.target.input.OutputDataConfig.KmsKeyId", MISSING)],
        "schedule| target.input.OutputDataConfig.KmsKeyId is missing: the model is not "
        "encrypted with a customer key. Cure: set it to the ARN of a KMS key.",
    ),
    "an empty key": (
        [("schedule.target.input.OutputDataConfig.KmsKeyId", "")],
        "schedule| target.input.OutputDataConfig.KmsKeyId is missing: the model is not "
        "encrypted with a customer key. Cure: set it to the ARN of a KMS key.",
    ),
    "a key of AWS": (
        [("schedule.target.input.OutputDataConfig.KmsKeyId", "alias/aws/s3")],
        'schedule| target.input.OutputDataConfig.KmsKeyId is "alias/aws/s3": the model '
        "is not encrypted with a customer key. Cure: use a key that you manage instead "
        "of AWS's.",
    ),
    "a key of AWS by ARN": (
        [("schedule.target.input.ResourceConfig.VolumeKmsKeyId", "arn:aws:kms:us-east-1:123456789012:alias/aws/ebs")],
        "schedule| target.input.ResourceConfig.VolumeKmsKeyId is "
        '"arn:aws:kms:us-east-1:123456789012:alias/aws/ebs": the training volume is not '
        "encrypted with a customer key. Cure: use a key that you manage instead of "
        "AWS's.",
    ),
}

ACCEPTED = {
    "a group of instances that encrypt their own storage": [
        ("schedule.target.input.ResourceConfig.VolumeKmsKeyId", MISSING),
        ("schedule.target.input.ResourceConfig.InstanceType", MISSING),
        (
            "schedule.target.input.ResourceConfig.InstanceGroups",
            [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.g5.xlarge"}],
        ),
    ],
    "an instance that encrypts its own storage": [
        ("schedule.target.input.ResourceConfig.VolumeKmsKeyId", MISSING),
        ("schedule.target.input.ResourceConfig.InstanceType", "ml.g5.xlarge"),
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


def test_the_families_left_alone_are_those_for_which_the_settings_refuse_a_volume_key() -> None:
    assert set(RULE.config["familiesWithLocalStorage"]["default"]) == FAMILIES_WITH_LOCAL_STORAGE


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
