"""Reads one Parquet file, group of rows by group of rows, into the types that training takes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow
from pyarrow import compute

from data import csv_faults
from data.data_file import TEXT, DataFile, Wanted
from failure import TrainingError, shown

if TYPE_CHECKING:
    from pyarrow import parquet

SUFFIX = ".parquet"


def columns(path: Path, name: str) -> list[str]:
    """The names of the columns.

    Raises:
        TrainingError: when the file is not whole, or a name stands twice.
    """
    with _opened(path, name) as file:
        names = list(file.schema_arrow.names)
    csv_faults.check_names(names, name)
    return names


def rows(path: Path, name: str) -> int:
    """The number of rows, from the file's own account."""
    with _opened(path, name) as file:
        return int(file.metadata.num_rows)


def text_columns(path: Path, name: str) -> set[str]:
    """The names of the columns that hold words."""
    with _opened(path, name) as file:
        return {field.name for field in file.schema_arrow if _is_text(field.type)}


def read(path: Path, name: str, own: list[str], wanted: Wanted) -> DataFile:
    """Read one file; `own` are its columns, in its order.

    Raises:
        TrainingError: when a column holds something else than is wanted of it.
    """
    types = wanted.types()
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
    return DataFile(path, name, tuple(own), True, count, chunks, digest)


def _opened(path: Path, name: str) -> parquet.ParquetFile:
    from pyarrow import parquet  # only where there is such a file

    try:
        return parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise TrainingError(f"{name}: is not a whole Parquet file ({shown(error, 120)}); upload it again") from error


def _check_type(name: str, field: pyarrow.Field, wanted: Wanted) -> None:
    kinds = pyarrow.types
    reason = wanted.reasons().get(field.name)
    number = kinds.is_integer(field.type) or kinds.is_floating(field.type) or kinds.is_decimal(field.type)
    if number or kinds.is_boolean(field.type) or kinds.is_null(field.type):
        return
    if not _is_text(field.type):
        raise TrainingError(
            f"{name}, column {field.name!r}: is of type {field.type}, allowed: numbers, true and false, or text; "
            f"convert the column or leave it out"
        )
    if reason:
        raise TrainingError(f"{name}, column {field.name!r}: is of type {field.type}, but {reason}")


def _is_text(kind: pyarrow.DataType) -> bool:
    inner = kind.value_type if pyarrow.types.is_dictionary(kind) else kind
    return bool(pyarrow.types.is_string(inner) or pyarrow.types.is_large_string(inner))


def _cast(values: pyarrow.Array, kind: pyarrow.DataType) -> pyarrow.Array:
    if pyarrow.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pyarrow.types.is_floating(values.type):
        # A number is missing however it is written: as null, or as NaN.
        values = compute.if_else(compute.is_nan(values), pyarrow.scalar(None, values.type), values)
    if kind == TEXT:
        return values.cast(pyarrow.string()).dictionary_encode()
    if pyarrow.types.is_boolean(values.type):
        values = values.cast(pyarrow.int8())
    return values.cast(kind, safe=False)
