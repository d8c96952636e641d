"""The record that a training job kept in its output: fetched from S3, and unpacked.

A job keeps one where it reaches no MLflow: because it has no network, or because MLflow stayed away.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from components.s3_location import bucket_of, key_of
from rehearsal.container.s3_objects import download, objects_under
from rehearsal.container.unpacking import UnsafeArchiveError, unpack
from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT_RECORD: Final = "unregistered"
"""Where training_code/train.py leaves the record below its output directory."""
KEPT_MODEL: Final = "unrecorded"
"""Where it leaves the model, when something failed before there was a record."""


class RegistrationError(RehearsalError):
    """The training job cannot be completed; the message says why."""


class NoRecordError(RegistrationError):
    """Its output holds no record."""


def fetch_record(s3: S3Client, described: Mapping[str, Any], directory: Path) -> Path:
    """Fetch the record of a job, of which DescribeTrainingJob says `described`, into a directory; gives its place.

    Raises:
        RegistrationError: there is none, or its output is damaged.
    """
    from botocore.exceptions import ClientError

    name, status = described["TrainingJobName"], described["TrainingJobStatus"]
    config, job = described["OutputDataConfig"], f"training job {name} ({status})"
    base = f"{config['S3OutputPath'].rstrip('/')}/{name}/output"
    if config.get("CompressionType") == "NONE":
        download(s3, objects_under(s3, f"{base}/data/"), directory / "output")
        return _record_in(directory / "output", f"{base}/data/", job)
    uri, archive = f"{base}/output.tar.gz", directory / "output.tar.gz"
    try:
        s3.download_file(bucket_of(uri), key_of(uri), str(archive))
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            raise _nothing(job, uri) from None
        raise RegistrationError(f"{uri} cannot be read: {error}") from error
    return kept_record(archive, uri, job)


def kept_record(archive: Path, uri: str, job: str) -> Path:
    """Unpack the output of a job beside itself, and give the directory of the record in it.

    Raises:
        RegistrationError: it is damaged, or holds no record; the message says what came from `uri`.
    """
    output = archive.with_name("output")
    try:
        with tarfile.open(archive) as packed:
            unpack(packed, output)
    except UnsafeArchiveError as error:
        raise RegistrationError(f"{uri} is not what a training job leaves: {error}; restore it from a backup") from None
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RegistrationError(
            f"{uri} is not a whole tar.gz archive: {error}; restore it, from another version of the object or a backup"
        ) from None
    return _record_in(output, uri, job)


def _record_in(output: Path, uri: str, job: str) -> Path:
    record = output / KEPT_RECORD
    if record.is_dir():
        return record
    if (output / KEPT_MODEL).is_dir():
        raise RegistrationError(
            f"{job} kept its model without a record, as {KEPT_MODEL}/ in {uri}: it failed before there was one, and "
            f"without it nothing can be registered; mend what its FailureReason names and run the job again"
        )
    raise _nothing(job, uri)


def _nothing(job: str, uri: str) -> NoRecordError:
    return NoRecordError(
        f"{job} kept no record in {uri}: only a job without a network, or one that failed after its model was "
        "trained and judged, does; a script of your own calls scheduled_job.register_once"
    )
