"""A schedule, the request that it makes, and the calls of its execution role."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.aws_names import AwsScope
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.permissions.permissions import AwsCall
from rehearsal.permissions.role_calls import execution_role_calls
from tests.rehearsal.s3_channels import s3_channel

Request = dict[str, Any]
SCOPE = AwsScope("aws", "us-east-1", "123456789012")
JOB = "breast-cancer-staging-0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10"
JOB_ARN = f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{JOB}"
ROLE_ARN = "arn:aws:iam::123456789012:role/breast-cancer-staging-execution"
TRACKING_ARN = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml-platform-staging"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SCHEDULE = DeployedSchedule(
    name="breast-cancer-staging",
    group_name="breast-cancer-staging",
    arn="arn:aws:scheduler:us-east-1:123456789012:schedule/breast-cancer-staging/breast-cancer-staging",
    state="ENABLED",
    target_arn="arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
    target_input="{}",
    role_arn="arn:aws:iam::123456789012:role/breast-cancer-staging-scheduler",
    dead_letter_queue_arn="arn:aws:sqs:us-east-1:123456789012:breast-cancer-staging-dead-letters",
)


def good_request() -> Request:
    return {
        "TrainingJobName": JOB,
        "AlgorithmSpecification": {
            "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3",
            "TrainingInputMode": "File",
        },
        "RoleArn": ROLE_ARN,
        "InputDataConfig": [s3_channel("training", "s3://bucket/datasets/training/")],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/training-outputs/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "HyperParameters": {"sagemaker_submit_directory": "s3://bucket/training-code/job/sha/sourcedir.tar.gz"},
        "Environment": {"MLFLOW_TRACKING_URI": TRACKING_ARN},
        "Tags": [{"Key": "stack", "Value": "staging"}],
    }


def execution_calls(request: Request, artifact_store: str | None = None) -> tuple[AwsCall, ...]:
    keys = {"training": [f"s3://bucket/datasets/training/{name}.csv" for name in "ab"]}
    return execution_role_calls(request, scope=SCOPE, object_uris=keys, artifact_store=artifact_store)


def of_service(calls: Sequence[AwsCall], service: str) -> list[tuple[str, str, Mapping[str, object]]]:
    found = ((call.action, call.resource, call.context) for call in calls)
    return [call for call in found if call[0].startswith(f"{service}:")]
