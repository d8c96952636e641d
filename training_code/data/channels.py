"""The channels of a run, read and checked: nothing is split, filled or encoded yet."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

from data import csv_faults, csv_numbers, data_files, finding, labels, memory, settling, tables
from data.csv_faults import NotANumberError
from data.csv_numbers import PLAIN, Notation
from data.data_file import DataFile, Wanted
from data.data_files import Opened
from data.finding import Found
from data.holding_out import SplitColumn
from failure import TrainingError, shown
from options import estimators
from options.estimators import CLASSIFICATION, REGRESSION, TASK_OF_FOREST
from options.hyperparameters import Hyperparameters
from progress import say

_CURE = (
    "fill them in with missing_values (median, mean, most_frequent, constant), choose an estimator that takes missing "
    "values, or name the columns in drop_columns"
)


@dataclass(frozen=True)
class Channel:
    """One channel's files, read and checked; `target` and `weights` (rows) are taken out of them already.

    `wanted` is what its columns turned out to hold; `split` decides which rows are held out, where a column does.
    """

    files: list[DataFile]
    wanted: Wanted
    lacks_values: bool
    target: NDArray[Any]
    weights: NDArray[numpy.float64] | None
    split: SplitColumn | None = None

    @property
    def lines(self) -> list[str]:
        """A line of name and digest for each file."""
        return [f"{each.name}\0{each.digest}\n" for each in self.files]


@dataclass(frozen=True)
class Channels:
    """The channels as they were read: nothing is split or encoded yet. `said` are the bytes of memory announced."""

    training: Channel
    validation: Channel | None
    wanted: Wanted
    one_hot: bool
    said: int


def read_channels(training: Path, validation: Path | None, settings: Hyperparameters) -> Channels:
    """Read the files of the channels. For a random forest this does not load scikit-learn.

    Raises:
        TrainingError: as `read`.
    """
    files = finding.find(training, "training")
    others = finding.find(validation, "validation") if validation else []
    first = data_files.open_file(files[0], settings)
    opened = [first, *(data_files.open_file(each, settings, first) for each in files[1:])]
    wanted = data_files.wanted(opened, settings)
    _tell_of_partitions(files, first, settings)
    one_hot = _one_hot(settings)
    said = memory.announce([*files, *others], wanted, settings.n_jobs, one_hot)
    channel, wanted = _read_guessing(opened, wanted, settings)
    if settings.task == CLASSIFICATION:
        labels.check_classes(channel.target, "training")
    judges = None
    if others:
        opened = [data_files.open_file(each, settings, first) for each in others]
        judges = read_channel(opened, "validation", wanted, settings)
    return Channels(channel, judges, wanted, one_hot, said)


def _tell_of_partitions(files: Sequence[Found], first: Opened, settings: Hyperparameters) -> None:
    """Say which columns the names of directories give, where nobody said what to do with them."""
    names = sorted({name for each in files for name in each.partitions} - set(first.names))
    if names and not settings.partition_columns:
        say(
            f"note: {first.file.name}: the names of directories give {', '.join(map(repr, names))}, which no file has: "
            f"left out; partition_columns: true makes columns of them"
        )


def _read_guessing(opened: Sequence[Opened], wanted: Wanted, settings: Hyperparameters) -> tuple[Channel, Wanted]:
    """The training channel, and what its columns hold: where words come after many numbers, it is read once more."""
    while True:
        try:
            channel = read_channel(opened, "training", wanted, settings, settle=True)
        except NotANumberError as error:
            words = wanted.with_words(error.column)
            if words is None:
                raise
            wanted = words
        else:
            return channel, channel.wanted


def read_channel(
    opened: Sequence[Opened], channel: str, wanted: Wanted, settings: Hyperparameters, settle: bool = False
) -> Channel:
    """The files of one channel, checked, with target and weights taken out; with `settle`, all rows say what is wanted.

    Raises:
        TrainingError: as `read`.
    """
    started = time.perf_counter()
    files = [data_files.read(each, wanted, settings) for each in opened]
    rows = sum(each.rows for each in files)
    if not rows:
        names = ", ".join(each.name for each in files[:5])
        raise TrainingError(f"channel {channel}: {names} holds a header and no rows; upload files with rows")
    if settle:
        wanted = settling.settle(files, wanted, settings)
    lacks_values = any(each.missing(name) for each in files for name in wanted.features)
    optional = wanted.features if lacks_values and _may_be_missing(settings) else ()
    _check_missing(files, wanted, optional)
    weights = _weights(files, wanted.weight, rows) if wanted.weight else None
    target = _target(files, wanted, rows)
    say(
        f"reading {channel}: {len(files)} {'file' if len(files) == 1 else 'files'}, {rows} rows, "
        f"{len(wanted.features)} features, {time.perf_counter() - started:.2f} s"
    )
    split = None
    if wanted.split:
        split = SplitColumn(wanted.split, *labels.words_of(files, wanted.split), _common_notation(files))
    return Channel(files, wanted, lacks_values, target, weights, split)


def _common_notation(files: Sequence[DataFile]) -> Notation:
    """How the files write numbers; where they differ, as Python does."""
    found = {each.dialect.notation if each.dialect else PLAIN for each in files}
    return found.pop() if len(found) == 1 else PLAIN


def _one_hot(settings: Hyperparameters) -> bool:
    """Trees split categories as numbers as well; for everything else their order would mean something."""
    name = settings.estimator
    trees = name in TASK_OF_FOREST or estimators.is_made_of_trees(estimators.find(name))
    return (settings.category_encoding or ("ordinal" if trees else "one_hot")) == "one_hot"


def _may_be_missing(settings: Hyperparameters) -> bool:
    """Whether missing features are kept or filled; where nothing is said, the estimator decides."""
    if settings.missing_values == "auto":
        name = settings.estimator
        return name in TASK_OF_FOREST or estimators.takes_missing_values(estimators.find(name))
    return settings.missing_values != "error"


def _check_missing(files: Sequence[DataFile], wanted: Wanted, optional: Sequence[str]) -> None:
    counts = {column: sum(each.missing(column) for each in files) for column in wanted.columns}
    counts |= dict.fromkeys(optional, 0)
    lacking = [column for column, count in counts.items() if count]
    if not lacking:
        return
    told = []
    for column in lacking[:5]:
        file = next(each for each in files if each.missing(column))
        place = file.first(column, csv_faults.is_missing)
        told.append(f"column {column!r} lacks {counts[column]} (first: {file.name}, {place[0] if place else '?'})")
    cure = _CURE if set(lacking) & set(wanted.features) else "correct or drop the rows"
    more = f", and {len(lacking) - 5} more columns" if len(lacking) > 5 else ""
    raise TrainingError(f"missing values: {', '.join(told)}{more}; {cure}")


def _target(files: Sequence[DataFile], wanted: Wanted, rows: int) -> NDArray[Any]:
    if wanted.task == REGRESSION:
        return tables.numbers(files, wanted.target, rows, "float64", 1e300)
    return labels.classes_of(files, wanted.target)


def _weights(files: Sequence[DataFile], column: str, rows: int) -> NDArray[numpy.float64]:
    kept = [dict(each.chunks) for each in files]
    weights = tables.numbers(files, column, rows, "float64", 1e300)
    if weights.min() < 0:
        for file, chunks in zip(files, kept, strict=True):
            file.chunks.update(chunks)
            if place := file.first(column, lambda text: csv_numbers.is_number(text) and float(text) < 0):
                raise TrainingError(
                    f"{file.name}, {place[0]}, column {column!r}: {shown(place[1])} is no weight; "
                    f"a weight is 0 or more: correct or drop the row"
                )
    if not weights.any():
        raise TrainingError(f"weight column {column!r}: every weight is 0; give at least some rows a weight")
    return weights
