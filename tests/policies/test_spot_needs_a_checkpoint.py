"""SG15: Spot needs a checkpoint location."""

from __future__ import annotations

from findings import MISSING, UNKNOWN
from rules.spot_needs_a_checkpoint import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, good_stack_passes

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


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
