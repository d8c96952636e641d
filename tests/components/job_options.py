"""A good training job of somebody's own code, and every setting that most jobs do without."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from components.aws_names import AwsScope, JobNames
from components.s3_location import BucketContext
from components.training_job_spec import TrainingJobSpec

NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "churn-prod")
REPOSITORY = "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-AbCdEf"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PLAN = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/nightly-training"
GROUP = "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/churn"
APP = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-ABCDEFGHIJKL"
GOOD: dict[str, Any] = {
    "training_image": {"scikit_learn_version": "1.9-0"},
    "resources": {"instance_type": "ml.m5.large"},
    "channels": {"training": {"s3_path": "datasets/training/"}},
    "output": {"s3_path": "training-outputs/"},
    "source": {"directory": "own_code"},
    "tracking": {
        "tracking_uri": "https://mlflow.example.com",
        "experiment_name": "churn",
        "registered_model_name": "churn",
    },
}
ALL: dict[str, Any] = {
    "resources": {
        "instance_type": "ml.m5.large",
        "keep_alive_in_seconds": 600,
        "training_plan_arn": PLAN,
        "instance_placement": {"enable_multiple_jobs": True, "placements": [{"instance_count": 1}]},
    },
    "stopping_condition": {"max_runtime_in_seconds": 7200, "max_pending_time_in_seconds": 1800},
    "retry_strategy": {"maximum_attempts": 3},
    "checkpoint": {"s3_path": "checkpoints/", "local_path": "/opt/ml/state"},
    "output": {"s3_path": "training-outputs/", "compression": "NONE"},
    "secrets": {"WAREHOUSE_SECRET_ARN": {"arn": SECRET, "kms_key_arn": KEY}},
    "debugger": {
        "s3_path": "debugger/",
        "hook_parameters": {"save_interval": "100"},
        "collections": {"losses": {"include_regex": "loss"}, "all": {}},
        "rules": {"loss": {"image": f"{REPOSITORY}:latest", "parameters": {"rule_to_invoke": "LossNotDecreasing"}}},
    },
    "tensorboard": {"s3_path": "tensorboard/"},
    "profiler": {
        "s3_path": "profiles/",
        "interval_in_milliseconds": 500,
        "parameters": {"DataLoaderProfilingConfig": '{"StartStep": 5}'},
        "rules": {
            "own": {
                "image": f"{REPOSITORY}:latest",
                "instance_type": "ml.t3.medium",
                "volume_size_in_gb": 10,
                "s3_path": "rule-outputs/",
            }
        },
    },
    "remote_debug": True,
    "infra_check": True,
    "session_tag_chaining": True,
    "experiment_config": {
        "experiment_name": "churn",
        "trial_name": "nightly",
        "trial_component_display_name": "training",
        "run_name": "nightly-1",
    },
    "mlflow_config": {"resource_arn": APP, "experiment_name": "churn", "run_name": "nightly"},
    "model_package_config": {"group_arn": GROUP, "source_arn": GROUP.replace("-group/", "/") + "/3"},
}


def changed(**settings: object) -> dict[str, Any]:
    """The good job with some settings in place of its own."""
    return copy.deepcopy(GOOD) | copy.deepcopy(settings)


def spec_of(values: Mapping[str, Any]) -> TrainingJobSpec:
    return TrainingJobSpec.model_validate(values, context=BucketContext("ml-bucket"))


def refusals(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Place and message of each error."""
    with pytest.raises(ValidationError) as refused:
        spec_of(values)
    return [
        (".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, "))
        for error in refused.value.errors()
    ]
