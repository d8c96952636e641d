"""Fills the tables that an estimator is fitted to, column by column: no column is in memory twice for long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
import pandas
from numpy.typing import NDArray

from data import csv_faults, labels
from data import encoding as encodings
from data.data_file import DataFile, Wanted
from data.encoding import Encoding
from failure import TrainingError, shown

_EXAMPLE = 5


@dataclass(frozen=True)
class Table:
    """Rows: `features` (rows x columns, named, 32- or 64-bit), `target` (rows), `weights` (rows; None: all alike)."""

    features: pandas.DataFrame
    target: NDArray[Any]
    weights: NDArray[numpy.float64] | None = None

    def take(self, rows: NDArray[numpy.intp]) -> Table:
        """The rows with these numbers, in their order."""
        weights = None if self.weights is None else self.weights[rows]
        return Table(self.features.iloc[rows], self.target[rows], weights)


@dataclass(frozen=True)
class Filling:
    """What stands for missing numbers: the `strategy` of SimpleImputer, and the `value` of its `constant`."""

    strategy: str
    value: float

    def of(self, values: NDArray[Any]) -> float:
        """The number for one column, from its rows."""
        from sklearn.impute import SimpleImputer

        imputer = SimpleImputer(strategy=self.strategy, fill_value=self.value, keep_empty_features=True)
        return float(imputer.fit(values.reshape(-1, 1)).statistics_[0])


@dataclass(frozen=True)
class Filled:
    """Frames of features, how they were encoded, and of the last one the first few raw rows, and the words of dates."""

    frames: list[pandas.DataFrame]
    encoding: Encoding | None
    example: pandas.DataFrame
    dates: dict[str, NDArray[Any]]


def fill(  # noqa: PLR0913, PLR0917  # the table, its parts, and how it is encoded
    files: Sequence[DataFile],
    wanted: Wanted,
    parts: Sequence[NDArray[numpy.intp] | None],
    one_hot: bool,
    encoding: Encoding | None,
    filling: Filling | None = None,
) -> Filled:
    """A frame of features for each of `parts` (row numbers; None: all rows).

    The columns are taken out of the files. Without `encoding`, it is made from the rows of the first part, as are the
    numbers that `filling` puts for missing ones.

    Raises:
        TrainingError: naming file, line and column of a number that does not fit.
    """
    rows = sum(each.rows for each in files)
    coded = {name: labels.words_of(files, name) for name in [*wanted.words, *wanted.dates]}
    encoding = encoding or _encoding(coded, wanted, parts[0], one_hot, filling)
    names = encoding.names if encoding else list(wanted.features)
    sizes = [rows if part is None else len(part) for part in parts]
    # Column by column in memory: trees look at one column at a time.
    matrices = [numpy.empty((size, len(names)), dtype=f"float{wanted.bits}", order="F") for size in sizes]
    raw = _Raw(numpy.arange(rows) if parts[-1] is None else parts[-1])
    columns = _Columns(files, wanted, encoding, filling, parts[0], raw)
    place = 0
    for name in [*coded, *wanted.numbers]:
        for column in columns.coded(name, *coded.pop(name)) if name in coded else columns.numbers(name, rows):
            for matrix, part in zip(matrices, parts, strict=True):
                matrix[:, place] = column if part is None else column[part]
            place += 1
    frames = [pandas.DataFrame(matrix, columns=names, copy=False) for matrix in matrices]
    example = pandas.DataFrame({name: raw.example[name] for name in wanted.features})
    return Filled(frames, encoding, example, raw.dates)


def _encoding(
    coded: Mapping[str, tuple[NDArray[Any], list[str]]],
    wanted: Wanted,
    training: NDArray[numpy.intp] | None,
    one_hot: bool,
    filling: Filling | None,
) -> Encoding | None:
    """How the training rows are encoded; None where they are numbers, and nothing is filled."""
    if not coded and not filling:
        return None
    words = {
        name: encodings.known_words(codes if training is None else codes[training], words)
        for name, (codes, words) in coded.items()
        if name not in wanted.dates
    }
    fills: dict[str, float] | None = {} if filling else None
    return Encoding(wanted.features, words, one_hot, wanted.bits, wanted.pairs, fills, wanted.dates)


@dataclass
class _Raw:
    """Raw values of some `rows`: a few of each feature, and the words of dates in all of them."""

    rows: NDArray[numpy.intp]
    example: dict[str, Any] = field(default_factory=dict)
    dates: dict[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Columns:
    """Makes the encoded columns of raw ones, whole, one after the other."""

    files: Sequence[DataFile]
    wanted: Wanted
    encoding: Encoding | None
    filling: Filling | None
    training: NDArray[numpy.intp] | None
    raw: _Raw

    def coded(self, name: str, codes: NDArray[Any], known: Sequence[str]) -> Iterator[NDArray[Any]]:
        """Of words: `codes` are their places in `known`, -1 where one is missing."""
        assert self.encoding is not None  # noqa: S101  # where there are words there is one
        words = numpy.array([*known, numpy.nan], dtype=object)
        self.raw.example[name] = words[codes[self.raw.rows[:_EXAMPLE]]]
        if name not in self.wanted.dates:
            yield from self.encoding.encode(name, encodings.places(codes, known, self.encoding.categories[name]))
            return
        self.raw.dates[name] = words[codes[self.raw.rows]]
        form = self.wanted.dates[name]
        parts = numpy.vstack([form.numbers(known), numpy.full(len(form.parts), numpy.nan)])
        for place, part in enumerate(form.names(name)):
            yield self._filled(part, parts[codes, place])

    def numbers(self, name: str, rows: int) -> Iterator[NDArray[Any]]:
        """Of numbers, of so many rows: the column itself."""
        values = numbers(self.files, name, rows, f"float{self.wanted.bits}", self.wanted.limit)
        self.raw.example[name] = values[self.raw.rows[:_EXAMPLE]].astype("float64")
        yield self._filled(name, values)

    def _filled(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        """An encoded column with what stands for missing numbers in it; that is found out where it is not known."""
        if self.encoding is None or self.encoding.fills is None:
            return values
        fills = self.encoding.fills
        if self.filling and name not in fills:
            fills[name] = self.filling.of(values if self.training is None else values[self.training])
        return numpy.where(numpy.isnan(values), values.dtype.type(fills[name]), values)


def numbers(files: Sequence[DataFile], column: str, rows: int, kind: str, limit: float) -> NDArray[Any]:
    """A column of numbers, taken out of the files; NaN where they are missing.

    Raises:
        TrainingError: naming the place of a number beyond `limit`.
    """
    kept = [each.chunks[column] for each in files]
    values = labels.numbers_of(files, column, rows, kind)
    if not numpy.isinf(values).any():
        return values
    bits = "32-bit" if kind == "float32" else "64-bit"
    for file, chunks in zip(files, kept, strict=True):
        file.chunks[column] = chunks
        if place := file.first(column, csv_faults.exceeds(limit)):
            raise TrainingError(
                f"{file.name}, {place[0]}, column {column!r}: {shown(place[1])} is no finite {bits} number; "
                f"scale the column or drop the row"
            )
    raise TrainingError(f"column {column!r}: holds a number that is not finite; scale the column or drop the row")
