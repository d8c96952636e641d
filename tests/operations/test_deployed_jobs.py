"""The jobs of a deployed stack, from each of the places that its outputs can come from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from components.aws_names import AwsScope
from operations.deployed_jobs import OutputsError, read_jobs, schedules_of, select_jobs, stack_jobs, trackings
from operations.places import Place
from tests.operations.deployed_stack import DeployedStack
from tests.operations.projects import change, copy_project

ARN = "arn:aws:scheduler:eu-west-1:123456789012:schedule/staging-churn/staging-churn"
CHURN: dict[str, Any] = {
    "schedule_name": "staging-churn",
    "schedule_arn": ARN,
    "schedule_state": "DISABLED",
    "target_input": '{"TrainingJobName": "staging-churn-<aws.scheduler.execution-id>"}',
    "scheduler_role_arn": "arn:aws:iam::123456789012:role/staging-churn-scheduler",
    "execution_role_arn": "arn:aws:iam::123456789012:role/staging-churn-execution",
    "training_job_name_prefix": "staging-churn",
    "s3_output_path": "s3://bucket/outputs/",
    "channels": {"training": "s3://bucket/training/"},
}
WEEKLY = {
    "schedule_name": "staging-churn.weekly",
    "schedule_arn": f"{ARN}.weekly",
    "schedule_state": "ENABLED",
    "target_input": "{}",
}
NOWHERE = Place(lambda service: pytest.fail(f"{service} was asked"), "eu-west-1", {})


def test_a_job_is_read_with_its_schedules_and_where_it_is() -> None:
    jobs = read_jobs("staging", {"note": "text", "churn": {**CHURN, "further_schedules": {"weekly": WEEKLY}}})

    assert list(jobs) == ["churn"]
    assert jobs["churn"].scope == AwsScope("aws", "eu-west-1", "123456789012")
    assert jobs["churn"].request["TrainingJobName"].startswith("staging-churn-")
    told = [(job.name, name, each.schedule_name, each.group_name) for job, name, each in schedules_of(jobs)]
    assert told == [
        ("churn", "", "staging-churn", "staging-churn"),
        ("churn", "weekly", "staging-churn.weekly", "staging-churn"),
    ]


def test_a_run_is_looked_for_once_on_each_server_that_a_job_records_on() -> None:
    def telling(**environment: str) -> dict[str, Any]:
        return {**CHURN, "target_input": json.dumps({"Environment": environment})}

    jobs = {
        "a": telling(MLFLOW_TRACKING_URI="arn:server/a"),
        "b": telling(MLFLOW_TRACKING_URI="arn:server/a"),
        "isolated": telling(TRACKING="afterwards", TRACKING_URI_AFTERWARDS="https://b", SECRET_ARN="arn:secret"),
        "nowhere": telling(TRACKING="none", MLFLOW_TRACKING_URI=""),
    }

    assert trackings(read_jobs("staging", jobs).values()) == [
        {"MLFLOW_TRACKING_URI": "arn:server/a", "SECRET_ARN": ""},
        {"MLFLOW_TRACKING_URI": "https://b", "SECRET_ARN": "arn:secret"},
    ]


def test_what_a_job_lacks_is_said_all_at_once() -> None:
    without = {name: value for name, value in CHURN.items() if name not in {"s3_output_path", "schedule_state"}}

    with pytest.raises(OutputsError) as raised:
        read_jobs("staging", {"churn": without})

    assert str(raised.value).splitlines() == [
        "the outputs of stack staging are not those of this version's component:",
        "  churn.schedule_state: Field required",
        "  churn.s3_output_path: Field required",
        "run pulumi up, or use the version that deployed it",
    ]


def test_a_stack_without_training_jobs_is_told_what_it_exports() -> None:
    with pytest.raises(OutputsError, match=r"exports no training job .* it exports: bucket, url\. Export outputs\(\)"):
        read_jobs("staging", {"bucket": "b", "url": {"of": "something"}})


def test_a_job_that_is_not_there_is_answered_with_those_that_are() -> None:
    jobs = read_jobs("staging", {"churn": CHURN, "fraud": CHURN})

    assert [job.name for job in select_jobs(jobs, None)] == ["churn", "fraud"]
    assert [job.name for job in select_jobs(jobs, "fraud")] == ["fraud"]
    with pytest.raises(OutputsError, match="the stack has no job 'chrun'; it has: churn, fraud"):
        select_jobs(jobs, "chrun")


def test_outputs_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps({"churn": CHURN}))

    assert list(stack_jobs(tmp_path, "staging", NOWHERE, path)) == ["churn"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [("{", "Expecting property name"), ("[]", "it holds list, not an object"), (None, "No such file")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str | None, fault: str) -> None:
    path = tmp_path / "outputs.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(OutputsError, match=rf"cannot be read from .*outputs\.json: .*{fault}.*; name what pulumi"):
        stack_jobs(tmp_path, "staging", NOWHERE, path)


def pulumi_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    """Put a command called pulumi on PATH; the real one needs a backend and a deployed stack."""
    command = tmp_path / "bin" / "pulumi"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\n{does}\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=":")


def test_outputs_are_read_from_the_pulumi_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "told.json").write_text(json.dumps({"churn": CHURN}))
    pulumi_that(
        tmp_path,
        monkeypatch,
        f'[ "$*" = "stack output --json --non-interactive --stack dev" ] && cat {tmp_path}/told.json',
    )

    assert list(stack_jobs(tmp_path, "dev", NOWHERE)) == ["churn"]


def test_a_cli_that_prints_something_else_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi_that(tmp_path, monkeypatch, "echo hello")

    with pytest.raises(OutputsError, match="pulumi stack output --json --stack dev printed what cannot be read"):
        stack_jobs(tmp_path, "dev", NOWHERE)


@pytest.mark.slow
def test_without_an_answer_of_the_cli_the_program_is_asked_and_says_the_same_as_what_is_deployed(
    deployed: DeployedStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pulumi_that(tmp_path, monkeypatch, "echo 'error: no stack named staging' >&2; exit 255")
    on_aws = Place(deployed.clients.client, deployed.clients.region, {})

    assert stack_jobs(deployed.project, "staging", on_aws) == deployed.jobs
    assert capsys.readouterr().err == (
        "note: pulumi stack output --stack staging did not answer: error: no stack named staging; names are taken from "
        "the program\n"
    )


@pytest.mark.slow
def test_a_kept_rehearsal_that_lost_its_outputs_says_how_to_have_them(deployed: DeployedStack) -> None:
    (path,) = deployed.project.glob(".rehearsal/*/outputs.json")
    kept = path.read_text()
    path.unlink()
    try:
        with pytest.raises(OutputsError, match="rehearse again: training-jobs rehearse --stack staging --keep"):
            _ = deployed.jobs
    finally:
        path.write_text(kept)


@pytest.mark.slow
def test_jobs_that_are_reported_are_there_to_be_listed(deployed: DeployedStack) -> None:
    name = deployed.run_job("Failed", FailureReason="AlgorithmError: no rows")

    told = deployed.place.sagemaker.describe_training_job(TrainingJobName=name)

    assert name.startswith(f"{deployed.job.training_job_name_prefix}-")
    assert (told["TrainingJobStatus"], told["FailureReason"]) == ("Failed", "AlgorithmError: no rows")


def test_the_program_does_not_know_an_artifact_store_that_only_aws_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy_project(tmp_path / "project")
    change(project, "staging", "        artifact_store: mlflow-artifacts/\n", "")
    monkeypatch.setattr(shutil, "which", lambda _: None)

    sts = SimpleNamespace(get_caller_identity=lambda: {"Account": "123456789012"})

    jobs = stack_jobs(project, "staging", Place(lambda _: sts, "us-east-1", {}))

    assert jobs["breast-cancer"].artifact_store is None
    assert capsys.readouterr().err == (
        "note: tracking.artifact_store is not set for the tracking server ml-platform-staging, and what AWS said of it "
        "at deployment is among the stack's outputs only; without these, nothing is said of it\n"
    )
