import json
import os
import socket
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.aws_clients import AwsClients
from rehearsal.local_servers.server_process import listening_socket
from rehearsal.local_servers.training_job_reports import TrainingJobReportError, report_training_job

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]


@pytest.fixture
def request_() -> dict[str, Any]:
    return {
        "TrainingJobName": f"forest-{uuid.uuid4()}",
        "AlgorithmSpecification": {
            "TrainingImage": "image",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "validation:accuracy", "Regex": "accuracy=([0-9.]+)"}],
        },
        "RoleArn": "arn:aws:iam::123456789012:role/forest-execution",
        "OutputDataConfig": {"S3OutputPath": "s3://ml-bucket/training-outputs/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "Environment": {"SCHEDULE_ARN": "arn"},
        "RetryStrategy": {"MaximumRetryAttempts": 3},
        "Tags": [{"Key": "stack", "Value": "staging"}],
    }


def refusal(call: Callable[..., object], **arguments: object) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def test_a_job_is_described_as_it_was_requested_and_lasts(aws: AwsClients, request_: dict[str, Any]) -> None:
    arn = aws.sagemaker.create_training_job(**request_)["TrainingJobArn"]
    described = aws.sagemaker.describe_training_job(TrainingJobName=request_["TrainingJobName"])
    tags = request_.pop("Tags")
    assert {name: described[name] for name in request_} == request_
    assert described["TrainingJobStatus"] == "InProgress"
    assert "FinalMetricDataList" not in described
    assert aws.sagemaker.list_tags(ResourceArn=arn)["Tags"] == tags


def test_a_name_can_be_used_once(aws: AwsClients, request_: dict[str, Any]) -> None:
    arn = aws.sagemaker.create_training_job(**request_)["TrainingJobArn"]
    assert refusal(aws.sagemaker.create_training_job, **(request_ | {"Environment": {}})) == (
        "ResourceInUse",
        "Training job names must be unique within an AWS account and region, and a training job with this name already "
        f"exists ({arn})",
    )
    kept = aws.sagemaker.describe_training_job(TrainingJobName=request_["TrainingJobName"])
    assert kept["Environment"] == {"SCHEDULE_ARN": "arn"}


def test_the_end_of_a_job_is_what_was_reported(aws: AwsClients, request_: dict[str, Any]) -> None:
    aws.sagemaker.create_training_job(**request_)
    name = request_["TrainingJobName"]
    report = {
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://ml-bucket/model.tar.gz"},
        "FinalMetricDataList": [{"MetricName": "validation:accuracy", "Value": 0.9}],
        "TrainingStartTime": "2026-11-23T03:00:00Z",
        "TrainingEndTime": "2026-11-23T03:01:00Z",
        "BillableTimeInSeconds": 60,
    }
    assert report_training_job(aws.endpoint_url, name, report) == "Completed"
    described = aws.sagemaker.describe_training_job(TrainingJobName=name)
    assert described["ModelArtifacts"] == {"S3ModelArtifacts": "s3://ml-bucket/model.tar.gz"}
    assert described["FinalMetricDataList"][0]["Value"] == pytest.approx(0.9)
    assert (described["TrainingTimeInSeconds"], described["BillableTimeInSeconds"]) == (60, 60)
    assert refusal(aws.sagemaker.stop_training_job, TrainingJobName=name) == (
        "ValidationException",
        "The request was rejected because the training job is in status Completed.",
    )


def test_a_job_can_be_stopped_and_whoever_runs_it_is_told(aws: AwsClients, request_: dict[str, Any]) -> None:
    aws.sagemaker.create_training_job(**request_)
    name = request_["TrainingJobName"]
    aws.sagemaker.stop_training_job(TrainingJobName=name)
    assert report_training_job(aws.endpoint_url, name, {"SecondaryStatus": "Training"}) == "Stopping"
    assert refusal(aws.sagemaker.delete_training_job, TrainingJobName=name)[0] == "ResourceInUse"
    assert report_training_job(aws.endpoint_url, name, {"TrainingJobStatus": "Stopped"}) == "Stopped"
    aws.sagemaker.delete_training_job(TrainingJobName=name)
    assert refusal(aws.sagemaker.describe_training_job, TrainingJobName=name) == (
        "ValidationException",
        "Requested resource not found.",
    )


def test_jobs_are_listed_by_name_and_status_page_by_page(aws: AwsClients, request_: dict[str, Any]) -> None:
    prefix = f"listed-{uuid.uuid4().hex[:8]}"
    for number in range(3):
        aws.sagemaker.create_training_job(**(request_ | {"TrainingJobName": f"{prefix}-{number}"}))
    report_training_job(aws.endpoint_url, f"{prefix}-1", {"TrainingJobStatus": "Failed"})

    def listed(**filters: str) -> list[str]:
        pages = aws.sagemaker.get_paginator("list_training_jobs").paginate(
            NameContains=prefix, PaginationConfig={"PageSize": 1}, **filters
        )
        return [summary["TrainingJobName"][-1] for page in pages for summary in page["TrainingJobSummaries"]]

    assert listed() == ["0", "1", "2"]
    assert listed(SortBy="Name", SortOrder="Descending") == ["2", "1", "0"]
    assert listed(StatusEquals="InProgress") == ["0", "2"]
    assert listed(StatusEquals="Failed") == ["1"]
    assert listed(CreationTimeAfter="2100-01-01T00:00:00Z") == []
    assert listed(CreationTimeBefore="2100-01-01T00:00:00Z") == ["0", "1", "2"]


def test_a_report_of_a_job_that_does_not_exist_is_refused(aws: AwsClients) -> None:
    with pytest.raises(TrainingJobReportError) as refused:
        report_training_job(aws.endpoint_url, "nobody", {})
    assert str(refused.value) == "there is no training job 'nobody'"


def test_a_report_goes_nowhere_but_to_this_machine() -> None:
    with pytest.raises(ValueError, match="is not on this machine"):
        report_training_job("http://10.0.0.1:80", "job", {})


def test_the_module_reports_its_port_and_ends_with_its_standard_input(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "rehearsal.local_servers.embedded_aws", "--port", "0", "--ready-file", str(ready)]
    with subprocess.Popen(
        [*command, "--stop-when-stdin-closes"], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        while not ready.exists():
            assert process.poll() is None
        written = json.loads(ready.read_text())
        assert written["pid"] == process.pid
        with urllib.request.urlopen(f"http://127.0.0.1:{written['port']}/_rehearsal/health") as answer:
            assert json.load(answer) == {"status": "ok"}
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == -15


def test_a_socket_that_listens_already_is_taken_over() -> None:
    with listening_socket(0) as listener:
        port = listener.getsockname()[1]
        taken = listening_socket(os.dup(listener.fileno()), is_fd=True)
    with taken, socket.create_connection(("127.0.0.1", port)):
        assert taken.getsockname() == ("127.0.0.1", port)
