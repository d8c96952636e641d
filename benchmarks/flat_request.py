"""The request of the job that `flat_program` declares, and what it names: account, bucket, image, keys, network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ACCOUNT, REGION, BUCKET = "123456789012", "us-east-1", "ml-platform-prod-ml-bucket"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
VOLUME_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
OUTPUT_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/2a3b4c5d-6e7f-4801-9a2b-3c4d5e6f7081"
SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-0f1e2d3c4b5a69780"]
SECURITY_GROUPS = ["sg-0123456789abcdef0"]
TRACKING_SERVER = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:mlflow-tracking-server/ml-platform-prod"
METRICS = ("accuracy", "balanced_accuracy", "f1", "roc_auc", "log_loss")


def request_of(prefix: str, digest: str, key: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """The CreateTrainingJob request that the schedule sends."""
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
        "RoleArn": role_arn(f"{prefix}-execution"),
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


def arn_of(service: str, resource: str) -> str:
    """ARN of a resource of the account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def role_arn(role: str) -> str:
    """ARN of a role of the account."""
    return f"arn:aws:iam::{ACCOUNT}:role/{role}"
