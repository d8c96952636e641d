"""What a run's training data looked like, column by column, in a few numbers: the next run's is held against it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy
import pyarrow
from numpy.typing import NDArray
from pyarrow import compute

from data import labels
from data.data_file import DataFile, Wanted

NUMBERS, WORDS, DATES = "numbers", "words", "dates"
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_MOST_WORDS = 1000
"""Words of a column whose shares are kept; of one with more, the most frequent."""
_SAMPLE = 5_000
"""Rows that quantiles are taken from, evenly spread, so that a profile costs less than reading does."""


@dataclass(frozen=True)
class Column:
    """One column: the share of rows that lack a value (0 to 1), and of the others the quantiles or the words' shares.

    `quantiles` stand in the order of QUANTILES; `words` counts the different words, of which `shares` has the most
    frequent.
    """

    kind: str
    missing: float = 0.0
    quantiles: tuple[float, ...] = ()
    words: int = 0
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether each word of the column has its share here."""
        return self.words == len(self.shares)


@dataclass(frozen=True)
class Profile:
    """The training channel: its rows, its features and its target."""

    rows: int
    columns: Mapping[str, Column]
    target: Column

    def to_json(self) -> str:
        """As indented JSON."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Profile:
        """Read what `to_json` wrote.

        Raises:
            ValueError: it is something else.
        """
        try:
            values = json.loads(text)
            columns = {name: _column_of(each) for name, each in values["columns"].items()}
            return cls(int(values["rows"]), columns, _column_of(values["target"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"is no profile of data: {type(error).__name__} {error}") from None


NO_PROFILE = Profile(0, {}, Column(""))
"""Of data that nobody has looked at."""


def of(files: Sequence[DataFile], wanted: Wanted, target: NDArray[Any]) -> Profile:
    """The profile of a channel whose columns are still in its files."""
    rows = len(target)
    columns: dict[str, Column] = {}
    for name in wanted.features:
        values = pyarrow.chunked_array([chunk for each in files for chunk in each.chunks[name]])
        missing = values.null_count / rows
        if name in wanted.dates:
            columns[name] = Column(DATES, missing)
        elif name in wanted.categories:
            columns[name] = _of_words(values, missing)
        else:
            columns[name] = _of_numbers(_sample(values), missing)
    return Profile(rows, columns, _of_target(target))


def _of_target(target: NDArray[Any]) -> Column:
    if target.dtype.kind == "f":
        return _of_numbers(target[:: -(-len(target) // _SAMPLE)])
    classes, counts = labels.counted(target)
    return _of_counts(pyarrow.array(map(str, classes.tolist()), pyarrow.string()), pyarrow.array(counts))


def _of_numbers(values: NDArray[Any], missing: float = 0.0) -> Column:
    # One that is not finite is told with its place when the table is filled.
    there = values[numpy.isfinite(values)]
    quantiles = numpy.quantile(there, QUANTILES).tolist() if len(there) else []
    return Column(NUMBERS, missing, tuple(float(each) for each in quantiles))


def _sample(values: pyarrow.ChunkedArray) -> NDArray[Any]:
    step = -(-len(values) // _SAMPLE)
    chosen = values if step == 1 else values.take(pyarrow.array(numpy.arange(0, len(values), step)))
    numbers: NDArray[Any] = chosen.cast(pyarrow.float64()).to_numpy()
    return numbers


def _of_words(values: pyarrow.ChunkedArray, missing: float) -> Column:
    counted = values.drop_null().unify_dictionaries().value_counts()
    return _of_counts(counted.field("values").cast(pyarrow.string()), counted.field("counts"), missing)


def _of_counts(words: pyarrow.Array, counts: pyarrow.Array, missing: float = 0.0) -> Column:
    """The most frequent words, chosen by Arrow: as Python has them, a million words take a hundred megabytes."""
    table = pyarrow.table({"word": words, "count": counts})
    most = compute.select_k_unstable(table, _MOST_WORDS, [("count", "descending"), ("word", "ascending")])
    total = compute.sum(counts).as_py() or 1
    pairs = (table.column(name).take(most).to_pylist() for name in table.column_names)
    shares = {word: count / total for word, count in zip(*pairs, strict=True)}
    return Column(WORDS, missing, words=len(table), shares=shares)


def _column_of(values: Mapping[str, Any]) -> Column:
    return Column(**{**values, "quantiles": tuple(values["quantiles"])})
