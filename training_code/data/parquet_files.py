"""Reads one Parquet file, group of rows by group of rows, into the types that training takes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow
from pyarrow import compute

from data.column_kinds import Kind
from data.csv_text import check_names
from data.data_file import TEXT, DataFile, Wanted
from failure import TrainingError, shown

if TYPE_CHECKING:
    from pyarrow import parquet

_INDEX = re.compile(r"__index_level_\d+__")
"""Columns that pandas writes for the index of a frame, and does not read as columns."""


def columns(path: Path, name: str) -> list[str]:
    """The names of the columns.

    Raises:
        TrainingError: when the file is not whole, or a name stands twice.
    """
    with _opened(path, name) as file:
        names = list(file.schema_arrow.names)
    names = [each for each in names if not _INDEX.fullmatch(each)]
    check_names(names, name)
    return names


def rows(path: Path, name: str) -> int:
    """The number of rows, from the file's own account."""
    with _opened(path, name) as file:
        return int(file.metadata.num_rows)


def kinds(path: Path, name: str) -> dict[str, Kind]:
    """What the columns hold; those that training cannot take are left out."""
    with _opened(path, name) as file:
        return {field.name: kind for field in file.schema_arrow if (kind := _kind_of(field.type))}


def read(path: Path, name: str, own: list[str], wanted: Wanted) -> DataFile:
    """Read one file; `own` are its columns, in its order.

    Raises:
        TrainingError: when a column holds something else than is wanted of it.
    """
    types = wanted.types_in_files()
    with path.open("rb") as file:
        # A reading of its own: Parquet is not read from front to back.
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    chunks: dict[str, list[pyarrow.Array]] = {each: [] for each in types}
    count = 0
    with _opened(path, name) as file:
        for field in file.schema_arrow:
            if field.name in types:
                _check_type(name, field, wanted)
        try:
            for batch in file.iter_batches(columns=list(types)):
                count += batch.num_rows
                for each, kind in types.items():
                    chunks[each].append(_cast(batch.column(batch.schema.get_field_index(each)), kind))
        except (pyarrow.ArrowException, OSError) as error:
            raise TrainingError(
                f"{name}: cannot be read as Parquet ({shown(error, 200)}); write the file again"
            ) from error
    return DataFile(path, name, tuple(own), None, count, chunks, digest)


def _opened(path: Path, name: str) -> parquet.ParquetFile:
    from pyarrow import parquet  # only where there is such a file

    try:
        return parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise TrainingError(f"{name}: is not a whole Parquet file ({shown(error, 120)}); upload it again") from error


def _check_type(name: str, field: pyarrow.Field, wanted: Wanted) -> None:
    reason, kind = wanted.reasons().get(field.name), _kind_of(field.type)
    if kind is None:
        raise TrainingError(
            f"{name}, column {field.name!r}: is of type {field.type}, allowed: numbers, true and false, text, dates; "
            f"convert the column, or name it in drop_columns"
        )
    if reason and field.name not in wanted.spelled and kind in (Kind.WORDS, Kind.DATES):
        raise TrainingError(f"{name}, column {field.name!r}: is of type {field.type}, but {reason}")


def _kind_of(kind: pyarrow.DataType) -> Kind | None:
    types = pyarrow.types
    inner = kind.value_type if types.is_dictionary(kind) else kind
    if types.is_integer(inner) or types.is_floating(inner) or types.is_decimal(inner):
        return Kind.NUMBERS
    if types.is_boolean(inner):
        return Kind.NUMBERS
    if types.is_string(inner) or types.is_large_string(inner) or types.is_string_view(inner):
        return Kind.WORDS
    if types.is_date(inner) or types.is_timestamp(inner) or types.is_time(inner):
        return Kind.DATES
    return Kind.NOTHING if types.is_null(inner) else None


def _cast(values: pyarrow.Array, kind: pyarrow.DataType) -> pyarrow.Array:
    if pyarrow.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pyarrow.types.is_floating(values.type):
        # A number is missing however it is written: as null, or as NaN.
        values = compute.if_else(compute.is_nan(values), pyarrow.scalar(None, values.type), values)
    if pyarrow.types.is_time64(values.type):
        values = values.cast(pyarrow.time64("us"), safe=False)  # dates are read with six digits of a second
    if kind == TEXT:
        return _without_blank_words(values.cast(pyarrow.string())).dictionary_encode()
    if pyarrow.types.is_boolean(kind):
        kind = pyarrow.float64()  # as a CSV file's true and false
    if pyarrow.types.is_boolean(values.type):
        values = values.cast(pyarrow.int8())
    if pyarrow.types.is_decimal(values.type):
        values = values.cast(pyarrow.string())  # Arrow's own way to floating point is not exact: 1952.000 + 1e-4
    return values.cast(kind, safe=False)


def _without_blank_words(words: pyarrow.Array) -> pyarrow.Array:
    """Text of nothing is missing, as it is in a CSV file."""
    is_blank = compute.equal(compute.utf8_trim_whitespace(words), "")
    return compute.if_else(is_blank, None, words) if compute.any(is_blank).as_py() else words
