"""Who starts a job without a network brings in what its earlier runs have left: once, and no failure stops a run."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from rich.console import Console

from operations.jobs import running
from operations.jobs.history_asking import describe_job
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.running import RunWanted, Told, run_now
from operations.named_stack import Named
from operations.places import Place
from operations.registering import by_itself
from operations.registering.by_itself import bring_in_own
from rehearsal.running.kept_record import fetch_record
from rehearsal.running.model_registry import model_versions
from tests.operations.deployed_stack import DeployedStack
from tests.operations.jobs.ending import end
from tests.training_code.own_scripts import OwnScript

pytestmark = pytest.mark.slow
SCRIPT = """
import os, pathlib, scheduled_job
scheduled_job.report(accuracy=0.75)
(pathlib.Path(os.environ["SM_MODEL_DIR"]) / "weights").write_text("1")
scheduled_job.register_once(os.environ["SM_MODEL_DIR"])
"""


class MinuteByMinute(datetime):
    """A clock that goes on by a minute at each look: runs of one second would be of one invocation."""

    minutes = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        cls.minutes += 1
        return super().now(tz) + timedelta(minutes=cls.minutes)


@dataclass
class IsolatedJob:
    """A job without a network on the embedded AWS, operated as on AWS: who runs it is the test."""

    deployed: DeployedStack
    stack: OperatedStack
    directory: Path
    model: str
    prefix: str

    def run(self) -> tuple[str, str]:
        """`training-jobs run`: the training job that it started, and what it said."""
        output = io.StringIO()
        told = Told(Console(file=output, width=400, highlight=False), options=" --stack staging")
        before = {*self.names()}
        assert run_now(self.stack, RunWanted(), told) == 0
        (name,) = {*self.names()} - before
        return name, output.getvalue()

    def names(self) -> list[str]:
        listed = self.deployed.clients.sagemaker.list_training_jobs(NameContains=self.prefix, MaxResults=100)
        return [each["TrainingJobName"] for each in listed["TrainingJobSummaries"]]

    def train(self, name: str, text: str = SCRIPT) -> None:
        """What SageMaker does with it, up to its end."""
        described = self.deployed.clients.sagemaker.describe_training_job(TrainingJobName=name)
        place = self.directory / name
        place.mkdir()
        script = OwnScript(place, text, {**described["Environment"], "TRAINING_JOB_NAME": name})
        assert script.run().returncode == 0
        body = io.BytesIO()
        with tarfile.open(fileobj=body, mode="w:gz") as archive:
            if (script.base / "output" / "data").exists():
                archive.add(script.base / "output" / "data", ".")
        bucket, _, path = described["OutputDataConfig"]["S3OutputPath"].removeprefix("s3://").partition("/")
        key = f"{path.rstrip('/')}/{name}/output/output.tar.gz"
        self.deployed.clients.s3.put_object(Bucket=bucket, Key=key, Body=body.getvalue())
        end(self.deployed, name, "Completed")


@pytest.fixture
def isolated(deployed: DeployedStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IsolatedJob]:
    monkeypatch.setattr(running, "datetime", MinuteByMinute)
    scheduler, name = deployed.clients.scheduler, f"isolated-{uuid4().hex[:8]}"
    prefix = f"{name}-run"  # of its own: what another test has left is not for this one to bring in
    job, told = deployed.job, json.loads(deployed.job.target_input)
    told["TrainingJobName"] = told["TrainingJobName"].replace(job.training_job_name_prefix, prefix)
    told["Environment"] |= {"TRACKING": "afterwards", "REGISTERED_MODEL_NAME": name, "MLFLOW_EXPERIMENT_NAME": name}
    found = scheduler.get_schedule(GroupName=job.group_name, Name=job.schedule_name)
    scheduler.create_schedule(
        Name=name,
        GroupName=job.group_name,
        ScheduleExpression=found["ScheduleExpression"],
        FlexibleTimeWindow=found["FlexibleTimeWindow"],
        State="DISABLED",
        Target=found["Target"] | {"Input": json.dumps(told)},
    )
    own = job.model_copy(
        update={
            "name": "isolated",
            "schedule_name": name,
            "schedule_arn": f"{job.schedule_arn.rpartition('/')[0]}/{name}",
            "target_input": json.dumps(told),
            "training_job_name_prefix": prefix,
        }
    )
    place = Place(deployed.clients.client, deployed.clients.region, deployed.place.environment)
    made = IsolatedJob(
        deployed, OperatedStack(deployed.project, Named("staging"), place, {"isolated": own}), tmp_path, name, prefix
    )
    yield made
    scheduler.delete_schedule(GroupName=job.group_name, Name=name)
    for each in made.names():
        end(deployed, each)


def test_the_second_run_brings_in_what_the_first_has_left_once_and_the_third_finds_nothing(
    isolated: IsolatedJob,
) -> None:
    first, said = isolated.run()
    assert "registered" not in said
    isolated.train(first)

    second, said = isolated.run()
    assert f"registered: version 1 of {isolated.model} by {first}\n" in said
    assert said.rstrip().endswith(f"started; see: training-jobs logs {second} --follow --stack staging")

    _, said = isolated.run()
    assert "registered" not in said
    assert "note" not in said
    (version,) = model_versions(isolated.stack.place.environment["MLFLOW_TRACKING_URI"], isolated.model)
    assert version.tags["training_job_name"] == first


def test_what_cannot_be_brought_in_is_a_note_and_the_run_starts(isolated: IsolatedJob) -> None:
    first, _ = isolated.run()
    isolated.train(first)
    away = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    isolated.stack = replace(isolated.stack, place=replace(isolated.stack.place, environment=away))

    _, said = isolated.run()

    (note,) = [line for line in said.splitlines() if line.startswith("note")]
    assert "what earlier runs have left cannot be brought in: it cannot be told what is registered: MLflow at" in note
    assert note.endswith("; later: training-jobs register --all")
    assert len(isolated.names()) >= 2


def test_old_outputs_without_a_record_keep_nobody_from_newer_ones(isolated: IsolatedJob) -> None:
    for text in ("", "", SCRIPT):
        name, said = isolated.run()
        assert "registered" not in said
        isolated.train(name, text)

    _, said = isolated.run()

    assert f"registered: version 1 of {isolated.model} by {name}\n" in said


def test_a_script_that_records_nothing_has_two_of_its_outputs_looked_at(
    isolated: IsolatedJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        isolated.train(isolated.run()[0], "")
    looked = list[str]()

    def fetch(s3: Any, described: Mapping[str, Any], directory: Path) -> Path:  # noqa: ANN401 - boto3's client
        looked.append(described["TrainingJobName"])
        return fetch_record(s3, described, directory)

    monkeypatch.setattr(by_itself, "fetch_record", fetch)

    isolated.run()

    assert len(looked) == 2


def test_what_aws_has_against_reading_a_runs_own_record_is_told_with_the_command_for_later(
    isolated: IsolatedJob,
) -> None:
    name, _ = isolated.run()
    isolated.train(name)
    away = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )
    clients = isolated.deployed.clients
    place = Place(lambda service: away if service == "s3" else clients.client(service), "us-east-1", {})

    why = bring_in_own(
        replace(isolated.stack, place=place), describe_job(clients.sagemaker, name), Console(file=io.StringIO())
    )

    assert why.startswith('Could not connect to the endpoint URL: "http://127.0.0.1:9')
    assert why.endswith(f"; later: training-jobs register {name}")
