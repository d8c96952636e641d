"""A good prod stack, whose parts a test changes one at a time."""

import copy
import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from findings import MISSING, UNKNOWN
from resources import Resource

Json: TypeAlias = Any
ACCOUNT, REGION, PREFIX = "123456789012", "us-east-1", "breast-cancer-prod"
BUCKET = "ml-platform-prod-ml-bucket"
S3 = f"arn:aws:s3:::{BUCKET}"
VOLUME_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
OUTPUT_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/2a3b4c5d-6e7f-4801-9a2b-3c4d5e6f7081"
TRAINING_JOBS = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/{PREFIX}-*"
SUBNETS, GROUPS = ["subnet-0a1b2c3d4e5f60718", "subnet-0f1e2d3c4b5a69780"], ["sg-0123456789abcdef0"]
DEAD_LETTERS = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{PREFIX}-dead-letters"
# Text for the engine, structure for the tests.
TEXTS = {"input", "policy", "assumeRolePolicy"}

REQUEST: dict[str, Any] = {
    "TrainingJobName": f"{PREFIX}-<aws.scheduler.execution-id>",
    "AlgorithmSpecification": {
        "TrainingImage": f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3",
        "TrainingInputMode": "File",
    },
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-execution",
    "InputDataConfig": [
        {
            "ChannelName": "training",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/datasets/training/"}},
        }
    ],
    "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/training-outputs/", "KmsKeyId": OUTPUT_KEY},
    "ResourceConfig": {
        "InstanceType": "ml.m5.large",
        "InstanceCount": 1,
        "VolumeSizeInGB": 30,
        "VolumeKmsKeyId": VOLUME_KEY,
    },
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
    "EnableManagedSpotTraining": True,
    "EnableInterContainerTrafficEncryption": True,
    "CheckpointConfig": {
        "S3Uri": f"s3://{BUCKET}/checkpoints/{PREFIX}/<aws.scheduler.execution-id>/",
        "LocalPath": "/opt/ml/checkpoints",
    },
    "VpcConfig": {"Subnets": SUBNETS, "SecurityGroupIds": GROUPS},
    "HyperParameters": {"max_depth": "5", "sagemaker_program": "train.py"},
    "Environment": {
        "MLFLOW_TRACKING_URI": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:mlflow-tracking-server/ml-platform-prod",
        "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>",
    },
    "Tags": [{"Key": "stack", "Value": "prod"}],
}


def allow(action: Json, resource: Json, condition: Json = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def trust(service: str, condition: Json) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement | {"Condition": condition}]}


SCHEDULER_STATEMENTS = [
    allow(
        ["sagemaker:CreateTrainingJob"],
        TRAINING_JOBS,
        {
            "ForAllValues:StringEquals": {
                "sagemaker:InstanceTypes": ["ml.m5.large"],
                "sagemaker:VpcSubnets": list(SUBNETS),
                "sagemaker:VpcSecurityGroupIds": list(GROUPS),
            },
            "Null": {
                "sagemaker:InstanceTypes": "false",
                "sagemaker:VpcSubnets": "false",
                "sagemaker:VpcSecurityGroupIds": "false",
            },
            "NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": "3600"},
            "Bool": {"sagemaker:InterContainerTrafficEncryption": "true"},
        },
    ),
    allow(["sagemaker:AddTags"], TRAINING_JOBS, {"StringEquals": {"sagemaker:TaggingAction": "CreateTrainingJob"}}),
    allow(["iam:PassRole"], REQUEST["RoleArn"], {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}),
    allow(["sqs:SendMessage"], DEAD_LETTERS),
]
EXECUTION_STATEMENTS = [
    allow(["s3:GetObject"], [f"{S3}/datasets/training/*", f"{S3}/checkpoints/{PREFIX}/*"]),
    allow(["s3:PutObject"], [f"{S3}/training-outputs/*", f"{S3}/checkpoints/{PREFIX}/*"]),
    allow(["s3:ListBucket"], S3, {"StringLike": {"s3:prefix": ["datasets/training/*", f"checkpoints/{PREFIX}/*"]}}),
    allow(["ecr:GetAuthorizationToken"], "*"),
    allow(["cloudwatch:PutMetricData"], "*", {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"}}),
    allow(["ec2:DescribeSubnets", "ec2:DescribeVpcs"], "*"),
    allow(["kms:CreateGrant"], VOLUME_KEY, {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    allow(
        ["kms:Decrypt", "kms:GenerateDataKey"],
        OUTPUT_KEY,
        {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}},
    ),
    allow(
        ["secretsmanager:GetSecretValue"],
        f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{PREFIX}/warehouse-??????",
    ),
]
GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "group": ("aws:scheduler/scheduleGroup:ScheduleGroup", {"name": PREFIX}),
    "queue": ("aws:sqs/queue:Queue", {"name": f"{PREFIX}-dead-letters", "sqsManagedSseEnabled": True}),
    "scheduler_role": (
        "aws:iam/role:Role",
        {
            "name": f"{PREFIX}-scheduler",
            "assumeRolePolicy": trust(
                "scheduler.amazonaws.com",
                {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnEquals": {"aws:SourceArn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{PREFIX}"},
                },
            ),
        },
    ),
    "scheduler_policy": (
        "aws:iam/rolePolicy:RolePolicy",
        {"role": f"{PREFIX}-scheduler", "policy": {"Version": "2012-10-17", "Statement": SCHEDULER_STATEMENTS}},
    ),
    "execution_role": (
        "aws:iam/role:Role",
        {
            "name": f"{PREFIX}-execution",
            "assumeRolePolicy": trust(
                "sagemaker.amazonaws.com",
                {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/*"},
                },
            ),
        },
    ),
    "execution_policy": (
        "aws:iam/rolePolicy:RolePolicy",
        {"role": f"{PREFIX}-execution", "policy": {"Version": "2012-10-17", "Statement": EXECUTION_STATEMENTS}},
    ),
    "bundle": ("aws:s3/bucketObjectv2:BucketObjectv2", {"bucket": BUCKET, "key": "training-code/sourcedir.tar.gz"}),
    "schedule": (
        "aws:scheduler/schedule:Schedule",
        {
            "name": PREFIX,
            "groupName": PREFIX,
            "scheduleExpression": "cron(0 3 * * ? *)",
            "scheduleExpressionTimezone": "UTC",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
                "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-scheduler",
                "input": REQUEST,
                "retryPolicy": {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 3600},
                "deadLetterConfig": {"arn": DEAD_LETTERS},
            },
        },
    ),
}


class StackUnderTest:
    """The good stack; `set` changes one thing in it. Paths: ``schedule.target.input.Tags.0.Value``."""

    def __init__(self) -> None:
        self.parts = copy.deepcopy(GOOD)
        self.depends_on: dict[str, dict[str, frozenset[str]]] = {}

    def set(self, path: str, value: Json) -> "StackUnderTest":
        """Changes or, with `MISSING`, removes what stands at ``path``; a resource is one of `GOOD`'s names."""
        name, *steps = path.split(".")
        if not steps:
            if value is MISSING:
                del self.parts[name]
            else:
                self.parts[name] = value
            return self
        container: Json = self.parts[name][1]
        for step in steps[:-1]:
            container = container[int(step)] if isinstance(container, list) else container[step]
        last: Json = int(steps[-1]) if isinstance(container, list) and steps[-1] != "+" else steps[-1]
        if last == "+":
            container.append(value)
        elif value is MISSING:
            del container[last]
        else:
            container[last] = value
        return self

    def urn(self, name: str) -> str:
        return f"urn:pulumi:prod::scheduled-training::{self.parts[name][0]}::{name}"

    @property
    def resources(self) -> list[Resource]:
        return [
            Resource(kind, name, self.urn(name), as_text(properties), self.depends_on.get(name, {}))
            for name, (kind, properties) in self.parts.items()
        ]


def as_text(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties as the engine has them: documents and the request are JSON text."""

    def write(name: str, value: Json) -> Json:
        if name in TEXTS and isinstance(value, dict) and not _has_unknown(value):
            return json.dumps(value)
        if isinstance(value, dict):
            return as_text(value)
        if isinstance(value, list):
            return [write("", item) for item in value]
        return value

    return {name: write(name, value) for name, value in properties.items()}


def _has_unknown(value: Json) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is UNKNOWN or any(_has_unknown(item) for item in items)
