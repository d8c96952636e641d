"""SG15: Spot needs a checkpoint location."""

from __future__ import annotations

from findings import MISSING
from rules.spot_needs_a_checkpoint import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    UNKNOWN_JOBS,
    each_is_left_alone,
    each_is_reported,
    good_stack_passes,
)

REPORTED = {
    "a location without a bucket": (
        [("schedule.target.input.CheckpointConfig.S3Uri", "s3://")],
        'schedule| target.input.CheckpointConfig.S3Uri is "s3://": managed spot training without a '
        "checkpoint location starts again from nothing after every interruption. Cure: set "
        "CheckpointConfig.S3Uri to an s3:// prefix of this job.",
    ),
    "no checkpoint": (
        [("schedule.target.input.CheckpointConfig", MISSING)],
        "schedule| target.input.CheckpointConfig.S3Uri is missing: managed spot training "
        "without a checkpoint location starts again from nothing after every "
        "interruption. Cure: set CheckpointConfig.S3Uri to an s3:// prefix of this job.",
    ),
    "a checkpoint without a location": (
        [("schedule.target.input.CheckpointConfig.S3Uri", MISSING)],
        "schedule| target.input.CheckpointConfig.S3Uri is missing: managed spot training "
        "without a checkpoint location starts again from nothing after every "
        "interruption. Cure: set CheckpointConfig.S3Uri to an s3:// prefix of this job.",
    ),
    "a location that is not S3": (
        [("schedule.target.input.CheckpointConfig.S3Uri", "/opt/ml/checkpoints")],
        'schedule| target.input.CheckpointConfig.S3Uri is "/opt/ml/checkpoints": managed '
        "spot training without a checkpoint location starts again from nothing after "
        "every interruption. Cure: set CheckpointConfig.S3Uri to an s3:// prefix of this "
        "job.",
    ),
    "an empty location": (
        [("schedule.target.input.CheckpointConfig.S3Uri", "")],
        'schedule| target.input.CheckpointConfig.S3Uri is "": managed spot training '
        "without a checkpoint location starts again from nothing after every "
        "interruption. Cure: set CheckpointConfig.S3Uri to an s3:// prefix of this job.",
    ),
}

LEFT_ALONE = {
    **OTHER_TARGETS,
    **UNKNOWN_JOBS,
    "a job on demand": (
        [("schedule.target.input.EnableManagedSpotTraining", False)],
        "schedule",
        "managed spot training is off",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
