"""Columns that stand in the names of directories, as Hive and Spark write them: `year=2026/country=DE/0.parquet`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote

import pyarrow

from data import csv_numbers
from data.column_kinds import Kind
from data.data_file import TEXT
from failure import TrainingError, shown

_MISSING = "__HIVE_DEFAULT_PARTITION__"
"""The directory of rows that lack the value. Source: Apache Hive, hive.exec.default.partition.name."""

Values = Mapping[str, str | None]


def values_of(relative: PurePosixPath) -> dict[str, str | None]:
    """The columns that a file's directories name, and their value in all of its rows; None where it is missing."""
    pairs = (part.partition("=") for part in relative.parts[:-1])
    named = {unquote(name): unquote(value) for name, sign, value in pairs if sign and name}
    return {name: None if value == _MISSING else value for name, value in named.items()}


def kinds(files: Iterable[Values]) -> dict[str, Kind]:
    """What the columns hold, judged by all files: numbers where each value is one."""
    found: dict[str, list[str]] = {}
    for values in files:
        for name, value in values.items():
            found.setdefault(name, []).extend([] if value is None else [value])
    return {
        name: Kind.NUMBERS if all(map(csv_numbers.is_number, values)) else Kind.WORDS for name, values in found.items()
    }


def column(name: str, column: str, value: str | None, kind: pyarrow.DataType, rows: int) -> pyarrow.Array:
    """The column of a file with so many rows.

    Raises:
        TrainingError: a number is needed, and the directory gives something else.
    """
    if kind == TEXT:
        return pyarrow.DictionaryArray.from_arrays(
            pyarrow.array([None if value is None else 0] * rows, pyarrow.int32()),
            pyarrow.array([] if value is None else [value], pyarrow.string()),
        )
    if value is not None and not csv_numbers.is_number(value):
        raise TrainingError(
            f"{name}: its directory says {column}={shown(value)}, where other files have numbers; move it to the "
            f"directory of a number, or name {column!r} in categorical_columns"
        )
    return pyarrow.repeat(pyarrow.scalar(None if value is None else float(value), kind), rows)
