"""Deletes objects of S3, a thousand at a time, and tells of each that could not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

BATCH: Final = 1000
"""Keys of one request. Source: Amazon S3 API, DeleteObjects."""


@dataclass(frozen=True)
class NotDeleted:
    """An object that is still there, and what S3 says."""

    uri: str
    reason: str


def delete(s3: S3Client, keys: Mapping[str, Sequence[str]]) -> list[NotDeleted]:
    """Delete keys by bucket; gives those that could not be. What fails as a whole does not stop the rest."""
    return [
        failed
        for bucket, of_bucket in keys.items()
        for start in range(0, len(of_bucket), BATCH)
        for failed in _batch(s3, bucket, of_bucket[start : start + BATCH])
    ]


def _batch(s3: S3Client, bucket: str, keys: Sequence[str]) -> Iterator[NotDeleted]:
    from botocore.exceptions import BotoCoreError, ClientError

    wanted: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys]
    try:
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": wanted, "Quiet": True})
    except (ClientError, BotoCoreError) as error:
        reason = _reason(error.response["Error"]) if isinstance(error, ClientError) else str(error)
        for key in keys:
            yield NotDeleted(f"s3://{bucket}/{key}", reason)
        return
    for each in answer.get("Errors", []):
        yield NotDeleted(f"s3://{bucket}/{each.get('Key', '')}", _reason(each))


def _reason(told: Mapping[str, Any]) -> str:
    return f"{told.get('Code')}: {told.get('Message')}"
