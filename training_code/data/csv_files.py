"""Reads one CSV file, fast: once, in parallel, straight into the types that training takes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow
from pyarrow import compute, csv

from data import csv_faults
from data.data_file import DataFile, Wanted

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SUFFIXES = (".csv", ".csv.gz")
_BLOCK = 1 << 20
"""Bytes that are parsed at a time. Source: the default of pyarrow.csv.ReadOptions."""
_FIELD = 64
"""Bytes of a field that a block has room for, however many columns there are: a line must fit into it."""


def read(path: Path, name: str, columns: Sequence[str], wanted: Wanted) -> DataFile:
    """Read one file; `columns` are its own, in its order.

    Raises:
        TrainingError: when a line has a wrong number of fields, or text stands where a number is needed.
    """
    types = wanted.types()
    convert = csv.ConvertOptions(
        column_types=types,
        include_columns=list(types),
        null_values=list(csv_faults.MISSING_WORDS),
        strings_can_be_null=True,
    )
    reading = csv.ReadOptions(
        column_names=None if wanted.header else list(columns), block_size=max(_BLOCK, _FIELD * len(columns))
    )
    # Without it a quote that is never closed swallows the rest of its block, in silence.
    parsing = csv.ParseOptions(newlines_in_values=True)
    with path.open("rb") as file:
        hashing = _Hashing(file)
        try:
            stream = pyarrow.input_stream(hashing, compression="gzip" if path.name.endswith(".gz") else None)
            table = csv.read_csv(stream, read_options=reading, parse_options=parsing, convert_options=convert)
        except (pyarrow.ArrowInvalid, OSError) as error:
            numbers = wanted.reasons()
            raise csv_faults.explain(path, name, columns, numbers, str(error), wanted.header) from error
        digest = hashing.finish()
    if any(_has_nan(table.column(each)) for each, kind in types.items() if pyarrow.types.is_floating(kind)):
        raise csv_faults.explain(path, name, columns, wanted.reasons(), "a number that is none", wanted.header)
    chunks = {each: table.column(each).chunks for each in types}
    return DataFile(path, name, tuple(columns), wanted.header, table.num_rows, chunks, digest)


def _has_nan(values: pyarrow.ChunkedArray) -> bool:
    """Whether a word was read as NaN: what is missing by agreement is null, but `NAN` or `+nan` are no such words."""
    return compute.any(compute.is_nan(values)).as_py() is True


class _Hashing(io.RawIOBase):
    """A file that is hashed while it is read: under FastFile a second reading would be a second download."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._digest = sha256()

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
