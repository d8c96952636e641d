"""What is wanted of every data file, and one file as it was read: columns as Arrow arrays, still in pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow

from data import csv_faults
from options.estimators import REGRESSION

TEXT = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
"""Words are stored once, rows hold their numbers."""

_FEATURE = (
    "a feature holds numbers; encode the column as numbers, name it in categorical_columns, or leave the column out"
)
_TARGET = "the target of a regression is a number; correct or drop the row, or set task to classification"
_WEIGHT = "a weight is a number; correct or drop the row"


@dataclass(frozen=True)
class Wanted:
    """The columns that every file must have, and what they hold.

    `categories` are those of `features` that hold words; numbers are read with `bits` bits, 32 or 64.
    """

    features: tuple[str, ...]
    target: str
    task: str
    categories: frozenset[str] = frozenset()
    weight: str | None = None
    bits: int = 32
    header: bool = True

    @property
    def columns(self) -> list[str]:
        """All of them: features, target, weight."""
        return [*self.features, self.target, *([self.weight] if self.weight else [])]

    @property
    def numbers(self) -> list[str]:
        """The features that hold numbers."""
        return [name for name in self.features if name not in self.categories]

    @property
    def limit(self) -> float:
        """The greatest number that a feature can hold."""
        return 3.4028235e38 if self.bits == 32 else 1.7976931348623157e308

    def types(self) -> dict[str, pyarrow.DataType]:
        """The Arrow type of each column."""
        number = pyarrow.float32() if self.bits == 32 else pyarrow.float64()
        types = {name: TEXT if name in self.categories else number for name in self.features}
        types[self.target] = pyarrow.float64() if self.task == REGRESSION else TEXT
        return types | ({self.weight: pyarrow.float64()} if self.weight else {})

    def reasons(self) -> dict[str, str]:
        """For each column that must hold numbers: why, and the cure."""
        reasons = dict.fromkeys(self.numbers, _FEATURE)
        if self.task == REGRESSION:
            reasons[self.target] = _TARGET
        return reasons | ({self.weight: _WEIGHT} if self.weight else {})


@dataclass(frozen=True)
class DataFile:
    """One file as read. `chunks` has each wanted column in pieces; `columns` are the file's own, in its order."""

    path: Path
    name: str
    columns: tuple[str, ...]
    header: bool
    rows: int
    chunks: dict[str, list[pyarrow.Array]]
    digest: str

    def missing(self, column: str) -> int:
        """How many values a column lacks."""
        return sum(int(chunk.null_count) for chunk in self.chunks[column])

    def first(self, column: str, wanted: Callable[[str], bool]) -> tuple[str, str] | None:
        """Place (`line 3` of a CSV file, `row 2` of a Parquet file) and text of the first value that is wanted."""
        if not self.path.name.endswith(".parquet"):
            found = csv_faults.first_line(self.path, self.name, self.columns, column, wanted, self.header)
            return (f"line {found[0]}", found[1]) if found else None
        row = 0
        for chunk in self.chunks[column]:
            for value in chunk:
                row += 1
                text = "" if value.as_py() is None else str(value.as_py())
                if wanted(text):
                    return f"row {row}", text
        return None

    def take(self, column: str) -> list[pyarrow.Array]:
        """The pieces of a column, which the file then no longer holds: no column is in memory twice for long."""
        return self.chunks.pop(column)
