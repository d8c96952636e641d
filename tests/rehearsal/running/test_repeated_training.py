from __future__ import annotations

import hashlib
from pathlib import Path

from rehearsal.running.repeated_training import repeated_request
from rehearsal.sealed_environment import NO_ENDPOINT


def test_what_a_job_did_for_others_is_not_repeated(tmp_path: Path) -> None:
    bundle = tmp_path / "sourcedir.tar.gz"
    bundle.write_bytes(b"code")
    described = {
        "TrainingJobName": "job-1",
        "TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1",
        "CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints/"},
        "HyperParameters": {"n_estimators": "5", "sagemaker_submit_directory": "s3://bucket/sourcedir.tar.gz"},
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
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "Environment": {
            "REGISTERED_MODEL_NAME": "forest",
            "AWS_ENDPOINT_URL": NO_ENDPOINT,
            "SOURCE_BUNDLE_DIGEST": hashlib.sha256(b"code").hexdigest(),
            "OWN_SETTING": "1",
        },
    }
