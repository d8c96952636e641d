"""The objects of an S3 location: listed, and fetched into a directory, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from failure import TrainingError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONNECTIONS = 16
_LARGE = 64 * 2**20
"""Bytes from which on an object is fetched in several parts at once."""
_ROOM_TO_SPARE = 64 * 2**20
"""Bytes of the disk that are left to the script at least."""


class S3Object(NamedTuple):
    """An object, its place in the channel's directory, and how many bytes it has."""

    key: str
    path: str
    size: int


def client() -> S3Client:
    """A client that fetches many at once, and tries each more than once."""
    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=_CONNECTIONS, retries={"mode": "standard", "max_attempts": 8})
    return boto3.session.Session().client("s3", config=config)


def objects_of(s3: S3Client, uri: str) -> list[S3Object]:
    """The objects below a prefix that ends with `/`, or the one object, in the order of their keys."""
    bucket, _, start = uri.removeprefix("s3://").partition("/")
    found = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=start):
        for item in page.get("Contents", []):
            key = item["Key"]
            # Consoles make empty objects for folders; beside one object there may be others that begin like it.
            if key.endswith("/") or (not start.endswith("/") and key != start):
                continue
            path = key[start.rfind("/") + 1 :]
            parts = PurePosixPath(path).parts
            if ".." in parts or path.startswith("/"):
                raise TrainingError(f"s3://{bucket}/{key} would be written outside its channel's directory; rename it")
            found.append(S3Object(key, path, item["Size"]))
    if not found:
        raise TrainingError(
            f"no S3 objects found under {uri}; see whether the data of that date has come, and whether the channel's "
            "dates, offsets and time_zone are meant so"
        )
    return sorted(found)


def fetch_whole(s3: S3Client, uri: str, objects: Sequence[S3Object], directory: Path, name: str) -> Path:
    """Fill a directory beside it, and give it its name when all is there: a process that ends leaves no half of it."""
    bucket = uri.removeprefix("s3://").partition("/")[0]
    partial = directory.with_name(f".{name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _require_room(uri, objects, partial, name)
    _download(s3, bucket, objects, partial)
    for each in objects:
        if (size := (partial / each.path).stat().st_size) != each.size:
            raise TrainingError(
                f"channel {name}: s3://{bucket}/{each.key} had {each.size} bytes and has {size}: somebody writes there "
                "while it is read; start the job when the data is complete"
            )
    shutil.rmtree(directory, ignore_errors=True)
    partial.replace(directory)
    return directory


def _require_room(uri: str, objects: Sequence[S3Object], place: Path, name: str) -> None:
    needed, free = sum(each.size for each in objects), shutil.disk_usage(place).free - _ROOM_TO_SPARE
    if needed > free:
        raise TrainingError(
            f"channel {name}: {uri} has {needed / 2**30:.1f} GiB, and {max(free, 0) / 2**30:.1f} GiB are free; raise "
            "resources.volume_size_in_gb, or choose an instance type with more storage"
        )


def _download(s3: S3Client, bucket: str, objects: Sequence[S3Object], place: Path) -> None:
    """Several at once, and large ones in several parts.

    boto3 writes each object beside its name first. An object in one part it compares with the checksum that S3 keeps;
    of parts it sees to it that all are of one version.
    """
    from boto3.s3.transfer import TransferConfig, create_transfer_manager

    for parent in {(place / each.path).parent for each in objects}:
        parent.mkdir(parents=True, exist_ok=True)
    config = TransferConfig(max_concurrency=_CONNECTIONS, multipart_threshold=_LARGE, multipart_chunksize=_LARGE // 2)
    with create_transfer_manager(s3, config) as manager:
        running: list[Any] = [manager.download(bucket, each.key, str(place / each.path)) for each in objects]
        for each in running:
            each.result()
