"""The data of a run: reads the channels, checks them, holds rows out for evaluation, fills the tables."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy
import pandas
from numpy.typing import NDArray

from data import csv_faults, data_files, labels, memory, tables
from data.data_file import DataFile, Wanted
from data.encoding import Encoding
from data.tables import Table
from failure import TrainingError, shown
from options import estimators
from options.estimators import CLASSIFICATION, REGRESSION, TASK_OF_FOREST
from options.hyperparameters import Hyperparameters
from progress import say

Rows = NDArray[numpy.intp]


@dataclass(frozen=True)
class Dataset:
    """What a run trains on and is judged by. `digest` is the SHA-256 over names and contents of all files.

    `example` are a few raw rows of features. With `encoding`, the tables' features are what it makes of such rows.
    """

    training: Table
    validation: Table
    digest: str
    example: pandas.DataFrame
    encoding: Encoding | None = None

    @property
    def raw_validation(self) -> Table:
        """The validation rows as a saved model takes them: with words, where there are categories."""
        if self.encoding is None:
            return self.validation
        return replace(self.validation, features=self.encoding.decode(self.validation.features))


@dataclass(frozen=True)
class Channel:
    """One channel's files, read and checked; `target` and `weights` (rows) are taken out of them already."""

    files: list[DataFile]
    target: NDArray[Any]
    weights: NDArray[numpy.float64] | None

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


def read(training: Path, validation: Path | None, settings: Hyperparameters) -> Dataset:
    """Read the channels; without a validation channel, hold out a fraction of the training rows.

    Raises:
        TrainingError: naming file, line, column and value of what cannot be trained on.
    """
    return split(read_channels(training, validation, settings), settings)


def read_channels(training: Path, validation: Path | None, settings: Hyperparameters) -> Channels:
    """Read the files of the channels. For a random forest this does not load scikit-learn.

    Raises:
        TrainingError: as `read`.
    """
    paths = _paths(training, "training")
    wanted = data_files.wanted(*paths[0], settings)
    more = _paths(validation, "validation") if validation else []
    one_hot = _one_hot(settings)
    said = memory.announce([*paths, *more], wanted, settings.n_jobs, one_hot)
    channel = read_channel(paths, "training", wanted, settings)
    if settings.task == CLASSIFICATION:
        labels.check_classes(channel.target, "training")
    judges = read_channel(more, "validation", wanted, settings) if more else None
    return Channels(channel, judges, wanted, one_hot, said)


def split(channels: Channels, settings: Hyperparameters) -> Dataset:
    """The tables to train on and to judge by, filled and encoded.

    Raises:
        TrainingError: as `read`.
    """
    channel, judges, wanted, one_hot = channels.training, channels.validation, channels.wanted, channels.one_hot
    others = judges.files if judges else []
    memory.announce_words(channel.files, others, wanted, settings.n_jobs, one_hot=one_hot, said=channels.said)
    if judges is None:
        kept, held = hold_out(channel.target, wanted.target, settings)
        how = "stratified, " if settings.task == CLASSIFICATION else ""
        say(f"holding out: {len(held)} of {len(channel.target)} rows, {how}seed {settings.random_state}")
        parts, encoding, example = tables.fill(channel.files, wanted, [kept, held], one_hot, None)
        pairs = zip(parts, (kept, held), strict=True)
        kept_table, held_table = (_table(features, channel, rows) for features, rows in pairs)
        return Dataset(kept_table, held_table, _digest(channel.lines), example, encoding)
    target = judges.target
    if settings.task == CLASSIFICATION:
        target = labels.same_classes(target, channel.target, wanted.target)
    (rows,), encoding, _ = tables.fill(channel.files, wanted, [None], one_hot, None)
    (other,), _, example = tables.fill(judges.files, wanted, [None], one_hot, encoding)
    digest = _digest(channel.lines + judges.lines)
    return Dataset(_table(rows, channel, None), Table(other, target), digest, example, encoding)


def read_channel(paths: Sequence[tuple[Path, str]], channel: str, wanted: Wanted, settings: Hyperparameters) -> Channel:
    """The files of one channel, checked, with target and weights taken out."""
    started = time.perf_counter()
    files = [data_files.read(path, name, wanted) for path, name in paths]
    rows = sum(each.rows for each in files)
    if not rows:
        names = ", ".join(each.name for each in files[:5])
        raise TrainingError(f"channel {channel}: {names} holds a header and no rows; upload files with rows")
    required = wanted.columns if settings.missing_values == "error" else wanted.columns[len(wanted.features) :]
    _check_missing(files, required)
    weights = _weights(files, wanted.weight, rows) if wanted.weight else None
    target = _target(files, wanted, rows)
    say(
        f"reading {channel}: {len(files)} {'file' if len(files) == 1 else 'files'}, {rows} rows, "
        f"{len(wanted.features)} features, {time.perf_counter() - started:.2f} s"
    )
    return Channel(files, target, weights)


def hold_out(target: NDArray[Any], column: str, settings: Hyperparameters) -> tuple[Rows, Rows]:
    """The rows to train on and those held out, every class in proportion; the same for the same seed.

    Raises:
        TrainingError: when a class has one row only, or the fraction leaves too few rows on one side.
    """
    fraction, count, stratify = settings.validation_fraction, len(target), None
    held = numpy.ceil(count * fraction)
    if settings.task == CLASSIFICATION:
        stratify = target
        _check_strata(target, column, fraction)
    elif held < 2 or count - held < 2:
        raise TrainingError(
            f"validation_fraction {fraction}: leaves {held:.0f} of {count} rows for validation, and each side needs "
            f"two; add rows or choose another fraction"
        )
    from sklearn.model_selection import train_test_split

    rows = numpy.arange(count)
    kept, held_out = train_test_split(rows, test_size=fraction, stratify=stratify, random_state=settings.random_state)
    return kept, held_out


def _check_strata(target: NDArray[Any], column: str, fraction: float) -> None:
    classes, counts = numpy.unique(target, return_counts=True)
    if counts.min() < 2:
        few = [shown(each) for each in classes[counts < 2]]
        raise TrainingError(
            f"target column {column!r}: class {', '.join(few[:5])} has one row only, and a stratified hold-out needs "
            f"two; add rows, drop the class, or give the job a validation channel"
        )
    held = numpy.ceil(len(target) * fraction)
    if held < len(classes) or len(target) - held < len(classes):
        raise TrainingError(
            f"validation_fraction {fraction}: leaves {held:.0f} of {len(target)} rows for validation, and each "
            f"side needs a row of each of the {len(classes)} classes; add rows or choose another fraction"
        )


def _paths(directory: Path, channel: str) -> list[tuple[Path, str]]:
    found = data_files.find(directory, channel)
    return [(path, f"{channel}/{path.relative_to(directory).as_posix()}") for path in found]


def _one_hot(settings: Hyperparameters) -> bool:
    """Trees split categories as numbers as well; for everything else their order would mean something."""
    name = settings.estimator
    trees = name in TASK_OF_FOREST or estimators.is_made_of_trees(estimators.find(name))
    return (settings.category_encoding or ("ordinal" if trees else "one_hot")) == "one_hot"


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _table(features: pandas.DataFrame, channel: Channel, rows: Rows | None) -> Table:
    weights = channel.weights
    if rows is None:
        return Table(features, channel.target, weights)
    return Table(features, channel.target[rows], None if weights is None else weights[rows])


def _check_missing(files: Sequence[DataFile], columns: Sequence[str]) -> None:
    counts = {column: sum(each.missing(column) for each in files) for column in columns}
    lacking = [column for column in columns if counts[column]]
    if not lacking:
        return
    told = []
    for column in lacking[:5]:
        file = next(each for each in files if each.missing(column))
        place = file.first(column, csv_faults.is_missing)
        told.append(f"column {column!r} lacks {counts[column]} (first: {file.name}, {place[0] if place else '?'})")
    more = f", and {len(lacking) - 5} more columns" if len(lacking) > 5 else ""
    raise TrainingError(f"missing values: {', '.join(told)}{more}; fill them in or drop the rows")


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
            if place := file.first(column, lambda text: csv_faults.is_number(text) and float(text or 0) < 0):
                raise TrainingError(
                    f"{file.name}, {place[0]}, column {column!r}: {shown(place[1])} is no weight; "
                    f"a weight is 0 or more: correct or drop the row"
                )
    if not weights.any():
        raise TrainingError(f"weight column {column!r}: every weight is 0; give at least some rows a weight")
    return weights
