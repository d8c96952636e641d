"""Ask SQS for the dead letters of a stack's jobs. Looking takes none away: what is received is given back.

A message that is received is hidden from others for a short while, so that the next batch brings others; then it
is made visible again. Where that fails, it becomes visible by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from components.aws_names import JobNames
from operations.aws_mistakes import refused, unasked
from operations.deployed_jobs import StackJob
from operations.places import Place
from operations.schedules.dead_letter import DeadLetter, by_time
from rehearsal.invoking.deployed_schedule import DeployedSchedule

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH: Final = 10
"""Source: SQS API, ReceiveMessage (MaxNumberOfMessages) and ChangeMessageVisibilityBatch."""
HIDDEN_WHILE_LOOKING: Final = 30
"""Seconds for which a message that was only looked at stays hidden if it cannot be given back."""
HIDDEN_WHILE_REDRIVING: Final = 300
"""Seconds in which a letter is redriven and deleted."""
_ASK_EVERY_SERVER: Final = 1
"""Seconds of long polling: a shorter question is put to some of SQS's servers only, and may find nothing."""
_AT_ONCE: Final = 8
_GONE: Final = frozenset({"ResourceNotFoundException", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"})


@dataclass(frozen=True)
class Queue:
    """The dead-letter queue of a job."""

    job: StackJob
    url: str


@dataclass(frozen=True)
class Looked:
    """What is in the queues: the letters received, how many more there may be, and what is not as it should be."""

    letters: Sequence[DeadLetter] = ()
    queues: Mapping[str, Queue] = field(default_factory=dict)
    """By the job's name."""
    unseen: int = 0
    """So many more SQS says there are, about: beyond the limit, or being looked at by somebody else."""
    notes: Sequence[str] = ()


def look(place: Place, jobs: Iterable[StackJob], limit: int, hidden: int, stack: str) -> Looked:
    """Receive up to `limit` letters of each job's queue."""
    sqs: SQSClient = place.client("sqs")
    found = [_queue(place, sqs, job, stack) for job in jobs]
    queues = [each for each in found if isinstance(each, Queue)]
    wait = 0 if place.is_rehearsal else _ASK_EVERY_SERVER
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        seen = list(pool.map(lambda queue: _receive(sqs, queue, limit, hidden, wait), queues))
    return Looked(
        sorted((letter for letters, _ in seen for letter in letters), key=by_time),
        {queue.job.name: queue for queue in queues},
        sum(unseen for _, unseen in seen),
        [each for each in found if isinstance(each, str)],
    )


def give_back(place: Place, looked: Looked, letters: Iterable[DeadLetter]) -> list[str]:
    """Make letters visible again; a note of each job whose letters AWS does not take back.

    What was found, and redriven, is told nevertheless: such a letter is visible after its time anyway.
    """
    by_job: dict[str, list[DeadLetter]] = {}
    for letter in letters:
        by_job.setdefault(letter.job, []).append(letter)
    notes = []
    for job, own in by_job.items():
        try:
            _show_again(place.client("sqs"), looked.queues[job].url, own)
        except (ClientError, BotoCoreError) as error:
            why = refused(error) if isinstance(error, ClientError) else unasked(error)
            notes.append(f"{job}: its dead letters stay hidden from others for a while (some minutes at most): {why}")
    return notes


def _show_again(sqs: SQSClient, url: str, letters: Sequence[DeadLetter]) -> None:
    for start in range(0, len(letters), BATCH):
        sqs.change_message_visibility_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
                for number, letter in enumerate(letters[start : start + BATCH])
            ],
        )


def _queue(place: Place, sqs: SQSClient, job: StackJob, stack: str) -> Queue | str:
    arn = next(_arns(place, job), JobNames(job.scope, job.training_job_name_prefix).dead_letter_queue_arn)
    if not arn:
        return f"{job.name}: its schedule has no dead-letter queue, so what fails leaves no trace: pulumi up -s {stack}"
    *_, account, name = arn.split(":")
    try:
        url = sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return f"{job.name}: there is no queue {name}, so dead letters are lost: pulumi up -s {stack}"
    return Queue(job, url)


def _arns(place: Place, job: StackJob) -> Iterator[str]:
    """Of the queue, as the first of the job's schedules that is deployed says; "" where it names none."""
    for schedule in job.schedules.values():
        try:
            told = place.scheduler.get_schedule(GroupName=schedule.group_name, Name=schedule.schedule_name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
            continue  # its time is over, or it is not deployed yet: the others say the same
        yield DeployedSchedule.from_response(told).dead_letter_queue_arn or ""


def _receive(sqs: SQSClient, queue: Queue, limit: int, hidden: int, wait: int) -> tuple[list[DeadLetter], int]:
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "MessageRetentionPeriod"]
    told = sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=names)["Attributes"]
    retention = timedelta(seconds=int(told["MessageRetentionPeriod"]))
    found: dict[str, DeadLetter] = {}
    while len(found) < limit:
        messages = sqs.receive_message(
            QueueUrl=queue.url,
            MaxNumberOfMessages=min(BATCH, limit - len(found)),
            VisibilityTimeout=hidden,
            WaitTimeSeconds=wait,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        ).get("Messages", [])
        letters = [DeadLetter.from_message(message, queue.job.name, retention) for message in messages]
        is_news = any(letter.id not in found for letter in letters)
        found |= {letter.id: letter for letter in letters}
        if not is_news:
            break  # the queue is empty, or what was received first is visible again
    about = int(told["ApproximateNumberOfMessages"]) + int(told["ApproximateNumberOfMessagesNotVisible"])
    return list(found.values()), max(0, about - len(found))
