from typing import Any

import pytest

from components.aws_names import AwsScope, JobNames
from components.output_spec import CHECKPOINT_LOCAL_PATH
from components.request_places import training_image_uri
from components.reserved_names import RESERVED_ENVIRONMENT
from components.source_bundle import SourceBundle
from components.training_image_spec import TrainingImage
from components.training_job_request import create_training_job_request
from components.training_job_spec import TrainingJobSpec
from settings import TrainingJobSettings

TAGS = {"stack": "staging", "cost-center": "ml"}
PROD_ONLY = {"CheckpointConfig", "VpcConfig"}


@pytest.fixture
def request_of_staging(staging: TrainingJobSettings, staging_names: JobNames, bundle: SourceBundle) -> dict[str, Any]:
    return create_training_job_request(staging, staging_names, bundle, TAGS)


@pytest.fixture
def request_of_prod(prod: TrainingJobSettings, prod_names: JobNames, bundle: SourceBundle) -> dict[str, Any]:
    return create_training_job_request(prod, prod_names, bundle, TAGS)


def test_the_whole_request_of_staging(request_of_staging: dict[str, Any], bundle: SourceBundle) -> None:
    definitions = request_of_staging["AlgorithmSpecification"].pop("MetricDefinitions")

    assert {"Name": "validation:accuracy", "Regex": "validation:accuracy=([0-9.]+)"} in definitions
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
    assert request_of_staging == {
        "TrainingJobName": "breast-cancer-staging-<aws.scheduler.execution-id>",
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
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
        "HyperParameters": {
            "max_depth": "5",
            "n_estimators": "100",
            "random_state": "42",
            "criterion": "gini",
            "max_features": "auto",
            "sagemaker_program": "train.py",
            "sagemaker_submit_directory": (
                "s3://ml-platform-staging-ml-bucket/training-code/breast-cancer-staging/"
                f"{bundle.digest}/sourcedir.tar.gz"
            ),
            "sagemaker_region": "us-east-1",
        },
        "Environment": {
            "AWS_DEFAULT_REGION": "us-east-1",
            "CHANNEL_URI_TRAINING": "s3://ml-platform-staging-ml-bucket/datasets/training/",
            "MLFLOW_TRACKING_URI": (
                "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml-platform-staging"
            ),
            "MLFLOW_EXPERIMENT_NAME": "breast-cancer-staging",
            "PROMOTION_MARGIN": "0",
            "PROMOTION_MAXIMUM_METRICS": "{}",
            "PROMOTION_MINIMUM_METRICS": "{}",
            "REGISTERED_MODEL_NAME": "breast-cancer-staging",
            "SCHEDULE_ARN": "<aws.scheduler.schedule-arn>",
            "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>",
            "SCHEDULE_EXECUTION_ID": "<aws.scheduler.execution-id>",
            "SCHEDULE_ATTEMPT_NUMBER": "<aws.scheduler.attempt-number>",
            "SOURCE_BUNDLE_DIGEST": bundle.digest,
            "TRAINING_IMAGE": image,
        },
        "EnableManagedSpotTraining": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableNetworkIsolation": False,
        "Tags": [{"Key": "cost-center", "Value": "ml"}, {"Key": "stack", "Value": "staging"}],
    }


def test_prod_has_what_staging_has_not(request_of_prod: dict[str, Any], request_of_staging: dict[str, Any]) -> None:
    assert set(request_of_prod) - set(request_of_staging) == PROD_ONLY
    assert set(request_of_staging) - set(request_of_prod) == set()
    assert request_of_prod["EnableManagedSpotTraining"] is True
    assert request_of_prod["EnableInterContainerTrafficEncryption"] is True
    assert request_of_prod["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200}
    assert request_of_prod["CheckpointConfig"] == {
        "S3Uri": "s3://ml-platform-prod-ml-bucket/checkpoints/breast-cancer-prod/<aws.scheduler.execution-id>/",
        "LocalPath": "/opt/ml/checkpoints",
    }
    assert request_of_prod["Environment"]["CHECKPOINT_LOCAL_PATH"] == CHECKPOINT_LOCAL_PATH
    assert request_of_prod["VpcConfig"] == {
        "Subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-0f1e2d3c4b5a69780"],
        "SecurityGroupIds": ["sg-0123456789abcdef0"],
    }
    assert request_of_prod["ResourceConfig"]["VolumeKmsKeyId"] == (
        "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
    )
    assert request_of_prod["OutputDataConfig"]["KmsKeyId"] == (
        "arn:aws:kms:us-east-1:123456789012:key/2a3b4c5d-6e7f-4801-9a2b-3c4d5e6f7081"
    )
    assert [channel["ChannelName"] for channel in request_of_prod["InputDataConfig"]] == ["training", "validation"]


OF_OTHER_JOBS = (
    "DELIVERIES_URI",
    "TRACKING",
    "TRACKING_URI_AFTERWARDS",
    "ENTRY_POINT",
    "SECRET_ARN",
    "SECRET_VARIABLES",
)


def test_the_reserved_variables_are_those_that_a_request_sets(request_of_prod: dict[str, Any]) -> None:
    # Prod has no secret; which variables a secret holds, the training code says to itself.
    assert sorted([*request_of_prod["Environment"], *OF_OTHER_JOBS]) == sorted(RESERVED_ENVIRONMENT)


def test_everything_in_environment_and_hyperparameters_is_text(request_of_prod: dict[str, Any]) -> None:
    for field in ("Environment", "HyperParameters"):
        assert {type(value) for value in request_of_prod[field].values()} == {str}


def test_variables_of_the_settings_are_added(
    staging: TrainingJobSettings, staging_names: JobNames, bundle: SourceBundle, request_of_staging: dict[str, Any]
) -> None:
    spec = staging.model_copy(update={"environment": {"OMP_NUM_THREADS": "2"}})

    request = create_training_job_request(spec, staging_names, bundle, TAGS)

    assert request["Environment"] == request_of_staging["Environment"] | {"OMP_NUM_THREADS": "2"}


def test_the_uri_of_a_channel_that_is_too_long_for_a_variable_is_left_out(
    staging: TrainingJobSettings, staging_names: JobNames, bundle: SourceBundle, request_of_staging: dict[str, Any]
) -> None:
    longest = f"s3://ml-platform-staging-ml-bucket/{'d' * 476}/"
    expected = dict(request_of_staging["Environment"])
    for uri, told in ((longest, {"CHANNEL_URI_TRAINING": longest}), (longest.replace("/d", "/dd"), {})):
        channel = staging.channels["training"].model_copy(update={"s3_path": uri})
        spec = staging.model_copy(update={"channels": {"training": channel, "other": channel}})

        request = create_training_job_request(spec, staging_names, bundle, TAGS)

        del expected["CHANNEL_URI_TRAINING"]
        expected |= told
        assert request["Environment"] == expected


def test_a_training_image_of_ones_own_is_used_as_it_is(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1.0"
    spec = staging.model_copy(update={"training_image": TrainingImage(uri=uri)})

    assert training_image_uri(spec, staging_names) == uri


def test_another_region_has_its_own_image_and_role(staging: TrainingJobSpec, bundle: SourceBundle) -> None:
    names = JobNames(AwsScope("aws-cn", "cn-north-1", "210987654321"), "breast-cancer-staging")

    request = create_training_job_request(staging, names, bundle, TAGS)

    assert request["RoleArn"] == "arn:aws-cn:iam::210987654321:role/breast-cancer-staging-execution"
    assert request["AlgorithmSpecification"]["TrainingImage"] == (
        "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-scikit-learn:1.9-0-cpu-py3"
    )
    assert request["HyperParameters"]["sagemaker_region"] == "cn-north-1"


def test_an_accelerator_becomes_a_hyperparameter_and_an_extra(
    staging: TrainingJobSpec, staging_names: JobNames, bundle: SourceBundle
) -> None:
    accelerated = staging.model_copy(update={"accelerator": "intelex"})
    request, plain = (
        create_training_job_request(spec, staging_names, bundle, {})["HyperParameters"]
        for spec in (accelerated, staging)
    )

    assert request == plain | {"accelerator": "intelex"}
    assert "accelerator" not in plain
    assert (accelerated.requirements_extras, staging.requirements_extras) == (("accelerator",), ())
