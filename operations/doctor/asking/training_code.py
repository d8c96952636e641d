"""Asks the training code whether it can read the head of a channel's data, through its own process boundary."""

from __future__ import annotations

import json
import tarfile
import tempfile
import threading
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from components.s3_location import bucket_of, key_of
from components.script_mode import script_arguments
from components.shipped_code import SHIPPED_CODE
from operations.doctor.asking.storage import fetch_head
from rehearsal.errors import RehearsalError
from rehearsal.running.training_script import run_training_script

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MODE: Final = "--judge-data"
READ: Final = ("training", "validation")
"""Channels that this project's training code reads."""
_MARK: Final = "data/dataset.py"
"""A file of this project's training code, and of no other: code of one's own reads data in its own way."""


_ONE_AT_A_TIME: Final = threading.Lock()
"""Each reads with all cores, and the first of them may have to make the code's packages."""


class NotAskedError(RehearsalError):
    """The training code cannot be asked; the message says why."""


def is_shipped_code(s3: S3Client, bundle: str) -> bool:
    """Whether a source bundle is this project's own training code.

    Raises:
        NotAskedError: it is no archive.
    """
    content = s3.get_object(Bucket=bucket_of(bundle), Key=key_of(bundle))["Body"].read()
    try:
        with tarfile.open(fileobj=BytesIO(content), mode="r:gz") as archive:
            return _MARK in archive.getnames()
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise NotAskedError(f"its code, {bundle}, is damaged: {error}") from None


def ask_fault(
    project_dir: Path, s3: S3Client, request: Mapping[str, Any], channel: Mapping[str, Any], around: Mapping[str, str]
) -> str:
    """What the training code says against the head of a channel's data; "" for nothing.

    Raises:
        NotAskedError: it gave no answer, or there is nothing of which the head alone can be read.
    """
    with tempfile.TemporaryDirectory(prefix="head-") as temporary:
        directory = Path(temporary) / channel["ChannelName"]
        directory.mkdir()
        if not fetch_head(s3, channel, directory):
            raise NotAskedError(
                "its first objects are too large to be read from their head alone, or gone since they were listed"
            )
        arguments = script_arguments(request.get("HyperParameters", {}))
        question = {"arguments": arguments, "channel": channel["ChannelName"], "directory": str(directory)}
        script = Path(SHIPPED_CODE) / "train.py"
        with _ONE_AT_A_TIME:
            done = run_training_script(project_dir, script, [MODE], around, json.dumps(question))
    try:
        return str(json.loads(done.stdout)["fault"])
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise NotAskedError(f"the training code gave no answer: {last}") from None
