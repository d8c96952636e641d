"""A training job of a tiny source bundle, and the container that runs it: AWS's own toolkit."""

import io
import os
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.container.environment import ContainerPlatform
from rehearsal.container.result import ContainerResult
from rehearsal.container.run import run_training_container
from rehearsal.sealed_environment import sealed_environment
from tests.rehearsal.s3_channels import s3_channel

Request = dict[str, Any]
JOB_ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/job"
SUCCEEDING = """
import json, os, pathlib, sys
print("validation:accuracy=0.5")
print("validation:accuracy=0.9375")
seen = {name: os.environ.get(name) for name in (
    "MLFLOW_TRACKING_URI", "TRAINING_JOB_ARN", "TRAINING_JOB_NAME", "AWS_ENDPOINT_URL", "PYTHONPATH", "SM_CHANNELS")}
report = {
    "arguments": sys.argv[1:],
    "channel": pathlib.Path(os.environ["SM_CHANNEL_TRAINING"], "a.csv").read_text(),
    "checkpoints": sorted(path.name for path in pathlib.Path(os.environ["CHECKPOINT_LOCAL_PATH"]).iterdir()),
    "environment": seen,
}
pathlib.Path(os.environ["SM_MODEL_DIR"], "report.json").write_text(json.dumps(report))
pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"], "picture.txt").write_text("p")
pathlib.Path(os.environ["CHECKPOINT_LOCAL_PATH"], "second").write_text("2")
"""


def container_environment() -> Path:
    here = Path(__file__).resolve().parents[3] / ".venv-container"
    found = Path(os.environ.get("CONTAINER_VENV", here))
    if not (found / "bin" / "train").is_file():
        pytest.skip(f"no container environment in {found}: run `make install` or set CONTAINER_VENV")
    return found


def good_request() -> Request:
    return {
        "TrainingJobName": "job",
        "AlgorithmSpecification": {
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "validation:accuracy", "Regex": "validation:accuracy=([0-9.]+)"}],
        },
        "InputDataConfig": [s3_channel("training", "s3://bucket/datasets/training/")],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/outputs/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints/1/", "LocalPath": "/opt/ml/checkpoints"},
        "HyperParameters": {
            "max_depth": "5",
            "sagemaker_program": "train.py",
            "sagemaker_submit_directory": "s3://bucket/code/sourcedir.tar.gz",
            "sagemaker_region": "us-east-1",
        },
        "Environment": {
            "MLFLOW_TRACKING_URI": "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/tracking",
            "CHECKPOINT_LOCAL_PATH": "/opt/ml/checkpoints",
        },
    }


def put_bundle(clients: AwsClients, **files: str) -> None:
    """Upload a source bundle; `train_py` is the text of train.py."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(".".join(name.rsplit("_", 1)))
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    clients.s3.put_object(Bucket="bucket", Key="code/sourcedir.tar.gz", Body=buffer.getvalue())


def platform(clients: AwsClients, environment: Path | None = None) -> ContainerPlatform:
    return ContainerPlatform(
        clients=clients,
        container_environment=environment or container_environment(),
        environment=sealed_environment(os.environ, region="us-east-1", endpoint_url=clients.endpoint_url),
        swaps={"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"},
        grace_seconds=0.5,
    )


def run(
    clients: AwsClients,
    request: Request,
    *,
    on_line: Callable[[str], object] = lambda _line: None,
    stop_requested: threading.Event | None = None,
) -> ContainerResult:
    return run_training_container(
        request,
        platform(clients),
        training_job_arn=JOB_ARN,
        on_line=lambda line: (on_line(line), None)[1],
        stop_requested=stop_requested,
    )


def keys(clients: AwsClients, prefix: str) -> list[str]:
    return [item["Key"] for item in clients.s3.list_objects_v2(Bucket="bucket", Prefix=prefix).get("Contents", [])]


def logged(clients: AwsClients, result: ContainerResult) -> list[str]:
    pages = clients.logs.get_paginator("filter_log_events").paginate(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNames=[result.log_stream_name]
    )
    return [event["message"] for page in pages for event in page["events"]]
