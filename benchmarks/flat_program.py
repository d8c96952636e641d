"""The resources of one production job as one would write them down by hand: no component, no specs, nothing shared.

This is what the component is measured against, so it stays plain: literals, f-strings and json.dumps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

ACCOUNT, REGION, BUCKET = "123456789012", "us-east-1", "ml-platform-prod-ml-bucket"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
VOLUME_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
OUTPUT_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/2a3b4c5d-6e7f-4801-9a2b-3c4d5e6f7081"
SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-0f1e2d3c4b5a69780"]
SECURITY_GROUPS = ["sg-0123456789abcdef0"]
TRACKING_SERVER = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:mlflow-tracking-server/ml-platform-prod"
METRICS = ("accuracy", "balanced_accuracy", "f1", "roc_auc", "log_loss")
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


def declare_flat(name: str, prefix: str, digest: str, bundle: Path, tags: Mapping[str, str]) -> None:
    """Declare the eight resources of a job."""
    tags = dict(tags)
    group = aws.scheduler.ScheduleGroup(f"{name}-group", name=prefix, tags=tags)
    queue = aws.sqs.Queue(
        f"{name}-dead-letters",
        name=f"{prefix}-dead-letters",
        message_retention_seconds=1209600,
        sqs_managed_sse_enabled=True,
        tags=tags,
    )
    key = f"training-code/{prefix}/{digest}/sourcedir.tar.gz"
    source = aws.s3.BucketObjectv2(
        f"{name}-source-bundle",
        bucket=BUCKET,
        key=key,
        source=pulumi.FileAsset(str(bundle)),
        content_type="application/gzip",
        tags=tags,
        opts=pulumi.ResourceOptions(retain_on_delete=True),
    )
    execution = aws.iam.Role(
        f"{name}-execution-role",
        name=f"{prefix}-execution",
        description=f"SageMaker runs the training jobs {prefix}-* with this role",
        assume_role_policy=_document([_trust("sagemaker", "ArnLike", _arn("sagemaker", "training-job/*"))]),
        tags=tags,
    )
    execution_policy = aws.iam.RolePolicy(
        f"{name}-execution-policy",
        name="training",
        role=f"{prefix}-execution",
        policy=_document(_execution_statements(prefix)),
        opts=pulumi.ResourceOptions(depends_on=[execution]),
    )
    scheduler = aws.iam.Role(
        f"{name}-scheduler-role",
        name=f"{prefix}-scheduler",
        description=f"EventBridge Scheduler starts the training jobs {prefix}-* with this role",
        assume_role_policy=_document([_trust("scheduler", "ArnEquals", _arn("scheduler", f"schedule-group/{prefix}"))]),
        tags=tags,
    )
    scheduler_policy = aws.iam.RolePolicy(
        f"{name}-scheduler-policy",
        name="start-training-jobs",
        role=f"{prefix}-scheduler",
        policy=_document(_scheduler_statements(prefix)),
        opts=pulumi.ResourceOptions(depends_on=[scheduler]),
    )
    aws.scheduler.Schedule(
        f"{name}-schedule",
        name=prefix,
        group_name=prefix,
        state="ENABLED",
        schedule_expression="cron(0 3 * * ? *)",
        schedule_expression_timezone="UTC",
        flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
        target=aws.scheduler.ScheduleTargetArgs(
            arn="arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
            role_arn=_iam(f"{prefix}-scheduler"),
            input=json.dumps(_request(prefix, digest, key, tags)),
            retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                maximum_retry_attempts=2, maximum_event_age_in_seconds=3600
            ),
            dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(
                arn=_arn("sqs", f"{prefix}-dead-letters")
            ),
        ),
        opts=pulumi.ResourceOptions(depends_on=[group, queue, source, execution_policy, scheduler_policy]),
    )


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def _iam(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{role}"


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _trust(service: str, operator: str, source: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, operator: {"aws:SourceArn": source}},
    }


def _allow(actions: list[str], resources: list[str] | str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Condition": condition} if condition else {})


def _scheduler_statements(prefix: str) -> list[dict[str, Any]]:
    jobs = _arn("sagemaker", f"training-job/{prefix}-*")
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
            _iam(f"{prefix}-execution"),
            {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        _allow(["sqs:SendMessage"], _arn("sqs", f"{prefix}-dead-letters")),
    ]


def _execution_statements(prefix: str) -> list[dict[str, Any]]:
    bucket = f"arn:aws:s3:::{BUCKET}"
    checkpoints = f"checkpoints/{prefix}/*"
    reads = ["datasets/training/*", "datasets/validation/*", f"training-code/{prefix}/*", checkpoints]
    writes = ["training-outputs/*", checkpoints, "mlflow-artifacts/*"]
    listed = ["datasets/training/*", "datasets/validation/*", checkpoints, "mlflow-artifacts/*"]
    logs = _arn("logs", "log-group:/aws/sagemaker/TrainingJobs")
    interfaces = _arn("ec2", "network-interface/*")
    places = [_arn("ec2", f"subnet/{subnet}") for subnet in SUBNETS]
    groups = [_arn("ec2", f"security-group/{group}") for group in SECURITY_GROUPS]
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


def _request(prefix: str, digest: str, key: str, tags: Mapping[str, str]) -> dict[str, Any]:
    metrics = [{"Name": f"validation:{name}", "Regex": f"validation:{name}=([0-9.]+)"} for name in METRICS]
    channels = [
        {
            "ChannelName": name,
            "ContentType": "text/csv",
            "InputMode": "File",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": f"s3://{BUCKET}/datasets/{name}/",
                    "S3DataDistributionType": "FullyReplicated",
                }
            },
        }
        for name in ("training", "validation")
    ]
    return {
        "TrainingJobName": f"{prefix}-<aws.scheduler.execution-id>",
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "training:trees", "Regex": "training:trees=([0-9.]+)"}, *metrics],
        },
        "RoleArn": _iam(f"{prefix}-execution"),
        "InputDataConfig": channels,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/training-outputs/", "KmsKeyId": OUTPUT_KEY},
        "ResourceConfig": {
            "InstanceType": "ml.m5.xlarge",
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
            "VolumeKmsKeyId": VOLUME_KEY,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
        "CheckpointConfig": {
            "S3Uri": f"s3://{BUCKET}/checkpoints/{prefix}/<aws.scheduler.execution-id>/",
            "LocalPath": "/opt/ml/checkpoints",
        },
        "VpcConfig": {"Subnets": SUBNETS, "SecurityGroupIds": SECURITY_GROUPS},
        "HyperParameters": {
            "max_depth": "5",
            "n_estimators": "100",
            "random_state": "42",
            "criterion": "gini",
            "max_features": "auto",
            "sagemaker_program": "train.py",
            "sagemaker_region": REGION,
            "sagemaker_submit_directory": f"s3://{BUCKET}/{key}",
        },
        "Environment": {
            "CHANNEL_URI_TRAINING": f"s3://{BUCKET}/datasets/training/",
            "CHANNEL_URI_VALIDATION": f"s3://{BUCKET}/datasets/validation/",
            "MLFLOW_TRACKING_URI": TRACKING_SERVER,
            "MLFLOW_EXPERIMENT_NAME": "breast-cancer-prod",
            "REGISTERED_MODEL_NAME": "breast-cancer-prod",
            "SCHEDULE_ARN": "<aws.scheduler.schedule-arn>",
            "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>",
            "SCHEDULE_EXECUTION_ID": "<aws.scheduler.execution-id>",
            "SCHEDULE_ATTEMPT_NUMBER": "<aws.scheduler.attempt-number>",
            "SOURCE_BUNDLE_DIGEST": digest,
            "AWS_DEFAULT_REGION": REGION,
            "TRAINING_IMAGE": IMAGE,
            "CHECKPOINT_LOCAL_PATH": "/opt/ml/checkpoints",
        },
        "EnableManagedSpotTraining": True,
        "EnableInterContainerTrafficEncryption": True,
        "EnableNetworkIsolation": False,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
