"""`training-jobs register`: complete a training job that failed with its model trained and kept."""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape

from components.s3_location import bucket_of, key_of
from components.tracking_mode import NONE
from operations.places import Place, describe, run_training_script
from operations.unpacking import UnsafeArchiveError, unpack
from rehearsal.errors import RehearsalError
from rehearsal.running.s3_objects import download, objects_under

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT_RECORD: Final = "unregistered"
"""Where training_code/train.py leaves the record below its output directory."""
KEPT_MODEL: Final = "unrecorded"
"""Where it leaves the model, when something failed before there was a record."""
_SCRIPT: Final = Path("training_code") / "register.py"


class RegistrationError(RehearsalError):
    """The training job cannot be completed; the message says why."""


def register_training_job(project_dir: Path, name: str, place: Place, console: Console) -> int:
    """Fetch the record that training job `name` kept, and send it to MLflow; 0 when a version stands.

    Raises:
        PlaceError: there is no such job.
        RegistrationError: it kept no record, or MLflow did not take it.
    """
    described = describe(place.sagemaker, name)
    if described.get("Environment", {}).get("TRACKING") == NONE:
        model = described.get("ModelArtifacts", {}).get("S3ModelArtifacts", "not there")
        raise RegistrationError(
            f"training job {name} did not track (tracking: none) and kept no record: its model is {model}; say in "
            "tracking where to track, and run the job again"
        )
    with tempfile.TemporaryDirectory(prefix="register-") as directory:
        record = _fetch(place.s3, described, Path(directory))
        environment = _job_variables(described) | dict(place.environment)
        done = run_training_script(project_dir, _SCRIPT, [str(record)], environment)
    if done.returncode:
        raise RegistrationError(f"training job {name} is not registered: {done.stderr.strip()}")
    console.print(escape(done.stdout.strip()), highlight=False, soft_wrap=True)
    return 0


def _fetch(s3: S3Client, described: Mapping[str, Any], directory: Path) -> Path:
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


def _nothing(job: str, uri: str) -> RegistrationError:
    return RegistrationError(
        f"{job} kept no record in {uri}: only a job that failed after its model was trained and judged does"
    )


def _job_variables(described: Mapping[str, Any]) -> dict[str, str]:
    """Where the job itself was told to track to, and with which secret."""
    told = described.get("Environment", {})
    return {name: told[name] for name in ("MLFLOW_TRACKING_URI", "SECRET_ARN") if name in told}
