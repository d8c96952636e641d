"""Reads the CSV files of a channel, fast: once, in parallel, straight into 32-bit floating point.

The trees cast features to 32 bits anyway, so nothing is lost, and the table takes half the memory.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow
from pyarrow import csv

import csv_faults
from failure import TrainingError
from progress import say

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SUFFIXES = (".csv", ".csv.gz")


@dataclass(frozen=True)
class CsvFile:
    """One file as read: `table` has the features as float32, then the target as dictionary-encoded text."""

    path: Path
    name: str
    columns: tuple[str, ...]
    table: Any
    digest: str


def find(directory: Path, channel: str) -> list[Path]:
    """The CSV files under `directory`, sorted. Hidden files and empty `_SUCCESS` markers are passed over, with a line.

    Raises:
        TrainingError: when there is no CSV file, or a file of another kind.
    """
    if not directory.is_dir():
        raise TrainingError(
            f"channel {channel}: {directory} is not a directory; use the channel's File or FastFile input mode"
        )
    found: list[Path] = []
    others: list[str] = []
    for path in sorted(each for each in directory.rglob("*") if each.is_file()):
        relative = path.relative_to(directory)
        marker = path.name == "_SUCCESS" and not path.stat().st_size
        if marker or any(part.startswith(".") for part in relative.parts):
            say(f"passing over {channel}/{relative.as_posix()}: a hidden file or an empty marker")
        elif path.name.endswith(SUFFIXES):
            found.append(path)
        else:
            others.append(relative.as_posix())
    if others:
        raise TrainingError(
            f"channel {channel}: {', '.join(others[:5])}{' and more' if len(others) > 5 else ''} "
            f"{'is' if len(others) == 1 else 'are'} neither .csv nor .csv.gz; keep other files under another S3 prefix"
        )
    if not found:
        raise TrainingError(
            f"channel {channel}: holds no .csv or .csv.gz file; upload the data to the channel's S3 prefix"
        )
    return found


def read(path: Path, name: str, columns: Sequence[str], target: str, wanted: Sequence[str]) -> CsvFile:
    """Read one file, its columns in the order `wanted`.

    `columns` is the file's header; `wanted` are the features in the order of the run's first file.

    Raises:
        TrainingError: when a line has a wrong number of fields, or a feature holds text.
    """
    types = {each: pyarrow.float32() for each in wanted} | {
        target: pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    }
    options = csv.ConvertOptions(
        column_types=types,
        include_columns=[*wanted, target],
        null_values=list(csv_faults.MISSING_WORDS),
        strings_can_be_null=True,
    )
    with path.open("rb") as file:
        hashing = _Hashing(file)
        try:
            stream = pyarrow.input_stream(hashing, compression="gzip" if path.name.endswith(".gz") else None)
            table = csv.read_csv(stream, convert_options=options)
        except (pyarrow.ArrowInvalid, OSError) as error:
            raise csv_faults.explain(path, name, columns, target, str(error)) from error
        digest = hashing.finish()
    return CsvFile(path, name, tuple(columns), table, digest)


class _Hashing(io.RawIOBase):
    """A file that is hashed while it is read: under FastFile a second reading would be a second download."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        count = self._file.readinto(view)
        self._digest.update(view[:count])
        return count

    def finish(self) -> str:
        """The digest of the whole file, read to its end."""
        while chunk := self._file.read(1 << 20):
            self._digest.update(chunk)
        return self._digest.hexdigest()
