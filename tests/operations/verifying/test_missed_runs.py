"""A run that does not come, from the schedule that watches to the message, on the embedded AWS: nightly to monthly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.alarm_names import AlarmNames
from components.aws_names import JobNames
from components.schedule_input import InvocationContext, render
from operations.next_times import in_utc
from operations.verifying.steps import Outcome, Step
from operations.verifying.watch_asking import WatchTest
from operations.verifying.watches import look_input
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from tests.operations.doctor import seeds
from tests.operations.doctor.whole_stack import WholeStack
from tests.operations.verifying.embedded_machine import EmbeddedMachine

pytestmark = pytest.mark.slow
SCHEDULES = ("", "weekly", "monthly")
LONGEST = 3600 + 1800 + 7200 + 3600
"""Seconds: retries, launch, the longest wait for spare machines and training, grace."""


@dataclass
class Watching:
    """The alarms of the stack, and a queue that hears them."""

    whole: WholeStack
    machine: EmbeddedMachine
    queue: str

    def watch(self, schedule: str) -> DeployedSchedule:
        job = self.whole.deployed.job
        name = AlarmNames(JobNames(job.scope, job.training_job_name_prefix)).watch_name(schedule)
        told = self.whole.clients.scheduler.get_schedule(GroupName=job.group_name, Name=name)
        return DeployedSchedule.from_response(told)

    def due(self, schedule: str, moment: datetime) -> None:
        """What EventBridge Scheduler sends at a time of the watch."""
        watch = self.watch(schedule)
        assert watch.target_arn == self.machine.arn
        self.machine.start(render(watch.target_input, InvocationContext(watch.arn, moment, "execution", 1)))

    def heard(self) -> list[dict[str, Any]]:
        """What the topic has told since it was asked last."""
        sqs = self.whole.clients.sqs
        found = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        for each in found:
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=each["ReceiptHandle"])
        return [json.loads(each["Body"]) for each in found]


@pytest.fixture
def watching(whole: WholeStack) -> Iterator[Watching]:
    """The stack's alarms with somebody who hears them."""
    clients, job = whole.clients, whole.deployed.job
    sns, queue = clients.client("sns"), clients.sqs.create_queue(QueueName="hears-of-missed-runs")["QueueUrl"]
    told = clients.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    made = sns.subscribe(TopicArn=job.alarm_topic_arn, Protocol="sqs", Endpoint=told["QueueArn"])
    try:
        yield Watching(whole, EmbeddedMachine(clients, str(job.alarm_machine_arn)), queue)
    finally:
        sns.unsubscribe(SubscriptionArn=made["SubscriptionArn"])
        clients.sqs.delete_queue(QueueUrl=queue)


@contextmanager
def completed(whole: WholeStack, schedule: str, due: datetime) -> Iterator[str]:
    """A training job of a schedule that completed."""
    name = whole.deployed.create_job(whole.deployed.job.schedules[schedule], due)
    whole.deployed.report(name, TrainingJobStatus="Completed", SecondaryStatus="Completed")
    try:
        yield name
    finally:
        whole.clients.sagemaker.delete_training_job(TrainingJobName=name)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_run_that_does_not_come_is_told_once_however_often_its_time_is_delivered(
    watching: Watching, schedule: str
) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=len(schedule))
    for _ in range(2):
        watching.due(schedule, due)

    (message,) = watching.heard()
    assert message["Subject"] == "breast-cancer-prod: a run is missing"
    name = watching.whole.deployed.job.schedules[schedule].schedule_name
    assert f"No training job of the schedule {name} has completed since {due:%Y-%m-%dT%H:%M:%SZ}." in message["Message"]
    assert "training-jobs doctor --stack prod" in message["Message"]
    assert watching.machine.waited == [LONGEST]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_run_that_came_is_told_of_nobody(watching: Watching, schedule: str) -> None:
    due = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1 + len(schedule))
    with completed(watching.whole, schedule, due):
        watching.due(schedule, due)

    assert watching.heard() == []
    assert watching.machine.waited == [LONGEST]


def test_a_run_of_the_night_does_not_count_for_the_week(watching: Watching) -> None:
    due = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    with completed(watching.whole, "", due):
        watching.due("weekly", due)

    (message,) = watching.heard()
    assert "breast-cancer-prod.weekly has completed" in message["Message"]


def test_a_run_that_failed_is_told_as_missing(watching: Watching) -> None:
    due = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
    with seeds.run("Failed", "Failed")(watching.whole):
        watching.due("", due)

    assert [each["Subject"] for each in watching.heard()] == ["breast-cancer-prod: a run is missing"]


def test_the_look_that_verify_has_the_machine_take_finds_a_run_that_is_there_and_tells_nobody(
    watching: Watching,
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with completed(watching.whole, "", now):
        watching.machine.start(json.loads(look_input(watching.watch(""), in_utc(now - timedelta(minutes=1)))))

    assert watching.heard() == []
    assert watching.machine.waited == [1]


def tried(whole: WholeStack) -> Step:
    """What `verify` says of the watches."""
    whole.aws.documents.clear()
    return next(WatchTest(whole.place, whole.deployed.job).steps("", send=False))


def test_verify_finds_the_watches_of_all_schedules_and_their_role(whole: WholeStack) -> None:
    step = tried(whole)

    assert (step.name, step.outcome) == ("watch for missed runs", Outcome.PASSED)
    assert step.text == (
        "there, with the times of their schedules, and allowed to start the state machine: breast-cancer-prod_watch, "
        "breast-cancer-prod_watch.monthly, breast-cancer-prod_watch.weekly"
    )


def principal(statement: dict[str, Any]) -> None:
    statement["Principal"] = {"Service": "events.amazonaws.com"}


def starts_another(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each | {"Resource": f"{each['Resource']}-of-old"} for each in statements]


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        (seeds.by_hand("breast-cancer-prod_watch", State="DISABLED"), "breast-cancer-prod_watch is DISABLED, and"),
        (
            seeds.by_hand("breast-cancer-prod_watch.weekly", ScheduleExpression="cron(0 4 ? * MON *)"),
            "has the expression cron(0 4 ? * MON *), and breast-cancer-prod.weekly, which it watches, has cron(0 4 ? *",
        ),
        (seeds.by_hand(ScheduleExpression="cron(0 5 * * ? *)"), "breast-cancer-prod_watch has the expression cron(0 3"),
        (
            seeds.by_hand("breast-cancer-prod_watch", Target={"Input": "{}"}),
            "breast-cancer-prod_watch tells the state machine of another schedule than breast-cancer-prod",
        ),
        (seeds.policy(starts_another, "alarms-watch"), "start the state machine of the alarms, and may not"),
        (seeds.trust(principal, "alarms-watch"), "EventBridge Scheduler assumes the role of the watch, and may not"),
    ],
)
def test_verify_names_what_keeps_a_missed_run_from_being_told(whole: WholeStack, seed: seeds.Seed, said: str) -> None:
    with seed(whole):
        step = tried(whole)

    assert step.outcome == Outcome.FAILED
    assert said in step.text
