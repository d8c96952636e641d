"""`training-jobs dead-letters` on a deployed stack: what is listed stays, what is redriven is created and goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from operations.schedules.dead_letter_queues import look
from rehearsal.invoking.schedule_runner import InvocationFailedError, invoke_schedule, read_schedule
from tests.operations.deployed_stack import DeployedStack
from tests.operations.projects import typed

pytestmark = pytest.mark.slow
DUE = datetime(2026, 11, 27, 3, tzinfo=UTC)
DENIED = "scheduler role is not authorized to perform: iam:PassRole"


@pytest.fixture
def stack(deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeployedStack]:
    """The deployed stack, without dead letters and without the jobs of this test afterwards."""
    monkeypatch.chdir(deployed.project)
    before = names(deployed)
    yield deployed
    empty(deployed)
    for name in names(deployed) - before:
        if deployed.clients.sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "InProgress":
            deployed.report(name, TrainingJobStatus="Stopped", SecondaryStatus="Stopped")
        deployed.clients.sagemaker.delete_training_job(TrainingJobName=name)


def names(stack: DeployedStack) -> set[str]:
    pages = stack.clients.sagemaker.get_paginator("list_training_jobs").paginate()
    return {job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]}


def url(stack: DeployedStack) -> str:
    return stack.clients.sqs.get_queue_url(QueueName=f"{stack.job.training_job_name_prefix}-dead-letters")["QueueUrl"]


def empty(stack: DeployedStack) -> list[dict[str, Any]]:
    """Take all messages out; PurgeQueue works once a minute only."""
    taken: list[Any] = []
    for _ in range(20):
        told = stack.clients.sqs.receive_message(
            QueueUrl=url(stack), MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        for message in (messages := told.get("Messages", [])):
            stack.clients.sqs.delete_message(QueueUrl=url(stack), ReceiptHandle=message["ReceiptHandle"])
        if not messages:
            break
        taken += messages
    return taken


def refuse(stack: DeployedStack) -> None:
    """Fire the schedule while IAM denies what it takes."""
    schedule = read_schedule(stack.clients, stack.job.group_name, stack.job.schedule_name)
    with pytest.raises(InvocationFailedError, match="a dead letter is in"):
        invoke_schedule(stack.clients, schedule, scheduled_time=DUE, authorize=lambda *_: [DENIED])


def sendable(message: dict[str, Any]) -> Any:  # noqa: ANN401 - boto3's own shape
    """The attributes of a message that was received, as they are sent."""
    return {
        name: {"DataType": "String", "StringValue": value["StringValue"]}
        for name, value in message["MessageAttributes"].items()
    }


def told(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = typed("dead-letters", "--rehearsal", "--json", *arguments)
    return done.exit_code, json.loads(done.stdout)


def test_without_any_it_says_so(stack: DeployedStack) -> None:
    done = typed("dead-letters", "--rehearsal")

    assert (done.exit_code, done.stdout) == (0, "no dead letters\n")


def test_a_refused_invocation_is_told_with_its_cure_and_is_still_there_to_be_told_again(stack: DeployedStack) -> None:
    refuse(stack)

    once, again = told(), told()

    assert once == again
    code, document = once
    (letter,) = document["dead_letters"]
    assert (code, document["unseen"], document["redriven"], document["notes"]) == (1, 0, [], [])
    assert letter["job"] == stack.job.name
    assert letter["schedule"] == stack.job.schedule_name
    assert letter["scheduled_time"] == "2026-11-27T03:00:00Z"
    assert (letter["error_code"], letter["error_message"]) == ("AccessDeniedException", DENIED)
    assert letter["what"] == "the scheduler role may not pass the execution role to SageMaker"
    assert letter["cure"] == "run pulumi up -s staging, which restores the scheduler role's policy, then redrive"
    shown = typed("dead-letters", "--rehearsal", letter["id"][:8]).stdout
    assert shown.startswith(f"{letter['id']}  {stack.job.schedule_name}, due 2026-11-27T03:00:00Z\n")
    assert shown.endswith("redrive: training-jobs dead-letters --rehearsal --redrive ID, or --redrive --all\n")


def test_a_dry_run_says_what_would_be_created_and_creates_nothing(stack: DeployedStack) -> None:
    refuse(stack)
    before = names(stack)

    code, document = told("--redrive", "--all", "--dry-run")

    (would,) = document["redriven"]
    assert (code, would["outcome"], names(stack)) == (0, "would be created", before)
    assert would["training_job_name"] == f"{stack.job.training_job_name_prefix}-{would['id']}"
    assert len(told()[1]["dead_letters"]) == 1


def test_a_letter_that_is_redriven_becomes_its_training_job_which_runs_and_goes(
    stack: DeployedStack,
) -> None:
    refuse(stack)
    (of_ours,) = empty(stack)
    request = json.loads(of_ours["Body"])
    request["HyperParameters"] |= {"n_estimators": "none at all"}  # so that it ends soon
    attributes = sendable(of_ours)
    stack.clients.sqs.send_message(QueueUrl=url(stack), MessageBody=json.dumps(request), MessageAttributes=attributes)
    identifier = told()[1]["dead_letters"][0]["id"]

    code, document = told("--redrive", identifier)

    name = f"{stack.job.training_job_name_prefix}-{identifier}"
    redriven = {"id": identifier, "outcome": "created", "training_job_name": name, "training_job_status": "Failed"}
    assert (code, document["redriven"], document["notes"]) == (1, [redriven | {"reason": None}], [])
    described = stack.clients.sagemaker.describe_training_job(TrainingJobName=name)
    assert described["Environment"]["SCHEDULED_TIME"] == "2026-11-27T03:00:00Z"
    assert "n_estimators" in described["FailureReason"]
    assert told()[1]["dead_letters"] == []


def test_a_letter_whose_job_is_there_already_starts_no_second_one(stack: DeployedStack) -> None:
    refuse(stack)
    (letter,) = look(stack.place, [stack.job], 10, hidden=0, stack="staging").letters
    stack.clients.sagemaker.create_training_job(**letter.request(stack.job.training_job_name_prefix))
    before = names(stack)

    done = typed("dead-letters", "--rehearsal", "--redrive", "--all")

    assert done.exit_code == 0
    assert done.stdout.startswith(f"{letter.id}  there already  {stack.job.training_job_name_prefix}-{letter.id}\n")
    assert (names(stack), told()[1]["dead_letters"]) == (before, [])


def test_what_cannot_be_sent_stays_with_its_reason(stack: DeployedStack) -> None:
    refuse(stack)
    (of_ours,) = empty(stack)
    broken = json.loads(of_ours["Body"]) | {"RoleArn": "nobody"}
    attributes = sendable(of_ours)
    stack.clients.sqs.send_message(QueueUrl=url(stack), MessageBody="somebody else's")
    stack.clients.sqs.send_message(QueueUrl=url(stack), MessageBody=json.dumps(broken), MessageAttributes=attributes)
    before = names(stack)

    code, document = told("--redrive", "--all")

    outcomes = {each["outcome"]: each["reason"] for each in document["redriven"]}
    assert (code, set(outcomes), names(stack)) == (1, {"unusable", "refused"}, before)
    assert outcomes["unusable"] == "it is not from a schedule that creates training jobs"
    assert "RoleArn" in outcomes["refused"]
    assert len(told()[1]["dead_letters"]) == 2


def test_more_than_the_limit_are_counted_and_none_is_lost(stack: DeployedStack) -> None:
    for number in range(23):
        stack.clients.sqs.send_message(QueueUrl=url(stack), MessageBody=str(number))

    _, few = told("-n", "12")
    _, all_ = told()

    assert (len(few["dead_letters"]), few["unseen"]) == (12, 11)
    assert (len(all_["dead_letters"]), all_["unseen"]) == (23, 0)


def test_a_queue_that_is_gone_is_told(stack: DeployedStack) -> None:
    queue, sqs = url(stack), stack.clients.sqs
    names_: Any = ["MessageRetentionPeriod"]
    attributes: Any = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names_)["Attributes"]
    sqs.delete_queue(QueueUrl=queue)
    try:
        code, document = told()
    finally:
        sqs.create_queue(QueueName=queue.rpartition("/")[2], Attributes=attributes)

    name = f"{stack.job.training_job_name_prefix}-dead-letters"
    assert (code, document["notes"]) == (
        0,
        [f"{stack.job.name}: there is no queue {name}, so dead letters are lost: pulumi up -s staging"],
    )
