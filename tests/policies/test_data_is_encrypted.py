"""SG22: Volume and output are encrypted with a customer key."""

from __future__ import annotations

from components.instance_types import FAMILIES_WITH_LOCAL_STORAGE
from findings import MISSING
from rules.data_is_encrypted import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    UNKNOWN_JOBS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

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

LEFT_ALONE = OTHER_TARGETS | UNKNOWN_JOBS


def test_the_families_left_alone_are_those_for_which_the_settings_refuse_a_volume_key() -> None:
    assert set(RULE.config["familiesWithLocalStorage"]["default"]) == FAMILIES_WITH_LOCAL_STORAGE


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
