"""Redrive a dead letter: create the training job that its invocation asked for, then delete the message.

The job's name is made of the message's id, so that a letter whose deletion failed starts no second job. That of its
two deliveries one gives a model version is the training code's matter, as with every invocation (decision 0013).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from operations.jobs.runners import AlreadyStartedError
from operations.places import Place
from operations.schedules.dead_letter import DeadLetter, UnusableLetterError
from operations.schedules.dead_letter_queues import Queue
from rehearsal.requests.request_check import check_request

_TAKEN = "ResourceInUse"
Create = Callable[[DeadLetter, dict[str, Any]], None]
"""Creates the training job of a letter's request; raises RefusedError or AlreadyStartedError."""


class RefusedError(Exception):
    """The training job is not created; the reason is the message."""


class Outcome(StrEnum):
    """What became of a letter."""

    CREATED = "created"
    THERE_ALREADY = "there already"
    WOULD_BE_CREATED = "would be created"
    REFUSED = "refused"
    UNUSABLE = "unusable"


@dataclass(frozen=True)
class Redriven:
    """A letter, and what became of it; `reason` says why not, or what is left to do."""

    letter: DeadLetter
    outcome: Outcome
    training_job_name: str = ""
    reason: str = ""
    training_job_status: str = ""
    """How the training job ended, where it was run: in a rehearsal."""

    @property
    def is_done(self) -> bool:
        """Whether its training job is there, or would be."""
        return self.outcome in {Outcome.CREATED, Outcome.THERE_ALREADY, Outcome.WOULD_BE_CREATED}

    @property
    def is_kept(self) -> bool:
        """Whether the message stays in its queue."""
        return not self.is_done or self.outcome is Outcome.WOULD_BE_CREATED


def sagemaker_creates(place: Place) -> Create:
    """On AWS: CreateTrainingJob with the caller's own credentials."""

    def create(_: DeadLetter, request: dict[str, Any]) -> None:
        try:
            place.sagemaker.create_training_job(**request)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if code == _TAKEN:
                raise AlreadyStartedError(message) from None
            raise RefusedError(f"{code}: {message}") from None

    return create


def redrive(place: Place, queue: Queue, letter: DeadLetter, create: Create, *, dry_run: bool = False) -> Redriven:
    """Create the letter's training job and delete the letter; a dry run only says what it would do."""
    try:
        request = letter.request(queue.job.training_job_name_prefix)
    except UnusableLetterError as error:
        return Redriven(letter, Outcome.UNUSABLE, reason=str(error))
    name = str(request["TrainingJobName"])
    if problems := check_request("sagemaker", "CreateTrainingJob", request):
        return Redriven(letter, Outcome.REFUSED, name, "; ".join(map(str, problems)))
    if dry_run:
        return Redriven(letter, Outcome.WOULD_BE_CREATED, name)
    outcome = Outcome.CREATED
    try:
        create(letter, request)
    except RefusedError as error:
        return Redriven(letter, Outcome.REFUSED, name, str(error))
    except AlreadyStartedError:
        outcome = Outcome.THERE_ALREADY
    return Redriven(letter, outcome, name, _delete(place, queue, letter))


def _delete(place: Place, queue: Queue, letter: DeadLetter) -> str:
    """Delete the message; why it could not be, or nothing."""
    try:
        place.client("sqs").delete_message(QueueUrl=queue.url, ReceiptHandle=letter.receipt)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        return f"its message could not be deleted ({code}: {message}); redrive it again, which starts no second job"
    return ""
