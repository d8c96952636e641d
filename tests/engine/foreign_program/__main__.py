"""A program of somebody else: training jobs scheduled by hand, each with one fault."""

import json
import sys
from types import TracebackType

import pulumi
import pulumi_aws as aws


def without_a_traceback(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Say nothing of an interrupt: the engine interrupts a program whose stack a policy refuses."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)


sys.excepthook = without_a_traceback

ACCOUNT = "123456789012"
TARGET = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"
SOURCE_ARN = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule-group/nightly"

request = {
    "TrainingJobName": "forest-<aws.scheduler.execution-id>",
    "AlgorithmSpecification": {"TrainingImage": "forest:1.0", "TrainingInputMode": "File"},
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/execution",
    "OutputDataConfig": {"S3OutputPath": "s3://forests/outputs/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}

trust = {
    "Effect": "Allow",
    "Principal": {"Service": "scheduler.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnEquals": {"aws:SourceArn": SOURCE_ARN}},
}
role = aws.iam.Role("scheduler", name="scheduler", assume_role_policy=json.dumps({"Statement": trust}))
aws.iam.RolePolicy(
    "wildcard",
    role=role.name,
    policy=json.dumps({"Statement": {"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*"}}),
)


def schedule(
    name: str, target_input: pulumi.Input[str], role_arn: pulumi.Input[str] = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
) -> None:
    """Declare a schedule that starts training jobs."""
    aws.scheduler.Schedule(
        name,
        name=name,
        schedule_expression="rate(1 day)",
        flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
        target=aws.scheduler.ScheduleTargetArgs(arn=TARGET, role_arn=role_arn, input=target_input),
    )


schedule("spot", json.dumps(request | {"EnableManagedSpotTraining": True}), role_arn=role.arn)
schedule("unknown", pulumi.Output.json_dumps(request | {"RoleArn": role.arn}))
password = pulumi.Output.secret("hunter2-in-plain-text")
schedule("secret", pulumi.Output.json_dumps(request | {"Environment": {"DATABASE_PASSWORD": password}}))
