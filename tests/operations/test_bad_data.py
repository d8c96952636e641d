"""Data that cannot be trained on, and a tracking server that is away: one reason each, and nothing half-made.

The stack is deployed once; the container then runs once for each fault, on a channel and an output of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.schedule_input import InvocationContext
from rehearsal.aws_clients import AwsClients
from rehearsal.container.environment import ContainerPlatform
from rehearsal.container.result import ContainerResult
from rehearsal.container.run import run_training_container
from rehearsal.declaring.program import declare
from rehearsal.deploying.deployment import EmbeddedAwsMocks
from rehearsal.invoking.schedule_runner import prepare_request, read_schedule
from rehearsal.local_servers.servers import Servers, start_servers
from rehearsal.running.model_registry import model_versions
from rehearsal.running.sample_data import put_files, sample_csv_files
from rehearsal.sealed_environment import NO_ENDPOINT, sealed_environment
from tests.operations.projects import copy_project, require_container

pytestmark = pytest.mark.slow

BUCKET = "ml-platform-staging-ml-bucket"
NAME = "breast-cancer-staging"


def good_csv() -> str:
    return sample_csv_files()["training"].decode()


def with_field(line: int, column: int, value: str) -> str:
    """The good CSV with another value in one place; lines count from 1, the header's, columns from 0."""
    lines = good_csv().splitlines()
    fields = lines[line - 1].split(",")
    fields[column] = value
    lines[line - 1] = ",".join(fields)
    return "\n".join(lines) + "\n"


def of_one_class() -> str:
    header, *rows = good_csv().splitlines()
    return "\n".join([header, *(row for row in rows if row.endswith(",1"))]) + "\n"


def cut_in_half() -> str:
    lines = good_csv().splitlines(keepends=True)
    return "".join(lines[:200]) + lines[200][: len(lines[200]) // 2]


@dataclass(frozen=True)
class Bad:
    """One fault: what makes the channel's file, the reason, the tracking URI where it is not the server's."""

    content: Callable[[], str]
    reason: str
    tracking_uri: str = ""


BAD = {
    "no-target-column": Bad(
        lambda: good_csv().replace(",target\n", ",label\n", 1),
        "training/rows.csv: has no target column 'target'; its columns are {features} "
        "and 1 more; set the hyperparameter target_column",
    ),
    "text-in-a-feature": Bad(
        lambda: with_field(7, 2, "large"),
        "training/rows.csv, line 7, column 'mean_perimeter': holds 'large' among 372 different "
        "numbers; name the column in categorical_columns or drop_columns, or the word in csv_null_values where it "
        "means a missing value, or take the line out where it is no row, such as a total",
    ),
    "one-class-only": Bad(
        of_one_class,
        "channel training: all 250 rows are of one class, '1'; a classifier needs at least two: "
        "add rows of another class",
    ),
    "a-missing-target": Bad(
        lambda: with_field(5, 30, ""),
        "missing values: column 'target' lacks 1 (first: training/rows.csv, line 5); correct or drop the rows",
    ),
    "cut-in-half": Bad(
        cut_in_half,
        "training/rows.csv, line 201: has 16 of 31 fields and is the last line: the file was cut off, or that is "
        "a note below the table; upload it again, or take the line out",
    ),
    "mlflow-unreachable": Bad(
        good_csv,
        f"MLflow at {NO_ENDPOINT} (MLFLOW_TRACKING_URI) cannot be reached: [Errno 111] Connection refused; check that "
        "the server runs, that the job's network reaches it and that the execution role may use it",
        tracking_uri=NO_ENDPOINT,
    ),
}


@dataclass(frozen=True)
class Stage:
    """The deployed stack, and the servers it is deployed on."""

    project: Path
    servers: Servers
    clients: AwsClients

    def run(self, name: str, bad: Bad) -> ContainerResult:
        """Run the container as the deployed schedule would start it, on a channel that holds the bad file."""
        schedule = read_schedule(self.clients, NAME, NAME)
        context = InvocationContext(schedule.arn, datetime(2026, 1, 1, 3, tzinfo=UTC), name, 1)
        request: dict[str, Any] = prepare_request(schedule, context)
        channel = f"s3://{BUCKET}/{name}/training/"
        put_files(self.clients.s3, channel, {"rows.csv": bad.content().encode()})
        request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = channel
        request["OutputDataConfig"]["S3OutputPath"] = f"s3://{BUCKET}/{name}/outputs/"
        return run_training_container(
            request,
            ContainerPlatform(
                clients=self.clients,
                container_environment=self.project / ".venv-container",
                environment=sealed_environment(
                    os.environ | {"TMPDIR": str(self.project / "tmp")},
                    region="us-east-1",
                    endpoint_url=self.servers.endpoint_url,
                ),
                swaps={"MLFLOW_TRACKING_URI": bad.tracking_uri or self.servers.tracking_uri},
            ),
            training_job_arn=f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{NAME}-{name}",
            on_line=lambda _line: None,
        )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    require_container()
    project = copy_project(tmp_path_factory.mktemp("bad-data") / "project")
    state_dir = project / ".rehearsal" / "staging"
    with start_servers(state_dir, region="us-east-1", artifact_root=f"s3://{BUCKET}/mlflow-artifacts/") as servers:
        clients = AwsClients(servers.endpoint_url, "us-east-1")
        clients.s3.create_bucket(Bucket=BUCKET)
        declare(project, "staging", EmbeddedAwsMocks(clients), preview=False)
        yield Stage(project, servers.wait_until_ready(), clients)


@pytest.fixture(scope="module")
def running(stage: Stage) -> Iterator[dict[str, Future[ContainerResult]]]:
    """All of them, two at a time: most of each is a new Python that loads its packages."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield {name: pool.submit(stage.run, name, bad) for name, bad in BAD.items()}


@pytest.mark.parametrize("name", BAD)
def test_a_training_job_that_cannot_train_fails_with_its_reason(
    name: str, stage: Stage, running: dict[str, Future[ContainerResult]]
) -> None:
    result = running[name].result()

    features = ", ".join(map(repr, good_csv().splitlines()[0].split(",")[:-1]))
    assert (result.status, result.failure_reason) == (
        "Failed",
        f"AlgorithmError: {BAD[name].reason.replace('{features}', features)}, exit code: 1",
    )


def test_nothing_half_made_is_left(stage: Stage, running: dict[str, Future[ContainerResult]]) -> None:
    results = [future.result() for future in running.values()]

    assert [result.model_artifact_uri for result in results] == [None] * len(BAD)
    found = stage.clients.s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    keys = [each["Key"] for each in found if "/packages/" not in each["Key"]]
    assert sorted(key.split("/")[0] for key in keys) == sorted([*BAD, "training-code"]), "no output, no artifact"
    assert model_versions(stage.servers.tracking_uri, NAME) == []
    assert list((stage.project / "tmp").iterdir()) == []


def test_no_run_is_left_that_has_not_ended(stage: Stage, running: dict[str, Future[ContainerResult]]) -> None:
    from mlflow import MlflowClient

    for future in running.values():
        future.result()
    client = MlflowClient(stage.servers.tracking_uri)
    experiment = client.get_experiment_by_name(NAME)
    assert experiment is not None
    assert [run.info.status for run in client.search_runs([experiment.experiment_id])] == []
