"""Fills the tables that an estimator is fitted to, column by column: no column is in memory twice for long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


def fill(  # noqa: PLR0913, PLR0917  # the table, its parts, and how it is encoded
    files: Sequence[DataFile],
    wanted: Wanted,
    parts: Sequence[NDArray[numpy.intp] | None],
    one_hot: bool,
    encoding: Encoding | None,
    filling: Filling | None = None,
) -> tuple[list[pandas.DataFrame], Encoding | None, pandas.DataFrame]:
    """A frame of features for each of `parts` (row numbers; None: all rows), how categories were encoded, raw rows.

    The columns are taken out of the files. Without `encoding`, it is made from the rows of the first part, as are the
    numbers that `filling` puts for missing ones. The raw rows are the first few of the last part.

    Raises:
        TrainingError: naming file, line and column of a number that does not fit.
    """
    rows, kind = sum(each.rows for each in files), f"float{wanted.bits}"
    coded = {name: labels.words_of(files, name) for name in wanted.features if name in wanted.categories}
    training = parts[0]
    if encoding is None and (coded or filling):
        words = {
            name: encodings.known_words(codes if training is None else codes[training], words)
            for name, (codes, words) in coded.items()
        }
        encoding = Encoding(wanted.features, words, one_hot, wanted.bits, wanted.pairs, {} if filling else None)
    names = encoding.names if encoding else list(wanted.features)
    sizes = [rows if part is None else len(part) for part in parts]
    # Column by column in memory: trees look at one column at a time.
    matrices = [numpy.empty((size, len(names)), dtype=kind, order="F") for size in sizes]
    shown_rows = numpy.arange(min(rows, _EXAMPLE)) if parts[-1] is None else parts[-1][:_EXAMPLE]
    example: dict[str, Any] = {}
    place = 0
    for name in [*coded, *wanted.numbers]:
        if encoding and name in coded:
            codes, known = coded.pop(name)
            example[name] = [known[code] if code >= 0 else numpy.nan for code in codes[shown_rows]]
            columns = encoding.encode(name, encodings.places(codes, known, encoding.categories[name]))
        else:
            values = numbers(files, name, rows, kind, wanted.limit)
            example[name] = values[shown_rows].astype("float64")
            if encoding and encoding.fills is not None:
                if filling and name not in encoding.fills:
                    encoding.fills[name] = filling.of(values if training is None else values[training])
                values = numpy.where(numpy.isnan(values), values.dtype.type(encoding.fills[name]), values)
            columns = iter([values])
        for column in columns:
            for matrix, part in zip(matrices, parts, strict=True):
                matrix[:, place] = column if part is None else column[part]
            place += 1
    frames = [pandas.DataFrame(matrix, columns=names, copy=False) for matrix in matrices]
    return frames, encoding, pandas.DataFrame({name: example[name] for name in wanted.features})


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
