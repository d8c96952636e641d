"""A dead letter: what EventBridge Scheduler leaves in a job's queue of an invocation that its target refused.

The message is the request as it was sent, its context attributes filled in; the attributes say what came back.
Source: EventBridge Scheduler User Guide, "Configuring a schedule's dead-letter queue".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CREATES_JOBS: Final = ":aws-sdk:sagemaker:createtrainingjob"
_NAME: Final = "TrainingJobName"


class UnusableLetterError(Exception):
    """No request can be made of the message; the reason is the message."""


@dataclass(frozen=True)
class DeadLetter:
    """One message of a job's dead-letter queue."""

    id: str
    """SQS's MessageId, which stays the same as often as it is received."""
    job: str
    """Of the stack, whose queue it is in."""
    attributes: Mapping[str, str]
    body: str = field(repr=False, default="")
    receipt: str = field(repr=False, default="")
    """Handle of this one receipt, with which the message is deleted or given back."""
    sent: datetime | None = None
    kept_until: datetime | None = None

    @classmethod
    def from_message(cls, message: Mapping[str, Any], job: str, retention: timedelta | None) -> DeadLetter:
        """Read a message of ReceiveMessage; of what it lacks there is nothing."""
        told = {
            name: str(value.get("StringValue", "")) for name, value in (message.get("MessageAttributes") or {}).items()
        }
        stamp = (message.get("Attributes") or {}).get("SentTimestamp")
        sent = datetime.fromtimestamp(int(stamp) / 1000, UTC) if stamp else None
        until = sent + retention if sent and retention else None
        return cls(message["MessageId"], job, told, message.get("Body", ""), message["ReceiptHandle"], sent, until)

    @property
    def error_code(self) -> str:
        """Of the target's API, or the Scheduler's own."""
        return self.attributes.get("ERROR_CODE", "")

    @property
    def error_message(self) -> str:
        """What the target's API said."""
        return self.attributes.get("ERROR_MESSAGE", "")

    @property
    def schedule(self) -> str:
        """The schedule's name."""
        return self.attributes.get("SCHEDULE_ARN", "").rpartition("/")[2]

    @property
    def scheduled_time(self) -> str:
        """When the invocation was due, as ISO 8601 text."""
        return self.attributes.get("SCHEDULED_TIME", "")

    @property
    def retries(self) -> int:
        """How often it was tried again."""
        told = self.attributes.get("RETRY_ATTEMPTS", "")
        return int(told) if told.isdecimal() else 0

    @property
    def exhausted(self) -> str:
        """Which limit ended the retries: MaximumRetryAttempts, MaximumEventAgeInSeconds; none of a permanent error."""
        return self.attributes.get("EXHAUSTED_RETRY_CONDITION", "")

    def request(self, prefix: str) -> dict[str, Any]:
        """The CreateTrainingJob request again, with a name of its own that begins with the job's `prefix`.

        The name is made of the message's id: however often the letter is redriven, it starts one job.

        Raises:
            UnusableLetterError: it is no request of this job, or not all of it.
        """
        if not self.attributes.get("TARGET_ARN", "").lower().endswith(_CREATES_JOBS):
            raise UnusableLetterError("it is not from a schedule that creates training jobs")
        if self.attributes.get("IS_PAYLOAD_TRUNCATED", "").lower() == "true":
            raise UnusableLetterError("the request in it is truncated")
        try:
            request = json.loads(self.body)
        except ValueError:
            raise UnusableLetterError("what it holds is not JSON") from None
        if not isinstance(request, dict) or not str(request.get(_NAME, "")).startswith(f"{prefix}-"):
            raise UnusableLetterError(f"what it holds is no request for a training job {prefix}-…")
        return request | {_NAME: f"{prefix}-{self._unique}"}

    @property
    def _unique(self) -> str:
        return self.id if _UUID.fullmatch(self.id) else str(uuid5(NAMESPACE_URL, f"sqs:{self.id}"))


def by_time(letter: DeadLetter) -> tuple[str, str]:
    """The order in which they were due."""
    return letter.scheduled_time, letter.id
