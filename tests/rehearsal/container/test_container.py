"""AWS's own toolkit runs here, in the container environment, over tiny source bundles."""

import io
import re
import tarfile
import tempfile
from pathlib import Path

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.container.packages import python_of
from rehearsal.container.run import run_training_container
from rehearsal.errors import ContainerError
from tests.rehearsal.container.containers import (
    JOB_ARN,
    SUCCEEDING,
    container_environment,
    good_request,
    keys,
    logged,
    platform,
    put_bundle,
    run,
)

pytestmark = pytest.mark.slow


def of_every_machine(differences: tuple[str, ...]) -> tuple[str, ...]:
    """Without those of a machine that has no Python as in the image, or no network namespaces."""
    of_this_one = {
        python_of(container_environment()).difference,
        "no network namespace here: a package index is cut off by a proxy that leads nowhere",
    }
    return tuple(each for each in differences if each not in of_this_one)


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
