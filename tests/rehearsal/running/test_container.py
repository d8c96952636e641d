"""AWS's own toolkit runs here, in the container environment, over tiny source bundles."""

import io
import os
import re
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.errors import ContainerError
from rehearsal.running.container import run_training_container
from rehearsal.running.container_environment import ContainerPlatform
from rehearsal.running.container_packages import python_of
from rehearsal.running.container_result import ContainerResult
from rehearsal.sealed_environment import sealed_environment
from tests.rehearsal.embedded_server import empty_embedded_aws, serve_embedded_aws

pytestmark = pytest.mark.slow

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


def of_every_machine(differences: tuple[str, ...]) -> tuple[str, ...]:
    """Without those of a machine that has no Python as in the image, or no network namespaces."""
    of_this_one = {
        python_of(container_environment()).difference,
        "no network namespace here: a package index is cut off by a proxy that leads nowhere",
    }
    return tuple(each for each in differences if each not in of_this_one)


@pytest.fixture(scope="module")
def server() -> Iterator[AwsClients]:
    with serve_embedded_aws() as clients:
        yield clients


@pytest.fixture
def clients(server: AwsClients) -> AwsClients:
    empty_embedded_aws()
    server.s3.create_bucket(Bucket="bucket")
    server.s3.put_object(Bucket="bucket", Key="datasets/training/a.csv", Body=b"1,0\n")
    return server


def good_request() -> Request:
    return {
        "TrainingJobName": "job",
        "AlgorithmSpecification": {
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "validation:accuracy", "Regex": "validation:accuracy=([0-9.]+)"}],
        },
        "InputDataConfig": [
            {
                "ChannelName": "training",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/datasets/training/"}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/outputs/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
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


def test_a_job_that_succeeds_leaves_its_model_its_log_its_metrics_and_its_checkpoints(clients: AwsClients) -> None:
    import json

    put_bundle(clients, train_py=SUCCEEDING, requirements_txt="boto3\n")
    clients.s3.put_object(Bucket="bucket", Key="checkpoints/1/first", Body=b"1")
    lines: list[str] = []

    result = run(clients, good_request(), on_line=lines.append)

    assert (result.status, result.secondary_status, result.failure_reason) == ("Completed", "Completed", None)
    assert [(metric.name, metric.value) for metric in result.metrics] == [("validation:accuracy", 0.9375)]
    assert result.model_artifact_uri == "s3://bucket/outputs/job/output/model.tar.gz"
    assert keys(clients, "outputs/") == ["outputs/job/output/model.tar.gz", "outputs/job/output/output.tar.gz"]
    assert keys(clients, "checkpoints/") == ["checkpoints/1/first", "checkpoints/1/second"]
    assert result.log_line_count == len(lines) > 0
    assert logged(clients, result) == [line or " " for line in lines]
    assert "validation:accuracy=0.9375" in lines
    assert result.started < result.ended
    body = clients.s3.get_object(Bucket="bucket", Key="outputs/job/output/model.tar.gz")["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        (member,) = tar.getmembers()
        report = json.load(tar.extractfile(member) or io.BytesIO())
    assert report == {
        "arguments": ["--max_depth", "5"],
        "channel": "1,0\n",
        "checkpoints": ["first"],
        "environment": {
            "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",
            "TRAINING_JOB_ARN": JOB_ARN,
            "TRAINING_JOB_NAME": "job",
            "AWS_ENDPOINT_URL": clients.endpoint_url,
            "PYTHONPATH": report["environment"]["PYTHONPATH"],
            "SM_CHANNELS": '["training"]',
        },
    }
    assert str(Path(__file__).resolve().parents[3]) not in (report["environment"]["PYTHONPATH"] or "").split(":")
    assert of_every_machine(result.differences) == ("the container's host is localhost, not algo-1",)


def test_a_job_that_fails_uploads_what_it_has_left_and_says_why_as_sagemaker_does(clients: AwsClients) -> None:
    put_bundle(
        clients,
        train_py=SUCCEEDING + "\nraise ValueError('the label column is missing')\n",
    )

    result = run(clients, good_request())

    assert (result.status, result.secondary_status) == ("Failed", "Failed")
    assert (result.failure_reason or "").startswith("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n")
    assert (result.failure_reason or "").endswith(", exit code: 1")
    assert result.model_artifact_uri is None
    assert keys(clients, "outputs/") == ["outputs/job/output/model.tar.gz", "outputs/job/output/output.tar.gz"]
    assert keys(clients, "checkpoints/") == ["checkpoints/1/second"]
    assert "ValueError: the label column is missing" in logged(clients, result)


def test_a_failure_file_of_the_script_is_the_reason(clients: AwsClients) -> None:
    put_bundle(
        clients,
        train_py="import os, sys\n"
        "open(os.path.join(os.environ['SM_OUTPUT_DIR'], 'failure'), 'w').write('the label column is missing')\n"
        "sys.exit(2)\n",
    )

    assert run(clients, good_request()).failure_reason == "AlgorithmError: the label column is missing, exit code: 1"


def test_a_requirement_that_the_container_lacks_fails_the_job_and_nothing_is_downloaded(clients: AwsClients) -> None:
    put_bundle(clients, train_py=SUCCEEDING, requirements_txt="no-such-requirement-of-ours==1.0\n")

    result = run(clients, good_request())

    assert (result.failure_reason or "").startswith("AlgorithmError: InstallRequirementsError:\n")
    log = logged(clients, result)
    assert "ERROR: No matching distribution found for no-such-requirement-of-ours==1.0" in log
    assert not [line for line in log if "Retrying" in line or "Looking in indexes" in line]


def test_a_missing_source_bundle_fails_the_job(clients: AwsClients) -> None:
    result = run(clients, good_request())

    assert result.status == "Failed"
    assert (result.failure_reason or "").startswith("AlgorithmError: Framework Error: \nTraceback")
    assert len(result.failure_reason or "") == 1024
    error = "botocore.exceptions.ClientError: An error occurred (404) when calling the HeadObject operation: Not Found"
    assert error in logged(clients, result)


ENDLESS = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, lambda *_: print("the script got SIGTERM"))
pathlib.Path(os.environ["SM_MODEL_DIR"], "half").write_text("half a model")
pathlib.Path(os.environ["CHECKPOINT_LOCAL_PATH"], "half").write_text("half a forest")
print("ready")
while True:
    time.sleep(1)
"""


def test_a_job_at_its_time_limit_is_stopped_which_is_no_success(clients: AwsClients) -> None:
    put_bundle(clients, train_py=ENDLESS)
    request = good_request()
    request["StoppingCondition"]["MaxRuntimeInSeconds"] = 4

    result = run(clients, request)

    assert (result.status, result.secondary_status) == ("Stopped", "MaxRuntimeExceeded")
    assert (result.failure_reason, result.model_artifact_uri) == (None, None)
    assert keys(clients, "outputs/") == ["outputs/job/output/model.tar.gz"]


def test_a_job_that_is_asked_to_stop_keeps_its_checkpoints_and_hears_nothing_of_sigterm(clients: AwsClients) -> None:
    put_bundle(clients, train_py=ENDLESS)
    stop = threading.Event()
    lines: list[str] = []

    def stop_when_ready(line: str) -> None:
        lines.append(line)
        if line == "ready":
            stop.set()

    result = run(clients, good_request(), on_line=stop_when_ready, stop_requested=stop)

    assert (result.status, result.secondary_status) == ("Stopped", "Stopped")
    assert keys(clients, "outputs/") == ["outputs/job/output/model.tar.gz"]
    assert keys(clients, "checkpoints/") == ["checkpoints/1/half"]
    assert "the script got SIGTERM" not in lines


def test_an_interrupted_rehearsal_leaves_no_upload_and_no_directory(
    clients: AwsClients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_bundle(clients, train_py=ENDLESS)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupt(line: str) -> None:
        if line == "ready":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(clients, good_request(), on_line=interrupt)

    assert keys(clients, "outputs/") == []
    assert list(tmp_path.iterdir()) == []


def test_the_listing_says_who_wrote_what(clients: AwsClients) -> None:
    code = (
        "import os\n"
        "open(os.environ['SM_MODEL_DIR'] + '/model.bin', 'w').write('trees')\n"
        "open(os.environ['TMPDIR'] + '/scratch', 'w').write('')\n"
        "open(os.path.dirname(__file__) + '/notes.txt', 'w').write('mine')\n"
    )
    put_bundle(clients, train_py=code)

    written = {each.path: each for each in run(clients, good_request()).written}

    assert str(written["ml/model/model.bin"]) == "           5  script   ml/model/model.bin"
    assert written["tmp/scratch"].writer == written["ml/code/notes.txt"].writer == "script"
    assert written["ml/code/train.py"].writer == written["ml/output/success"].writer == "toolkit"
    assert not [path for path in written if path.startswith("ml/input/")]


def test_before_a_script_starts_all_that_is_written_is_the_toolkits(clients: AwsClients) -> None:
    put_bundle(clients, train_py="def (")
    request = good_request()
    request["HyperParameters"]["sagemaker_program"] = "absent.py"

    result = run(clients, request)

    assert result.status == "Failed"
    assert {each.writer for each in result.written} == {"toolkit"}


def test_a_job_reaches_no_package_index(clients: AwsClients) -> None:
    code = "import urllib.request as r\ntry: r.urlopen('http://192.0.2.1/simple')\nexcept OSError as e: print('no way')"
    put_bundle(clients, train_py=code)
    lines: list[str] = []

    run_training_container(good_request(), platform(clients), training_job_arn=JOB_ARN, on_line=lines.append)

    assert "no way" in lines


def test_what_a_rehearsal_does_otherwise_is_told(clients: AwsClients) -> None:
    put_bundle(clients, train_py="print('done')")
    request = good_request()
    request["ResourceConfig"]["InstanceCount"] = 2
    request["EnableManagedSpotTraining"] = True
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 600
    request["DebugRuleConfigurations"] = [{"RuleConfigurationName": "loss"}]
    request["Environment"]["WAREHOUSE_SECRET_ARN"] = "arn:aws:secretsmanager:us-east-1:1:secret:a-AbCdEf"

    first, *rest = of_every_machine(run(clients, request).differences)
    assert re.fullmatch(r"the 2 hosts share this machine's cores and are 127[.0-9]+1, 127[.0-9]+2, not algo-1", first)
    assert rest == [
        "a spot interruption does not happen",
        "no rule of Debugger judges the job",
        "no warm pool waits for the next job",
        "there are no secrets: the embedded AWS holds none for WAREHOUSE_SECRET_ARN",
    ]


@pytest.mark.parametrize(
    ("member", "name"),
    [("OutputDataConfig", "S3OutputPath"), ("CheckpointConfig", "S3Uri")],
    ids=["output", "checkpoints"],
)
def test_a_bucket_that_does_not_exist_is_an_error_before_anything_is_run(
    clients: AwsClients, member: str, name: str
) -> None:
    request = good_request()
    request[member][name] = "s3://no-such-bucket/prefix/"

    with pytest.raises(ContainerError) as raised:
        run(clients, request)

    assert str(raised.value) == (
        "the bucket 'no-such-bucket' of s3://no-such-bucket/prefix/ cannot be used: HeadBucket answers 404"
    )
    assert clients.logs.describe_log_groups()["logGroups"] == []


def test_a_project_whose_path_has_a_space_is_rehearsed_all_the_same(clients: AwsClients, tmp_path: Path) -> None:
    environment = tmp_path / "my project" / ".venv-container"
    environment.parent.mkdir()
    environment.symlink_to(container_environment())
    put_bundle(clients, train_py="print('validation:accuracy=0.5')", requirements_txt="numpy\n")

    result = run_training_container(
        good_request(), platform(clients, environment), training_job_arn=JOB_ARN, on_line=lambda _line: None
    )

    assert (result.status, result.failure_reason) == ("Completed", None)


def test_a_folder_for_temporary_files_with_a_space_is_refused_where_no_way_leads_round_it(
    clients: AwsClients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = tmp_path / "my project" / ".venv-container"
    environment.parent.mkdir()
    environment.symlink_to(container_environment())
    monkeypatch.setattr(tempfile, "tempdir", str(environment.parent))
    put_bundle(clients, train_py="")

    with pytest.raises(ContainerError) as raised:
        run_training_container(
            good_request(), platform(clients, environment), training_job_arn=JOB_ARN, on_line=lambda _line: None
        )

    assert re.sub(r"training-job-[^/]*/", "", str(raised.value)) == (
        f"{environment} and the folder for temporary files, {environment.parent}/, have a space or a quote in their "
        "paths, where AWS's training toolkit breaks its commands: set TMPDIR to a folder without"
    )
    assert [path.name for path in environment.parent.iterdir()] == [".venv-container"]


def test_without_a_container_environment_nothing_is_run(clients: AwsClients, tmp_path: Path) -> None:
    with pytest.raises(ContainerError) as raised:
        run_training_container(
            good_request(), platform(clients, tmp_path), training_job_arn=JOB_ARN, on_line=lambda _line: None
        )

    assert str(raised.value) == (
        f"no container environment: {tmp_path / 'bin' / 'train'} is missing; run `make install`"
    )
    assert clients.logs.describe_log_groups()["logGroups"] == []


HOSTS = """
import json, os, pathlib, sys
number = json.loads(os.environ["SM_HOSTS"]).index(os.environ["SM_CURRENT_HOST"]) + 1
found = pathlib.Path(os.environ["SM_CHANNEL_TRAINING"], "a.csv").exists()
print("I am", number, "on", len(os.sched_getaffinity(0)), found)
if number == 1:
    pathlib.Path(os.environ["SM_MODEL_DIR"], "model").write_text("m")
if number == int(sys.argv[2]):
    pathlib.Path(os.environ["SM_OUTPUT_DIR"], "failure").write_text(f"host {number} is broken")
    sys.exit(1)
"""


@pytest.mark.parametrize(("broken", "status"), [(0, "Completed"), (1, "Failed"), (2, "Failed")])
def test_each_host_has_a_process_a_tree_and_a_log_of_its_own_and_a_failed_one_fails_the_job(
    clients: AwsClients, broken: int, status: str
) -> None:
    put_bundle(clients, train_py=HOSTS)
    request = good_request()
    request["ResourceConfig"]["InstanceCount"] = 2
    request["HyperParameters"] = request["HyperParameters"] | {"max_depth": str(broken)}

    result = run(clients, request)

    assert result.status == status
    assert result.failure_reason == (f"AlgorithmError: host {broken} is broken, exit code: 1" if broken else None)
    streams = clients.logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")["logStreams"]
    assert [name["logStreamName"].rpartition("-")[0] for name in streams] == ["job/algo-1", "job/algo-2"]
    assert any(line.startswith("I am 1 on ") and line.endswith(" True") for line in logged(clients, result))
    assert not any(line.startswith("I am 2") for line in logged(clients, result))
    assert keys(clients, "outputs/job/output/model.tar.gz") == ["outputs/job/output/model.tar.gz"]
