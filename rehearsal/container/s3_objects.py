"""Objects of S3: listed, brought to this machine, put there, and mirrored. What they are for is others' affair."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from components.s3_location import bucket_of, key_of
from rehearsal.errors import ContainerError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class S3Object:
    """One object, and its place in the directory that it is brought to."""

    uri: str
    path: str


def objects_under(s3: "S3Client", uri: str) -> list[S3Object]:
    """All objects under an S3 prefix; what follows the prefix's last `/` is the path."""
    start = key_of(uri).rfind("/") + 1
    return [S3Object(f"s3://{bucket_of(uri)}/{key}", key[start:]) for key in list_keys(s3, uri)]


def list_keys(s3: "S3Client", uri: str) -> Iterator[str]:
    """Yield the key of every object under an S3 prefix; the markers of empty folders are left out."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket_of(uri), Prefix=key_of(uri)):
        yield from (item["Key"] for item in page.get("Contents", []) if not item["Key"].endswith("/"))


def download(s3: "S3Client", objects: Iterable[S3Object], directory: Path) -> None:
    """Bring objects to their places in `directory`.

    Raises:
        ContainerError: a place would be outside `directory`.

    """
    directory.mkdir(parents=True, exist_ok=True)
    for each in objects:
        relative = PurePosixPath(each.path)
        if ".." in relative.parts or relative.is_absolute():
            raise ContainerError(f"the object {each.uri} would be written outside its channel's directory")
        target = directory / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file(bucket_of(each.uri), key_of(each.uri), str(target))


def mirror_to_prefix(s3: "S3Client", directory: Path, uri: str) -> None:
    """Make the objects under an S3 prefix the same as the files in `directory`: upload all, delete what is gone.

    SageMaker does so with the checkpoint directory: "If a checkpoint is deleted in the SageMaker container, it will
    also be deleted in the S3 folder."
    """
    bucket, prefix = bucket_of(uri), key_of(uri).rstrip("/") + "/"
    kept = {prefix + path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    for key, path in sorted(kept.items()):
        s3.upload_file(str(path), bucket, key)
    for key in sorted(set(list_keys(s3, f"s3://{bucket}/{prefix}")) - kept.keys()):
        s3.delete_object(Bucket=bucket, Key=key)
