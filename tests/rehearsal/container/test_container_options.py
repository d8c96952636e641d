"""What settings that most jobs do without do to a rehearsed container: isolation, loose output, instance groups."""

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.container.run import run_training_container
from tests.rehearsal.container.containers import JOB_ARN, good_request, platform, put_bundle, run
from tests.rehearsal.s3_channels import s3_channel

pytestmark = pytest.mark.slow


CODE = s3_channel("code", "s3://bucket/code/sourcedir.tar.gz")


def test_an_isolated_job_gets_its_script_by_a_channel_and_reaches_no_server(clients: AwsClients) -> None:
    put_bundle(
        clients,
        train_py="""
import os, urllib.request
print("told of MLflow:", "MLFLOW_TRACKING_URI" in os.environ)
try: urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"], timeout=5)
except OSError: print("no way")
""",
    )
    request = good_request() | {"EnableNetworkIsolation": True}
    request["InputDataConfig"].append(CODE)
    request["HyperParameters"]["sagemaker_submit_directory"] = "/opt/ml/input/data/code/sourcedir.tar.gz"
    request["Environment"].pop("MLFLOW_TRACKING_URI", None)
    lines: list[str] = []

    result = run_training_container(request, platform(clients), training_job_arn=JOB_ARN, on_line=lines.append)

    assert (result.status, result.failure_reason) == ("Completed", None)
    assert "told of MLflow: False" in lines
    assert ("no way" in lines) is ("the network is not isolated" not in result.differences)


def test_output_that_is_not_packed_is_uploaded_file_by_file_and_so_is_what_tensorboard_writes(
    clients: AwsClients,
) -> None:
    put_bundle(
        clients,
        train_py="""
import os, pathlib
for directory in (os.environ["SM_MODEL_DIR"], os.environ["SM_OUTPUT_DATA_DIR"], os.environ["EVENTS"]):
    pathlib.Path(directory, "deeper").mkdir(parents=True)
    pathlib.Path(directory, "deeper", "file").write_text("x")
""",
    )
    request = good_request()
    request["OutputDataConfig"]["CompressionType"] = "NONE"
    request["TensorBoardOutputConfig"] = {"S3OutputPath": "s3://bucket/boards/", "LocalPath": "/opt/ml/output/boards"}
    request["Environment"]["EVENTS"] = "/opt/ml/output/boards"

    result = run(clients, request)

    output = f"{request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/job/output"
    assert result.model_artifact_uri == f"{output}/model/"
    keys = {item["Key"] for item in clients.s3.list_objects_v2(Bucket="bucket")["Contents"]}
    base = output.removeprefix("s3://bucket/")
    assert {key for key in keys if key.startswith((base, "boards/"))} == {
        f"{base}/model/deeper/file",
        f"{base}/data/deeper/file",
        "boards/job/tensorboard-output/deeper/file",
    }


def test_the_hosts_of_instance_groups_are_told_their_group_and_get_its_channels(clients: AwsClients) -> None:
    put_bundle(
        clients,
        train_py="""
import os, pathlib
print(os.environ["SM_CURRENT_INSTANCE_GROUP"], os.environ["SM_CURRENT_INSTANCE_TYPE"], os.environ["SM_CHANNEL_TRAINING"]
      and os.path.isdir(os.environ["SM_CHANNEL_TRAINING"]))
pathlib.Path(os.environ["SM_MODEL_DIR"], "groups").write_text(os.environ["SM_INSTANCE_GROUPS"])
""",
    )
    request = good_request()
    request["ResourceConfig"] = {
        "InstanceGroups": [
            {"InstanceGroupName": "readers", "InstanceType": "ml.c5.xlarge", "InstanceCount": 1},
            {"InstanceGroupName": "learners", "InstanceType": "ml.m5.large", "InstanceCount": 1},
        ]
    }
    request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["InstanceGroupNames"] = ["readers"]
    lines: list[str] = []

    result = run_training_container(request, platform(clients), training_job_arn=JOB_ARN, on_line=lines.append)

    assert result.status == "Completed"
    assert "readers ml.c5.xlarge True" in lines
    events = clients.logs.get_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=_stream_of(clients, "algo-2")
    )["events"]
    assert "learners ml.m5.large False" in [event["message"] for event in events]
    assert "all instance groups are this one machine" in result.differences


def _stream_of(clients: AwsClients, host: str) -> str:
    streams = clients.logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")["logStreams"]
    return next(stream["logStreamName"] for stream in streams if host in stream["logStreamName"])
