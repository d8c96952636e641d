"""The members that settings add to a request, against AWS's own model."""

from typing import Any

import pytest

from components.source_bundle import SourceBundle
from components.training_job_request import create_training_job_request
from rehearsal.requests.request_check import check_request
from tests.components.job_options import ALL, APP, GROUP, NAMES, PLAN, REPOSITORY, SECRET, changed, spec_of

TAGS = {"stack": "prod"}


def request_of(bundle: SourceBundle, **settings: object) -> dict[str, Any]:
    """The request, which is good by AWS's model once the Scheduler has filled in its attributes."""
    request = create_training_job_request(spec_of(changed(**settings)), NAMES, bundle, TAGS)
    sent = request | {"TrainingJobName": "churn-prod-0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10"}
    assert check_request("sagemaker", "CreateTrainingJob", sent) == ()
    return request


def test_a_job_with_every_setting_has_every_member(bundle: SourceBundle) -> None:
    plain, request = request_of(bundle), request_of(bundle, **ALL)

    added = {name: value for name, value in request.items() if value != plain.get(name)}
    assert added == {
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
            "KeepAlivePeriodInSeconds": 600,
            "TrainingPlanArn": PLAN,
            "InstancePlacementConfig": {
                "EnableMultipleJobs": True,
                "PlacementSpecifications": [{"InstanceCount": 1}],
            },
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 7200, "MaxPendingTimeInSeconds": 1800},
        "RetryStrategy": {"MaximumRetryAttempts": 3},
        "CheckpointConfig": {
            "S3Uri": "s3://ml-bucket/checkpoints/churn-prod/<aws.scheduler.execution-id>/",
            "LocalPath": "/opt/ml/state",
        },
        "OutputDataConfig": {"S3OutputPath": "s3://ml-bucket/training-outputs/", "CompressionType": "NONE"},
        "Environment": plain["Environment"]
        | {"WAREHOUSE_SECRET_ARN": SECRET, "CHECKPOINT_LOCAL_PATH": "/opt/ml/state"},
        "DebugHookConfig": {
            "S3OutputPath": "s3://ml-bucket/debugger/",
            "LocalPath": "/opt/ml/output/tensors",
            "HookParameters": {"save_interval": "100"},
            "CollectionConfigurations": [
                {"CollectionName": "all"},
                {"CollectionName": "losses", "CollectionParameters": {"include_regex": "loss"}},
            ],
        },
        "DebugRuleConfigurations": [
            {
                "RuleConfigurationName": "loss",
                "RuleEvaluatorImage": f"{REPOSITORY}:latest",
                "RuleParameters": {"rule_to_invoke": "LossNotDecreasing"},
            }
        ],
        "TensorBoardOutputConfig": {
            "S3OutputPath": "s3://ml-bucket/tensorboard/",
            "LocalPath": "/opt/ml/output/tensorboard",
        },
        "ProfilerConfig": {
            "S3OutputPath": "s3://ml-bucket/profiles/",
            "ProfilingIntervalInMilliseconds": 500,
            "ProfilingParameters": {"DataLoaderProfilingConfig": '{"StartStep": 5}'},
        },
        "ProfilerRuleConfigurations": [
            {
                "RuleConfigurationName": "own",
                "RuleEvaluatorImage": f"{REPOSITORY}:latest",
                "InstanceType": "ml.t3.medium",
                "VolumeSizeInGB": 10,
                "S3OutputPath": "s3://ml-bucket/rule-outputs/",
            }
        ],
        "RemoteDebugConfig": {"EnableRemoteDebug": True},
        "InfraCheckConfig": {"EnableInfraCheck": True},
        "SessionChainingConfig": {"EnableSessionTagChaining": True},
        "ExperimentConfig": {
            "ExperimentName": "churn",
            "TrialName": "nightly",
            "TrialComponentDisplayName": "training",
            "RunName": "nightly-1",
        },
        "MlflowConfig": {"MlflowResourceArn": APP, "MlflowExperimentName": "churn", "MlflowRunName": "nightly"},
        "ModelPackageConfig": {
            "ModelPackageGroupArn": GROUP,
            "SourceModelPackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/3",
        },
    }


def test_groups_take_the_place_of_type_and_count(bundle: SourceBundle) -> None:
    groups = [
        {"name": "readers", "instance_type": "ml.c5.xlarge", "instance_count": 2},
        {"name": "learners", "instance_type": "ml.m5.large"},
    ]
    channels = {"training": {"s3_path": "datasets/training/", "instance_group_names": ["readers"]}}

    request = request_of(bundle, resources={"instance_groups": groups}, channels=channels)

    assert request["ResourceConfig"] == {
        "InstanceGroups": [
            {"InstanceGroupName": "readers", "InstanceType": "ml.c5.xlarge", "InstanceCount": 2},
            {"InstanceGroupName": "learners", "InstanceType": "ml.m5.large", "InstanceCount": 1},
        ],
        "VolumeSizeInGB": 30,
    }
    (channel,) = request["InputDataConfig"]
    assert channel["DataSource"]["S3DataSource"]["InstanceGroupNames"] == ["readers"]


@pytest.mark.parametrize(
    ("preferences", "count", "expected"),
    [
        ([{"instance_type": "ml.m5.large"}], 2, {"InstanceCount": 2, "InstancePreferences": [{}]}),
        (
            [{"instance_type": "ml.m5.large", "instance_count": 3}],
            None,
            {"InstancePreferences": [{"InstanceCount": 3}]},
        ),
        (
            [{"instance_type": "ml.m5.large", "training_plan_arn": PLAN}],
            None,
            {"InstanceCount": 1, "InstancePreferences": [{"TrainingPlanArns": [PLAN]}]},
        ),
    ],
)
def test_preferences_have_their_count_once(
    bundle: SourceBundle, preferences: list[dict[str, Any]], count: int | None, expected: dict[str, Any]
) -> None:
    resources = {"instance_preferences": preferences} | ({"instance_count": count} if count else {})

    config = request_of(bundle, resources=resources)["ResourceConfig"]

    for each in expected["InstancePreferences"]:
        each["InstanceType"] = "ml.m5.large"
    assert config == {"VolumeSizeInGB": 30} | expected


def test_a_profiler_that_is_off_says_nothing_else(bundle: SourceBundle) -> None:
    request = request_of(bundle, profiler={"disabled": True})

    assert request["ProfilerConfig"] == {"DisableProfiler": True}
    assert "ProfilerRuleConfigurations" not in request


def test_an_isolated_job_gets_its_script_by_a_channel_and_is_told_of_no_server(bundle: SourceBundle) -> None:
    plain, request = request_of(bundle), request_of(bundle, network_isolation=True)

    assert request["EnableNetworkIsolation"] is True
    assert request["InputDataConfig"][-1] == {
        "ChannelName": "code",
        "ContentType": "application/gzip",
        "InputMode": "File",
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": plain["HyperParameters"]["sagemaker_submit_directory"],
                "S3DataDistributionType": "FullyReplicated",
            }
        },
    }
    assert request["HyperParameters"]["sagemaker_submit_directory"] == "/opt/ml/input/data/code/sourcedir.tar.gz"
    told = request["Environment"]
    assert set(plain["Environment"]) - set(told) == {"MLFLOW_TRACKING_URI"}
    assert set(told) - set(plain["Environment"]) == {"TRACKING", "TRACKING_URI_AFTERWARDS"}
    assert told["TRACKING"] == "afterwards"
    assert told["TRACKING_URI_AFTERWARDS"] == plain["Environment"]["MLFLOW_TRACKING_URI"]
