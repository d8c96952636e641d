"""A good answer of DescribeTrainingJob, and a good schedule, of which a test changes one thing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from operations.deployed_jobs import StackSchedule
from operations.jobs.history import JobRun
from rehearsal.invoking.deployed_schedule import DeployedSchedule

PREFIX: Final = "breast-cancer-staging"
NAME: Final = f"{PREFIX}-0f9a4c1e-7a55-4c39-9d6a-2f3c1d7f0b11"
SCHEDULE_ARN: Final = f"arn:aws:scheduler:us-east-1:123456789012:schedule/{PREFIX}/{PREFIX}"
DUE: Final = datetime(2026, 11, 20, 3, tzinfo=UTC)


def described(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - members of the API
    """Of a job that ran for a minute; members that are None are left out."""
    told: dict[str, Any] = {
        "TrainingJobName": NAME,
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "CreationTime": DUE + timedelta(seconds=2),
        "TrainingStartTime": DUE + timedelta(seconds=90),
        "TrainingEndTime": DUE + timedelta(seconds=150),
        "TrainingTimeInSeconds": 60,
        "BillableTimeInSeconds": 60,
        "EnableManagedSpotTraining": False,
        "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "HyperParameters": {"max_depth": "5"},
        "Environment": {
            "SCHEDULE_ARN": SCHEDULE_ARN,
            "SCHEDULED_TIME": "2026-11-20T03:00:00Z",
            "MLFLOW_TRACKING_URI": "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml",
            "REGISTERED_MODEL_NAME": "breast-cancer",
        },
        "FinalMetricDataList": [{"MetricName": "validation:accuracy", "Value": 0.95, "Timestamp": DUE}],
        "ModelArtifacts": {"S3ModelArtifacts": f"s3://bucket/{NAME}/output/model.tar.gz"},
        "SecondaryStatusTransitions": [{"Status": "Starting", "StartTime": DUE, "StatusMessage": "Starting"}],
    }
    return {name: value for name, value in {**told, **changed}.items() if value is not None}


def run(**changed: Any) -> JobRun:  # noqa: ANN401 - as described
    """As `described`, read."""
    return JobRun.read(described(**changed))


REQUEST: Final[dict[str, Any]] = {
    "TrainingJobName": f"{PREFIX}-<aws.scheduler.execution-id>",
    "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
    "RoleArn": "arn:aws:iam::123456789012:role/breast-cancer-staging-execution",
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/training-outputs/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "HyperParameters": {"max_depth": "5", "criterion": "gini"},
    "Environment": {
        "SCHEDULE_ARN": "<aws.scheduler.schedule-arn>",
        "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>",
        "SCHEDULE_EXECUTION_ID": "<aws.scheduler.execution-id>",
        "SCHEDULE_ATTEMPT_NUMBER": "<aws.scheduler.attempt-number>",
        "REGISTERED_MODEL_NAME": "breast-cancer",
    },
}
"""What a schedule sends, as far as a command looks at it."""
SCHEDULE: Final = DeployedSchedule(
    name=PREFIX,
    group_name=PREFIX,
    arn=SCHEDULE_ARN,
    state="ENABLED",
    target_arn="arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
    target_input=json.dumps(REQUEST),
    role_arn="arn:aws:iam::123456789012:role/breast-cancer-staging-scheduler",
    expression="cron(0 3 * * ? *)",
)
EXPORTED: Final = StackSchedule(
    schedule_name=PREFIX, schedule_arn=SCHEDULE_ARN, schedule_state="ENABLED", target_input=SCHEDULE.target_input
)
