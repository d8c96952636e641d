"""Good CreateTrainingJob requests, and what our check and boto3's say of one."""

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape
from botocore.validate import validate_parameters

Request = dict[str, Any]


def good_request() -> Request:
    return {
        "TrainingJobName": "breast-cancer-staging-0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10",
        "AlgorithmSpecification": {
            "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "validation:accuracy", "Regex": "validation:accuracy=([0-9.]+)"}],
        },
        "RoleArn": "arn:aws:iam::123456789012:role/breast-cancer-staging-execution",
        "InputDataConfig": [
            {
                "ChannelName": "training",
                "ContentType": "text/csv",
                "InputMode": "File",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3DataDistributionType": "FullyReplicated",
                        "S3Uri": "s3://ml-platform-staging-ml-bucket/datasets/training/",
                    }
                },
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://ml-platform-staging-ml-bucket/training-outputs/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "HyperParameters": {"max_depth": "5", "sagemaker_program": "train.py"},
        "Environment": {"MLFLOW_EXPERIMENT_NAME": "breast-cancer-staging", "SCHEDULED_TIME": "2022-03-22T18:59:43Z"},
        "Tags": [{"Key": "stack", "Value": "staging"}],
    }


def good_spot_request() -> Request:
    request = good_request()
    request["EnableManagedSpotTraining"] = True
    request["StoppingCondition"]["MaxWaitTimeInSeconds"] = 7200
    request["CheckpointConfig"] = {"S3Uri": "s3://bucket/checkpoints/", "LocalPath": "/opt/ml/checkpoints"}
    request["VpcConfig"] = {"Subnets": ["subnet-0a1b2c3d"], "SecurityGroupIds": ["sg-0a1b2c3d"]}
    request["EnableInterContainerTrafficEncryption"] = True
    return request


@cache
def create_training_job() -> Shape:
    model = ServiceModel(Loader().load_service_model("sagemaker", "service-2"), "sagemaker")
    return model.operation_model("CreateTrainingJob").input_shape


def boto3_report(request: Request) -> str:
    try:
        validate_parameters(request, create_training_job())
    except Exception as error:  # noqa: BLE001 - its text is what is compared
        return str(error)
    return ""


Change = Callable[[Request], object]
