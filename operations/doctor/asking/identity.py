"""Asks STS who the caller is, and by the way what time it is there."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from operations.aws_mistakes import cure_of, without_cure
from operations.doctor.facts import Caller, Clock, Refusal

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


def ask_caller(sts: STSClient) -> tuple[Caller | Refusal, Clock | None]:
    """Who the caller is, and both clocks: AWS says its time also where it refuses the caller."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer: Any = sts.get_caller_identity()
    except ClientError as error:
        return Refusal(without_cure(error), cure_of(error).removeprefix("; ")), _clock(error.response)
    except BotoCoreError as error:
        return Refusal(without_cure(error), cure_of(error).removeprefix("; ")), None
    return Caller(answer["Account"], answer["Arn"]), _clock(answer)


def _clock(answer: Any) -> Clock | None:  # noqa: ANN401 - any response of boto3
    told = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return Clock(datetime.now(UTC), parsedate_to_datetime(told).astimezone(UTC)) if told else None
    except ValueError:
        return None
