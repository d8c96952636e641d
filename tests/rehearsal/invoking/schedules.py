"""A schedule of training jobs on an embedded AWS, and what its invocations leave there."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rehearsal.aws_clients import AwsClients
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.invoking.schedule_runner import read_schedule
from tests.rehearsal.s3_channels import s3_channel

NAME = "breast-cancer-staging"
SCHEDULE_ARN = f"arn:aws:scheduler:us-east-1:123456789012:schedule/{NAME}/{NAME}"
TARGET_ARN = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"
QUEUE_ARN = f"arn:aws:sqs:us-east-1:123456789012:{NAME}-dead-letters"
ROLE_ARN = f"arn:aws:iam::123456789012:role/{NAME}-execution"
EXECUTION_ID = "0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10"
DUE = datetime(2022, 3, 22, 18, 59, 43, tzinfo=UTC)
Request = dict[str, Any]


def good_input() -> Request:
    return {
        "TrainingJobName": f"{NAME}-<aws.scheduler.execution-id>",
        "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
        "RoleArn": ROLE_ARN,
        "InputDataConfig": [s3_channel("training", "s3://bucket/datasets/training/")],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/training-outputs/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "Environment": {
            "SCHEDULE_ARN": "<aws.scheduler.schedule-arn>",
            "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>",
            "SCHEDULE_ATTEMPT_NUMBER": "<aws.scheduler.attempt-number>",
        },
    }


def deploy_schedule(clients: AwsClients) -> None:
    """A schedule whose target input is the good one, its queue, and the data that its jobs read."""
    clients.s3.create_bucket(Bucket="bucket")
    clients.s3.put_object(Bucket="bucket", Key="datasets/training/a.csv", Body=b"1,0\n")
    clients.sqs.create_queue(QueueName=f"{NAME}-dead-letters")
    clients.scheduler.create_schedule_group(Name=NAME)
    clients.scheduler.create_schedule(
        Name=NAME,
        GroupName=NAME,
        ScheduleExpression="cron(0 6 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        State="ENABLED",
        Target={
            "Arn": TARGET_ARN,
            "RoleArn": f"arn:aws:iam::123456789012:role/{NAME}-scheduler",
            "Input": json.dumps(good_input()),
            "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600},
            "DeadLetterConfig": {"Arn": QUEUE_ARN},
        },
    )


def deployed(clients: AwsClients, **changes: object) -> DeployedSchedule:
    return replace(read_schedule(clients, NAME, NAME), **changes)  # type: ignore[arg-type] # a test's changes


def with_input(clients: AwsClients, **changes: object) -> DeployedSchedule:
    return deployed(clients, target_input=json.dumps(good_input() | changes))


def dead_letters(clients: AwsClients) -> list[tuple[dict[str, str], Request]]:
    url = clients.sqs.get_queue_url(QueueName=f"{NAME}-dead-letters")["QueueUrl"]
    answer = clients.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)
    return [
        (
            {name: value["StringValue"] for name, value in message["MessageAttributes"].items()},
            json.loads(message["Body"]),
        )
        for message in answer.get("Messages", [])
    ]


def training_jobs(clients: AwsClients) -> list[str]:
    return [job["TrainingJobName"] for job in clients.sagemaker.list_training_jobs()["TrainingJobSummaries"]]
