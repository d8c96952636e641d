"""A night with the runbook: a deployed stack with faults, and somebody who types what the page says."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import Result

from operations.doctor import examining
from operations.doctor.asking import past, schedules
from operations.doctor.facts import Deployed
from operations.jobs import model_versions, running
from operations.jobs.runners import SageMakerRunner
from operations.models import asking
from rehearsal.invoking.schedule_runner import InvocationFailedError, invoke_schedule, read_schedule
from tests.operations.deployed_stack import DeployedStack
from tests.operations.jobs.ending import end
from tests.operations.projects import typed
from tests.operations.seeded_models import answer_here, seed_versions

JOB: Final = "breast-cancer"
MODEL: Final = "model-of-a-night"
REASON: Final = "AlgorithmError: unexpected OSError: [Errno 28] No space left on device, exit code: 1"
DENIED: Final = "scheduler role is not authorized to perform: iam:PassRole"
DUE: Final = datetime(2026, 10, 2, 3, tzinfo=UTC)
BUCKET, KEY = "ml-platform-staging-ml-bucket", "datasets/training/breast_cancer.csv"
OF_THE_FILES: Final = ("check", "next", "enable", "disable")
"""Commands of the stack's files, which are asked of no place."""
TRAINING: Final = ("run --wait", "backfill --from DAY --to DAY", "dead-letters --redrive")
"""How commands begin that would train in a rehearsal: typed as on AWS, where the embedded one has the endpoint."""
ASKING: Final = ("promote", "rollback")
"""What asks whether it is meant."""
_FINDING: Final = re.compile(r"^[✗!] ([a-z0-9-]+)  .+\n  cure  .+\n  more  docs/runbook\.md#\1$", re.MULTILINE)


@dataclass
class Night:
    """Types the page's commands with what stands in them filled in."""

    deployed: DeployedStack
    outputs: Path
    topic: str
    data: bytes
    values: dict[str, str]
    before: set[str]
    """Training jobs that were there before."""
    tried: list[str] = field(default_factory=list)
    said: str = ""
    """What the doctor said last."""
    ends: list[str] = field(default_factory=list)
    """What the next training jobs that are waited for come to, as SecondaryStatus."""

    def type(self, command: str) -> Result:
        """Type a command of the page, which has it with the stack behind it."""
        self.tried.append(command)
        words = [self.values.get(word, word) for word in shlex.split(command)]
        trains = command.startswith(TRAINING) and "--dry-run" not in words
        if not trains and words[0] not in OF_THE_FILES:
            words.append("--rehearsal")
        if words[0] not in {*OF_THE_FILES, "register"}:
            words += ["--outputs", str(self.outputs)]
        return typed(*words, *(["--yes"] if words[0] in ASKING else []))

    def findings(self) -> tuple[int, set[str]]:
        """The doctor's exit code, and what it finds: each with its section of the page."""
        told = self.type("doctor")
        self.said = told.stdout
        found = _FINDING.findall(told.stdout)
        assert len(found) == len(re.findall(r"^[✗!] ", told.stdout, re.MULTILINE)), told.stdout
        return told.exit_code, set(found)

    def pulumi_up(self) -> None:
        """What it would do: the schedule is as the stack declares it."""
        set_schedule(self.deployed, "ENABLED", self.declared["target_input"])

    def end_what_runs(self, _seconds: float = 0) -> None:
        """What goes by while somebody waits: each training job that runs comes to its end."""
        now = datetime.now(UTC)
        for name in self.names() - self.before:
            if self.describe(name)["TrainingJobStatus"] == "InProgress":
                secondary = self.ends.pop(0)
                self.deployed.report(name, SecondaryStatus="Training", TrainingStartTime=now - timedelta(minutes=2))
                self.deployed.report(
                    name,
                    TrainingJobStatus="Completed" if secondary == "Completed" else "Stopped",
                    SecondaryStatus=secondary,
                    TrainingEndTime=now,
                    TrainingTimeInSeconds=120,
                    BillableTimeInSeconds=120,
                )

    @property
    def declared(self) -> Any:  # noqa: ANN401 - JSON
        """What the stack exports of its job."""
        return json.loads(self.outputs.read_text())[JOB]

    def copy_data(self) -> None:
        """What `aws s3 cp` of the page would do."""
        self.deployed.clients.s3.put_object(Bucket=BUCKET, Key=KEY, Body=self.data)

    def confirm(self) -> None:
        """What the link in AWS's mail does."""
        self.deployed.clients.client("sns").subscribe(TopicArn=self.topic, Protocol="email", Endpoint="a@example.com")

    def describe(self, name: str) -> Any:  # noqa: ANN401 - an answer of the API
        return self.deployed.clients.sagemaker.describe_training_job(TrainingJobName=name)

    def names(self) -> set[str]:
        """Of all training jobs."""
        return names(self.deployed)


@contextmanager
def a_night(deployed: DeployedStack, directory: Path) -> Iterator[Night]:
    """Seed the faults, each by what would make it on AWS, and take everything back in the end.

    Somebody has disabled the schedule, emptied the channel and moved the alias champion; IAM has refused two
    invocations; the last training job has failed; and nobody has confirmed the topic of the alarms.
    """
    clients, place = deployed.clients, deployed.place
    told, before = json.loads(kept_outputs(deployed).read_text()), names(deployed)
    declared = told[JOB]
    request = json.loads(declared["target_input"])
    request["Environment"] |= {"REGISTERED_MODEL_NAME": MODEL, "MLFLOW_EXPERIMENT_NAME": MODEL}
    sns = clients.client("sns")
    topic = sns.create_topic(Name="alarms-of-a-night")["TopicArn"]
    data = clients.s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    was = clients.scheduler.get_schedule(GroupName=deployed.job.group_name, Name=deployed.job.schedule_name)
    declared |= {"target_input": json.dumps(request), "schedule_state": "ENABLED", "alarm_topic_arn": topic}
    outputs, settings = directory / "outputs.json", deployed.project / "Pulumi.staging.yaml"
    written = settings.read_bytes()
    outputs.write_text(json.dumps(told))
    try:
        seed_versions(place.environment["MLFLOW_TRACKING_URI"], MODEL)
        move_champion(place.environment["MLFLOW_TRACKING_URI"], "3")
        set_schedule(deployed, "DISABLED", declared["target_input"])
        for _ in range(2):
            refuse(deployed)
        deployed.run_job()
        failed = deployed.run_job("Failed", FailureReason=REASON)
        clients.s3.delete_object(Bucket=BUCKET, Key=KEY)
        values = {"TRAINING_JOB": failed, "JOB": JOB, "VERSION": "2", "OTHER_VERSION": "3"}
        yield Night(deployed, outputs, topic, data, values, before)
    finally:
        settings.write_bytes(written)
        set_schedule(deployed, was["State"], was["Target"]["Input"])
        clients.s3.put_object(Bucket=BUCKET, Key=KEY, Body=data)
        sns.delete_topic(TopicArn=topic)
        empty_queue(deployed)
        for name in names(deployed) - before:
            end(deployed, name)
            clients.sagemaker.delete_training_job(TrainingJobName=name)


def kept_outputs(deployed: DeployedStack) -> Path:
    """The file of the stack's outputs."""
    (path,) = deployed.project.glob(".rehearsal/*/outputs.json")
    return path


def names(deployed: DeployedStack) -> set[str]:
    """Of all training jobs."""
    pages = deployed.clients.sagemaker.get_paginator("list_training_jobs").paginate()
    return {job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]}


def set_schedule(deployed: DeployedStack, state: Any, target_input: str) -> None:  # noqa: ANN401 - one of two words
    """As a person or Pulumi changes it."""
    job, scheduler = deployed.job, deployed.clients.scheduler
    told: Any = scheduler.get_schedule(GroupName=job.group_name, Name=job.schedule_name)
    members = {each: told[each] for each in ("ScheduleExpression", "FlexibleTimeWindow")}
    target = told["Target"] | {"Input": target_input}
    scheduler.update_schedule(GroupName=job.group_name, Name=job.schedule_name, State=state, Target=target, **members)


def refuse(deployed: DeployedStack) -> None:
    """Fire the schedule while IAM denies what it takes."""
    schedule = read_schedule(deployed.clients, deployed.job.group_name, deployed.job.schedule_name)
    with pytest.raises(InvocationFailedError, match="a dead letter is in"):
        invoke_schedule(deployed.clients, schedule, scheduled_time=DUE, authorize=lambda *_: [DENIED])


def empty_queue(deployed: DeployedStack) -> None:
    """Take out what a test that failed has left."""
    sqs = deployed.clients.sqs
    url = sqs.get_queue_url(QueueName=f"{deployed.job.training_job_name_prefix}-dead-letters")["QueueUrl"]
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def move_champion(tracking_uri: str, version: str) -> None:
    """As a click in MLflow's pages does."""
    from mlflow import MlflowClient

    MlflowClient(tracking_uri).set_registered_model_alias(MODEL, "champion", version)


def _standing_still() -> type[datetime]:
    """A clock that shows this moment from now on."""
    this_moment = datetime.now(UTC)

    class StandsStill(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # it is no StandsStill
            return this_moment.astimezone(tz)

    return StandsStill


def arrange(patch: pytest.MonkeyPatch, night: Night) -> None:
    """Stand in for what a night has and a test has not: time, a schedule that nobody has changed lately, processes."""
    place = night.deployed.place
    patch.chdir(night.deployed.project)
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "MLFLOW_TRACKING_URI"):
        patch.setenv(name, place.environment[name])
    patch.setenv("COLUMNS", "400")
    patch.setattr(running, "SageMakerRunner", partial(SageMakerRunner, wait=night.end_what_runs))
    for module in (asking, model_versions):
        patch.setattr(module, "run_training_script", answer_here)
    # The jobs of other tests are newer than what the schedule was due: without this they would hide that it was missed.
    patch.setattr(past, "_NEWEST", 1000)
    patch.setattr(examining, "datetime", _standing_still())  # or a schedule is due, and missed, between two looks
    ask = schedules.ask_schedule

    def ask_as_if_it_were_old(scheduler: Any, declared: Any) -> Deployed | None:  # noqa: ANN401 - as what it stands for
        found = ask(scheduler, declared)
        return replace(found, modified=datetime.now(UTC) - timedelta(days=30)) if found else None

    patch.setattr(schedules, "ask_schedule", ask_as_if_it_were_old)
