from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from rehearsal.container.repeated_training import instance_count, repeated_request
from rehearsal.sealed_environment import NO_ENDPOINT


def test_what_a_job_did_for_others_is_not_repeated(tmp_path: Path) -> None:
    bundle = tmp_path / "sourcedir.tar.gz"
    bundle.write_bytes(b"code")
    described = {
        "TrainingJobName": "job-1",
        "TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1",
        "CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints/"},
        "HyperParameters": {"n_estimators": "5", "sagemaker_submit_directory": "s3://bucket/sourcedir.tar.gz"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "Environment": {
            "MLFLOW_TRACKING_URI": "https://mlflow.example.com",
            "MLFLOW_EXPERIMENT_NAME": "forest",
            "REGISTERED_MODEL_NAME": "forest",
            "SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:mlflow-abcdef",
            "PROMOTION_MINIMUM_METRICS": "{}",
            "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s",
            "SCHEDULED_TIME": "2026-11-23T06:00:00Z",
            "SCHEDULE_EXECUTION_ID": "e",
            "SCHEDULE_ATTEMPT_NUMBER": "1",
            "CHECKPOINT_LOCAL_PATH": "/opt/ml/checkpoints",
            "AWS_ENDPOINT_URL": "https://s3.us-east-1.amazonaws.com",
            "AWS_PROFILE": "team",
            "HTTPS_PROXY": "http://proxy.example.com:3128",
            "SOURCE_BUNDLE_DIGEST": "as it was said to be",
            "OWN_SETTING": "1",
        },
    }

    assert repeated_request(described, "again", bundle) == {
        "TrainingJobName": "again",
        "HyperParameters": {"n_estimators": "5", "sagemaker_submit_directory": str(bundle)},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "Environment": {
            "REGISTERED_MODEL_NAME": "forest",
            "AWS_ENDPOINT_URL": NO_ENDPOINT,
            "SOURCE_BUNDLE_DIGEST": hashlib.sha256(b"code").hexdigest(),
            "OWN_SETTING": "1",
        },
    }


GROUPS = [
    {"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 2},
    {"InstanceGroupName": "b", "InstanceType": "ml.c5.xlarge", "InstanceCount": 1},
]


@pytest.mark.parametrize(
    ("resources", "count", "repeated"),
    [
        ({"VolumeSizeInGB": 30}, 1, {"VolumeSizeInGB": 30, "InstanceCount": 1}),
        (
            {"InstanceType": "ml.m5.large", "InstanceCount": 4},
            4,
            {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        ),
        ({"InstanceGroups": GROUPS, "VolumeSizeInGB": 30}, 3, {"VolumeSizeInGB": 30, "InstanceCount": 1}),
    ],
)
def test_what_ran_on_several_hosts_is_repeated_on_one(
    tmp_path: Path, resources: dict[str, Any], count: int, repeated: dict[str, Any]
) -> None:
    (tmp_path / "sourcedir.tar.gz").write_bytes(b"code")
    described = {"TrainingJobName": "job-1", "ResourceConfig": resources}

    assert instance_count(described) == count
    assert repeated_request(described, "again", tmp_path / "sourcedir.tar.gz")["ResourceConfig"] == repeated
