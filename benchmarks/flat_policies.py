"""The policies of the two roles that `flat_program` declares, written down by hand."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.flat_request import (
    ACCOUNT,
    BUCKET,
    OUTPUT_KEY,
    REGION,
    SECURITY_GROUPS,
    SUBNETS,
    TRACKING_SERVER,
    VOLUME_KEY,
    arn_of,
    role_arn,
)

MLFLOW_ACTIONS = [
    "CreateExperiment",
    "CreateModelVersion",
    "CreateRegisteredModel",
    "CreateRun",
    "DeleteLoggedModel",
    "DeleteModelVersion",
    "DeleteTag",
    "FinalizeLoggedModel",
    "GetExperimentByName",
    "GetLoggedModel",
    "GetModelVersion",
    "GetRegisteredModel",
    "GetRun",
    "LogBatch",
    "LogInputs",
    "LogModel",
    "LogOutputs",
    "SearchLoggedModels",
    "SearchModelVersions",
    "SearchRuns",
    "SetExperimentTag",
    "SetLoggedModelTags",
    "SetModelVersionTag",
    "SetRegisteredModelAlias",
    "SetTag",
    "UpdateModelVersion",
    "UpdateRun",
]


def document(statements: list[dict[str, Any]]) -> str:
    """A policy document of statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trust(service: str, operator: str, source: str) -> dict[str, Any]:
    """The statement that lets a service assume a role."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, operator: {"aws:SourceArn": source}},
    }


def scheduler_statements(prefix: str) -> list[dict[str, Any]]:
    """What the scheduler role may do."""
    jobs = arn_of("sagemaker", f"training-job/{prefix}-*")
    one_of = {
        "sagemaker:InstanceTypes": ["ml.m5.xlarge"],
        "sagemaker:VpcSubnets": SUBNETS,
        "sagemaker:VpcSecurityGroupIds": SECURITY_GROUPS,
    }
    condition = {
        "ForAllValues:StringEquals": one_of,
        "Null": dict.fromkeys(one_of, "false"),
        "NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": "3600"},
        "Bool": {"sagemaker:InterContainerTrafficEncryption": "true"},
    }
    return [
        _allow(["sagemaker:CreateTrainingJob"], jobs, condition),
        _allow(["sagemaker:AddTags"], jobs, {"StringEquals": {"sagemaker:TaggingAction": "CreateTrainingJob"}}),
        _allow(
            ["iam:PassRole"],
            role_arn(f"{prefix}-execution"),
            {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        _allow(["sqs:SendMessage"], arn_of("sqs", f"{prefix}-dead-letters")),
    ]


def execution_statements(prefix: str) -> list[dict[str, Any]]:
    """What the execution role may do."""
    bucket = f"arn:aws:s3:::{BUCKET}"
    checkpoints = f"checkpoints/{prefix}/*"
    reads = ["datasets/training/*", "datasets/validation/*", f"training-code/{prefix}/*", checkpoints]
    writes = ["training-outputs/*", checkpoints, "mlflow-artifacts/*"]
    listed = ["datasets/training/*", "datasets/validation/*", checkpoints, "mlflow-artifacts/*"]
    logs = arn_of("logs", "log-group:/aws/sagemaker/TrainingJobs")
    interfaces = arn_of("ec2", "network-interface/*")
    places = [arn_of("ec2", f"subnet/{subnet}") for subnet in SUBNETS]
    groups = [arn_of("ec2", f"security-group/{group}") for group in SECURITY_GROUPS]
    return [
        _allow(["s3:GetObject"], [f"{bucket}/{prefix}" for prefix in [*reads, "mlflow-artifacts/*"]]),
        _allow(["s3:PutObject", "s3:AbortMultipartUpload"], [f"{bucket}/{prefix}" for prefix in writes]),
        _allow(["s3:DeleteObject"], [f"{bucket}/{checkpoints}"]),
        _allow(["s3:ListBucket"], bucket, {"StringLike": {"s3:prefix": listed}}),
        _allow(
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            f"arn:aws:ecr:{REGION}:683313688378:repository/sagemaker-scikit-learn",
        ),
        _allow(["ecr:GetAuthorizationToken"], "*"),
        _allow(["logs:CreateLogGroup", "logs:DescribeLogStreams"], [logs, f"{logs}:*"]),
        _allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{logs}:log-stream:{prefix}-*"),
        _allow(
            ["cloudwatch:PutMetricData"],
            "*",
            {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"}},
        ),
        _allow([f"sagemaker-mlflow:{action}" for action in MLFLOW_ACTIONS], TRACKING_SERVER),
        _allow(["ec2:CreateNetworkInterface"], [interfaces, *places, *groups]),
        _allow(
            [
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ],
            interfaces,
        ),
        _allow(
            [
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            "*",
        ),
        _allow(["kms:CreateGrant"], VOLUME_KEY, {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
        _allow(
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            OUTPUT_KEY,
            {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}},
        ),
    ]


def _allow(actions: list[str], resources: list[str] | str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Condition": condition} if condition else {})
