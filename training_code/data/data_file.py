"""What is wanted of every data file, and one file as it was read: columns as Arrow arrays, still in pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow

from data import csv_faults
from data.csv_dialect import Dialect
from data.dates import DateForm
from data.spelled_numbers import FALSE, TRUE
from options.estimators import REGRESSION

TEXT = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
"""Words are stored once, rows hold their numbers."""

CURE = (
    "name the column in categorical_columns or drop_columns, or the word in csv_null_values where it means a missing "
    "value"
)
"""For words among numbers."""
_FEATURE = f"a feature holds numbers; {CURE}"
_TARGET = "the target of a regression is a number; correct or drop the row, or set task to classification"
_WEIGHT = "a weight is a number; correct or drop the row"


@dataclass(frozen=True)
class Wanted:
    """The columns that every file must have, and what they hold.

    `categories` are those of `features` that hold words, of which `pairs` have two that mean yes and no; `booleans`
    hold true and false. Of `dates` words are read, too, and their parts are features; numbers that are `spelled`, as
    5 % is, are read as words, and made numbers. `split` decides which rows are held out, and is no feature. What stands
    in names of directories is `from_paths`. What was judged by the first lines only, and not told, is `guessed`;
    features that turned out to be none are `left_out`. Settings name `told_dates`. Numbers are read with 32 or 64
    `bits`.
    """

    features: tuple[str, ...]
    target: str
    task: str
    categories: frozenset[str] = frozenset()
    weight: str | None = None
    bits: int = 32
    booleans: frozenset[str] = frozenset()
    pairs: frozenset[str] = frozenset()
    guessed: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    dates: Mapping[str, DateForm] = field(default_factory=dict)
    split: str | None = None
    from_paths: frozenset[str] = frozenset()
    spelled: frozenset[str] = frozenset()
    told_dates: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[str]:
        """All of them: features, target, weight, and what splits."""
        return [*self.features, self.target, *filter(None, (self.weight, self.split))]

    @property
    def numbers(self) -> list[str]:
        """The features that hold numbers."""
        return [name for name in self.features if name not in self.categories and name not in self.dates]

    @property
    def words(self) -> list[str]:
        """The features that hold words."""
        return [name for name in self.features if name in self.categories]

    @property
    def limit(self) -> float:
        """The greatest number that a feature can hold."""
        return 3.4028235e38 if self.bits == 32 else 1.7976931348623157e308

    def types(self) -> dict[str, pyarrow.DataType]:
        """The Arrow type of each column."""
        number = pyarrow.float32() if self.bits == 32 else pyarrow.float64()
        types = dict.fromkeys(self.features, number) | dict.fromkeys(self.booleans, pyarrow.bool_())
        types |= dict.fromkeys([*self.categories, *self.dates, *([self.split] if self.split else [])], TEXT)
        types[self.target] = pyarrow.float64() if self.task == REGRESSION else TEXT
        return types | ({self.weight: pyarrow.float64()} if self.weight else {})

    def types_in_files(self) -> dict[str, pyarrow.DataType]:
        """What the columns that files have inside are read as."""
        types = {name: kind for name, kind in self.types().items() if name not in self.from_paths}
        return types | {name: TEXT for name in types if name in self.spelled}

    def is_number(self, column: str) -> bool:
        """Whether numbers are read from a column."""
        if column == self.target:
            return self.task == REGRESSION
        words = column in self.categories or column in self.dates or column == self.split
        return column == self.weight or not (words or column in self.booleans)

    def takes(self, column: str, value: str, dialect: Dialect) -> bool:
        """Whether a CSV file's field can stand in a column of numbers, or of true and false."""
        if column in self.spelled:
            return True  # what it says is looked at when all of it has been read
        if column in self.booleans:
            return dialect.is_missing(value) or value in TRUE or value in FALSE
        return dialect.is_number(value)

    def without(self, columns: frozenset[str]) -> Wanted:
        """The same but for some features."""
        return replace(
            self,
            features=tuple(each for each in self.features if each not in columns),
            categories=self.categories - columns,
            booleans=self.booleans - columns,
            pairs=self.pairs - columns,
            guessed=self.guessed - columns,
            left_out=self.left_out | columns,
        )

    def with_dates(self, column: str, form: DateForm) -> Wanted:
        """The same, but a feature that was read as words holds dates."""
        return replace(self, categories=self.categories - {column}, dates={**self.dates, column: form})

    def with_words(self, column: str) -> Wanted | None:
        """The same, but a column that was taken for numbers holds words, or spelled ones; None where it must not."""
        if column in self.guessed and column not in self.categories:
            return replace(self, categories=self.categories | {column}, booleans=self.booleans - {column})
        if column in (self.target, self.weight) and column not in self.spelled:
            return replace(self, spelled=self.spelled | {column})
        return None

    def with_numbers(self, column: str) -> Wanted:
        """The same, but a feature that was read as words holds numbers."""
        return replace(self, categories=self.categories - {column}, spelled=self.spelled | {column})

    def reasons(self) -> dict[str, str]:
        """For each column that must hold numbers: why, and the cure."""
        reasons = dict.fromkeys(self.numbers, _FEATURE)
        if self.task == REGRESSION:
            reasons[self.target] = _TARGET
        return reasons | ({self.weight: _WEIGHT} if self.weight else {})


@dataclass(frozen=True)
class DataFile:
    """One file as read. `chunks` has each wanted column in pieces; `columns` are the file's own, in its order.

    A Parquet file has no `dialect`; columns `from_path` have one value in all rows.
    """

    path: Path
    name: str
    columns: tuple[str, ...]
    dialect: Dialect | None
    rows: int
    chunks: dict[str, list[pyarrow.Array]]
    digest: str
    from_path: Mapping[str, str | None] = field(default_factory=dict)

    def missing(self, column: str) -> int:
        """How many values a column lacks."""
        return sum(int(chunk.null_count) for chunk in self.chunks[column])

    def first(self, column: str, wanted: Callable[[str], bool]) -> tuple[str, str] | None:
        """Place (`line 3` of a CSV file, `row 2` of a Parquet file) and text of the first value that is wanted.

        `wanted` is asked with "" for a missing value, and with numbers as Python writes them.
        """
        if column in self.from_path:
            text = self.from_path[column] or ""
            return ("its directory", text) if wanted(text) else None
        if self.dialect:
            found = csv_faults.first_line(self.path, self.name, self.columns, column, wanted, self.dialect)
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
