"""A rehearsal of a stack that tracks nowhere: no MLflow server, one model in S3 for an invocation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from rehearsal.aws_clients import AwsClients
from tests.operations.projects import copy_project, processes_of, require_container, training_jobs

pytestmark = pytest.mark.slow

BUCKET = "ml-platform-staging-ml-bucket"


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    require_container()
    project = copy_project(tmp_path_factory.mktemp("untracked") / "project")
    path = project / "Pulumi.staging.yaml"
    stack = yaml.safe_load(path.read_text())
    job = stack["config"]["scheduled-training:training_jobs"]["breast-cancer"]
    job["tracking"] = "none"
    job.pop("promotion", None)
    path.write_text(yaml.safe_dump(stack))
    ran = training_jobs(project, "rehearse", "--deliveries", "2", "--keep")
    try:
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
        yield project, ran.stdout
    finally:
        stopped = training_jobs(project, "rehearse", "--stop")
    assert (stopped.returncode, stopped.stdout) == (0, "stopped: the embedded AWS\n")
    assert processes_of(project) == []


def test_no_mlflow_server_runs_and_the_screen_says_where_the_model_is(rehearsed: tuple[Path, str]) -> None:
    project, output = rehearsed
    first, second = re.findall(r"^training job +(\S+)$", output, re.MULTILINE)

    assert "start the embedded AWS, put data into S3" in output
    assert "no MLflow: no job tracks" in output
    assert not (project / ".rehearsal" / "staging" / "mlflow_server.log").exists()
    assert re.findall(r"^model version +(.*)$", output, re.MULTILINE) == 2 * ["none: tracking is none"]
    assert re.findall(r"^MLflow +(.*)$", output, re.MULTILINE) == ["none", "none"]
    assert re.findall(r"^S3 artifact +(.*)$", output, re.MULTILINE) == [
        f"s3://{BUCKET}/training-outputs/{first}/output/model.tar.gz",
        f"none (stands: of {first})",
    ]
    assert first != second


def test_one_of_two_deliveries_has_a_model_and_its_word_names_it(rehearsed: tuple[Path, str]) -> None:
    _, output = rehearsed
    (endpoint,) = re.findall(r"^embedded AWS +(\S+)$", output, re.MULTILINE)
    s3 = AwsClients(endpoint, "us-east-1").s3
    (first, _) = re.findall(r"^training job +(\S+)$", output, re.MULTILINE)

    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix="training-outputs/")["Contents"]]
    model, word = sorted(keys)

    assert model == f"training-outputs/{first}/output/model.tar.gz"
    assert re.fullmatch(r"training-outputs/breast-cancer-staging/deliveries/[\w-]+/[\dT:-]+Z\.json", word)
    assert first in s3.get_object(Bucket=BUCKET, Key=word)["Body"].read().decode()


def test_such_a_job_has_nothing_to_register_later_and_is_told_so(rehearsed: tuple[Path, str]) -> None:
    project, output = rehearsed
    (first, _) = re.findall(r"^training job +(\S+)$", output, re.MULTILINE)

    registered = training_jobs(project, "register", first, "--rehearsal")

    assert registered.returncode == 1
    said = " ".join((registered.stdout + registered.stderr).split())
    assert f"training job {first} did not track (tracking: none) and kept no record: its model is s3://" in said
