"""Asks S3 for buckets, for what lies in the channels, and fetches the head of it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from components.s3_location import bucket_of, key_of
from operations.doctor.asking.answers import code_of
from operations.doctor.asking.heads import LARGEST, head_of
from operations.doctor.facts import ChannelData
from rehearsal.container.channel_data import channel_objects
from rehearsal.invoking.dated_channels import uri_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client

_MISSING: Final = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NotFound"})
_FILES: Final = 3
"""So many objects of a channel are fetched: enough to see whether they have the same columns."""


def ask_bucket(s3: S3Client, name: str) -> str | None:
    """The region of a bucket; None where there is no such bucket."""
    try:
        answer: Any = s3.head_bucket(Bucket=name)
    except ClientError as error:
        if code_of(error) in _MISSING:
            return None
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        if "x-amz-bucket-region" in headers and code_of(error) in {"301", "PermanentRedirect", "400"}:
            return str(headers["x-amz-bucket-region"])
        raise
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    return str(answer.get("BucketRegion") or headers.get("x-amz-bucket-region") or s3.meta.region_name)


def ask_object(s3: S3Client, uri: str) -> bool:
    """Whether an object is there."""
    try:
        s3.head_object(Bucket=bucket_of(uri), Key=key_of(uri))
    except ClientError as error:
        if code_of(error) in _MISSING:
            return False
        raise
    return True


def ask_channel(s3: S3Client, channel: Mapping[str, Any]) -> ChannelData:
    """How many objects a channel has, as far as one listing tells; a manifest counts what it names."""
    uri = uri_of(channel)
    if channel["DataSource"]["S3DataSource"]["S3DataType"] == "ManifestFile":
        if not ask_object(s3, uri):
            return ChannelData(uri, 0, 0)
        named = channel_objects(s3, channel)
        return ChannelData(uri, len(named), sum(ask_object(s3, each.uri) for each in named[:_FILES]))
    try:
        found = s3.list_objects_v2(Bucket=bucket_of(uri), Prefix=key_of(uri)).get("Contents", [])
    except ClientError as error:
        if code_of(error) in _MISSING:
            return ChannelData(uri, 0, 0)
        raise
    return ChannelData(uri, len(found), sum(each["Size"] > 0 for each in found))


def fetch_head(s3: S3Client, channel: Mapping[str, Any], directory: Path) -> int:
    """Bring the head of a channel's first objects to `directory`, and tell how many files came of it.

    Objects that are too large and cannot be read from their head alone are passed over, and so are those that are gone
    since they were listed.
    """
    came = 0
    for uri, path in _first_objects(s3, channel):
        if (head := _head(s3, uri)) is not None:
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(head)
            came += 1
    return came


def _head(s3: S3Client, uri: str) -> bytes | None:
    """The head of an object; None of one that is gone, or of which the head alone cannot be read."""
    bucket, key = bucket_of(uri), key_of(uri)
    try:
        size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
        content = s3.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{LARGEST - 1}")["Body"].read() if size else b""
    except ClientError as error:
        if code_of(error) in _MISSING:
            return None
        raise
    return head_of(content, is_whole=size <= LARGEST)


def _first_objects(s3: S3Client, channel: Mapping[str, Any]) -> list[tuple[str, PurePosixPath]]:
    """The first objects that have something in them, and their places: none of them outside of the directory."""
    uri = uri_of(channel)
    if channel["DataSource"]["S3DataSource"]["S3DataType"] == "ManifestFile":
        found = [(each.uri, PurePosixPath(each.path)) for each in channel_objects(s3, channel)]
    else:
        start = key_of(uri).rfind("/") + 1
        listed = s3.list_objects_v2(Bucket=bucket_of(uri), Prefix=key_of(uri)).get("Contents", [])
        keys = [each["Key"] for each in listed if each["Size"] > 0]
        found = [(f"s3://{bucket_of(uri)}/{key}", PurePosixPath(key[start:])) for key in keys]
    safe = (each for each in found if ".." not in each[1].parts and not each[1].is_absolute())
    return list(safe)[:_FILES]
