"""One AWS call, and policy documents that are about it."""

from typing import Any

from rehearsal.permissions.permissions import AwsCall
from rehearsal.permissions.policy_documents import PolicyDocument

JOB_ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-staging-1"
CREATE = AwsCall(
    "sagemaker:CreateTrainingJob",
    JOB_ARN,
    "create the training job",
    {
        "sagemaker:InstanceTypes": ("ml.m5.large",),
        "sagemaker:MaxRuntimeInSeconds": "3600",
        "sagemaker:NetworkIsolation": "true",
        "aws:TagKeys": ("stack", "team"),
        "aws:RequestTag/stack": "staging",
        "sagemaker:VolumeKmsKey": "arn:aws:kms:us-east-1:123456789012:key/1-2",
        "aws:CurrentTime": "2026-11-23T06:00:00Z",
    },
)


def document(*statements: dict[str, Any], name: str = "permissions") -> PolicyDocument:
    return PolicyDocument.parse(name, {"Version": "2012-10-17", "Statement": list(statements)})


def allow(**changes: object) -> dict[str, Any]:
    good = {
        "Sid": "CreateJobs",
        "Effect": "Allow",
        "Action": "sagemaker:CreateTrainingJob",
        "Resource": "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-staging-*",
    }
    return {key: value for key, value in (good | changes).items() if value is not None}
