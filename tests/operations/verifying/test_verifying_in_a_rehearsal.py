"""`training-jobs verify --rehearsal`: the first flight in full, on a stack with alarms whose job keeps checkpoints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from operations.verifying.alarms import OVER
from operations.verifying.steps import Outcome
from rehearsal.running.model_registry import model_versions
from tests.operations.deployed_stack import DeployedStack, deployed_stack
from tests.operations.projects import ROOT, change, typed

pytestmark = pytest.mark.slow
STEPS = [
    *("doctor", "run", "artifact", "model version", "second delivery", "interruption"),
    *("run recorded", "test message", "test alarm", "watch for missed runs", "look for a run", "permissions"),
]
NAMES = ("breast-cancer", "ml-platform", "ml-oncall", "123456789012", "s3://")
MAY_ONLY_BE_ASKED_ON_AWS = {"run recorded", "look for a run"}
"""The embedded AWS sends no events, and runs no state machine."""


@dataclass(frozen=True)
class Flight:
    """A flight that is over: its exit code, its document and its report."""

    stack: DeployedStack
    code: int
    told: dict[str, Any]
    report: str
    heard: list[dict[str, str]]
    """What a queue that subscribes to the alarms' topic was told."""


def with_alarms_and_checkpoints(project: Path) -> None:
    """And small: few trees, no pictures."""
    job = "    breast-cancer:\n"
    change(
        project,
        "staging",
        job,
        f"{job}      alarms: {{email: [ml-oncall@example.com]}}\n      checkpoint: {{s3_path: checkpoints/}}\n",
    )
    change(project, "staging", "        n_estimators: 100\n", "        n_estimators: 20\n        pictures: false\n")


@pytest.fixture(scope="module")
def flight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flight]:
    """One flight, which all tests here read."""
    directory = tmp_path_factory.mktemp("verified")
    with deployed_stack(directory, mlflow=True, prepare=with_alarms_and_checkpoints) as stack:
        hearer = subscribe(stack)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(stack.project)
            done = typed("verify", "--rehearsal", "--interrupt", "--json")
        messages = stack.clients.sqs.receive_message(QueueUrl=hearer, MaxNumberOfMessages=10).get("Messages", [])
        yield Flight(
            stack,
            done.exit_code,
            json.loads(done.stdout),
            (stack.project / "verify-staging.md").read_text(encoding="utf-8"),
            [json.loads(each["Body"]) for each in messages],
        )


def subscribe(stack: DeployedStack) -> str:
    """URL of a queue that hears what the alarms' topic is told."""
    queue, topic = stack.clients.sqs.create_queue(QueueName="hearer")["QueueUrl"], stack.job.alarm_topic_arn
    told = stack.clients.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    stack.clients.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=told["QueueArn"])
    return queue


def test_every_step_is_taken_and_passes(flight: Flight) -> None:
    assert (flight.code, flight.told["passed"], flight.told["stack"]) == (0, True, "staging")
    steps = {each["name"]: each["outcome"] for each in flight.told["steps"]}
    assert list(steps) == STEPS
    assert {name for name, outcome in steps.items() if outcome != Outcome.PASSED} == MAY_ONLY_BE_ASKED_ON_AWS


def test_the_page_shows_such_a_flight(flight: Flight) -> None:
    page = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```console\n\$ training-jobs verify --rehearsal --interrupt\n(.*?)```", page, re.DOTALL)

    steps = [f"{each['name']}  {each['text']}" for each in flight.told["steps"]]
    assert [without_numbers(line[2:]) for line in shown.splitlines()] == list(map(without_numbers, steps))


def without_numbers(text: str) -> str:
    """Without ids, sizes and times, which each flight has of its own."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d+ (bytes|s)\b", "…", text)


def test_a_run_that_was_stopped_is_made_up_for_by_its_second_delivery_and_each_invocation_has_one_version(
    flight: Flight,
) -> None:
    pages = flight.stack.clients.sagemaker.get_paginator("list_training_jobs").paginate(SortOrder="Ascending")
    runs = [each["TrainingJobStatus"] for page in pages for each in page["TrainingJobSummaries"]]
    assert runs == ["Completed", "Completed", "Stopped", "Completed"]
    registered = flight.stack.place.environment["MLFLOW_TRACKING_URI"]
    versions = model_versions(registered, str(flight.stack.job.registered_model_name))
    assert len(versions) == len({each.tags["scheduled_time"] for each in versions}) == 2


def test_the_topic_is_told_once_and_that_it_is_a_test(flight: Flight) -> None:
    (message,) = flight.heard

    prefix = flight.stack.job.training_job_name_prefix
    assert message["Subject"] == f"{prefix}: a test of the alarms, nothing has failed"
    assert message["Message"].startswith(f"This is a test of the alarms of {prefix}. Nothing has failed, ")


def test_the_alarm_that_was_set_off_is_as_it_was(flight: Flight) -> None:
    name = f"{flight.stack.job.training_job_name_prefix}-alarms-failed"
    (alarm,) = flight.stack.clients.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]

    assert (alarm["StateValue"], alarm["StateReason"]) == ("OK", OVER)


def test_in_a_rehearsal_every_permission_is_used_but_that_for_uploads_that_break_off(
    flight: Flight,
) -> None:
    execution, scheduler = flight.told["permissions"]

    assert {"s3:GetObject", "s3:PutObject", "logs:CreateLogStream"} <= set(execution["used"])
    assert set(scheduler["used"]) == {
        *("iam:PassRole", "sagemaker:AddTags", "sagemaker:CreateTrainingJob", "sqs:SendMessage")
    }
    assert (execution["unused"], scheduler["unused"]) == (["s3:AbortMultipartUpload"], [])
    assert [each[name] for each in (execution, scheduler) for name in ("untold", "denied", "notes")] == [[]] * 6


def test_the_report_has_no_name(flight: Flight) -> None:
    assert flight.report.startswith("# First flight: passed\n\nStack <stack-1> in a rehearsal on one machine, ")
    assert [name for name in NAMES if name in flight.report] == []
    assert "- execution role: used: " in flight.report


def test_permissions_are_told_without_a_flight_as_well(flight: Flight, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(flight.stack.project)

    done = typed("permissions", "--rehearsal", "--json")

    assert (done.exit_code, json.loads(done.stdout)) == (
        0,
        {
            "version": 1,
            "stack": "staging",
            "jobs": [{"job": "breast-cancer", "permissions": flight.told["permissions"]}],
        },
    )
    assert typed("permissions", "--rehearsal").stdout.startswith("breast-cancer\n  execution role: used: ")
