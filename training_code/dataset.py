"""The data of a run: reads the channels into tables, checks them, holds rows out for evaluation."""

from __future__ import annotations

import difflib
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy
import pandas
import pyarrow
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

import csv_faults
import csv_files
from csv_files import CsvFile
from failure import TrainingError, shown
from hyperparameters import Hyperparameters
from progress import say


@dataclass(frozen=True)
class Table:
    """Rows of one channel: `features` (rows x columns, float32, named), `target` (rows; whole numbers or text)."""

    features: pandas.DataFrame
    target: NDArray[Any]

    def take(self, rows: NDArray[numpy.intp]) -> Table:
        """The rows with these numbers, in their order."""
        return Table(self.features.iloc[rows], self.target[rows])


@dataclass(frozen=True)
class Dataset:
    """What a run trains on and is judged by. `digest` is the SHA-256 over names and contents of all files."""

    training: Table
    validation: Table
    digest: str


def read(training: Path, validation: Path | None, settings: Hyperparameters) -> Dataset:
    """Read the channels; without a validation channel, hold out a stratified fraction of the training rows.

    Raises:
        TrainingError: naming file, line, column and value of what cannot be trained on.
    """
    target, seed = settings.target_column, settings.random_state
    table, digests = read_channel(training, "training", target, None)
    _check_classes(table, "training")
    if validation is None:
        kept, held_out = hold_out(table, target, settings.validation_fraction, seed)
        say(f"holding out: {len(held_out.target)} of {len(table.target)} rows, stratified, seed {seed}")
    else:
        kept = table
        held_out, more = read_channel(validation, "validation", target, list(table.features.columns))
        held_out = _same_classes(held_out, table, target)
        digests += more
    return Dataset(kept, held_out, hashlib.sha256("".join(digests).encode()).hexdigest())


def read_channel(directory: Path, channel: str, target: str, features: Sequence[str] | None) -> tuple[Table, list[str]]:
    """One channel as a table, and a line of name and digest for each file.

    `features` are the columns it must have, in order; None takes those of the first file.
    """
    started = time.perf_counter()
    files: list[CsvFile] = []
    wanted = list(features or ())
    for path in csv_files.find(directory, channel):
        name = f"{channel}/{path.relative_to(directory).as_posix()}"
        columns = csv_faults.header(path, name)
        if not wanted:
            _check_target(name, columns, target)
            wanted = [each for each in columns if each != target]
        _check_columns(name, columns, [*wanted, target], "the training channel's first file")
        files.append(csv_files.read(path, name, columns, target, wanted))
    _check_rows(files, channel)
    _check_missing(files, [*wanted, target])
    table = Table(_features(files, wanted), _labels(files, target))
    seconds = time.perf_counter() - started
    say(
        f"reading {channel}: {len(files)} {'file' if len(files) == 1 else 'files'}, {len(table.target)} rows, "
        f"{len(wanted)} features, {seconds:.2f} s"
    )
    return table, [f"{each.name}\0{each.digest}\n" for each in files]


def hold_out(table: Table, target: str, fraction: float, random_state: int) -> tuple[Table, Table]:
    """Split off `fraction` of the rows with every class in proportion; the same rows for the same seed.

    Raises:
        TrainingError: when a class has one row only, or the fraction leaves no row of a class on one side.
    """
    classes, counts = numpy.unique(table.target, return_counts=True)
    if counts.min() < 2:
        few = [shown(each) for each in classes[counts < 2]]
        raise TrainingError(
            f"target column {target!r}: class {', '.join(few[:5])} has one row only, and a stratified hold-out needs "
            f"two; add rows, drop the class, or give the job a validation channel"
        )
    held = numpy.ceil(len(table.target) * fraction)
    if held < len(classes) or len(table.target) - held < len(classes):
        raise TrainingError(
            f"validation_fraction {fraction}: leaves {held:.0f} of {len(table.target)} rows for validation, and each "
            f"side needs a row of each of the {len(classes)} classes; add rows or choose another fraction"
        )
    rows = numpy.arange(len(table.target))
    kept, held_out = train_test_split(rows, test_size=fraction, stratify=table.target, random_state=random_state)
    return table.take(kept), table.take(held_out)


def _check_target(name: str, columns: Sequence[str], target: str) -> None:
    if target in columns:
        if len(columns) == 1:
            raise TrainingError(f"{name}: has no column but the target {target!r}; add at least one feature")
        return
    close = difflib.get_close_matches(target.strip().lower(), [each.strip().lower() for each in columns], n=1)
    closest = next((each for each in columns if close and each.strip().lower() == close[0]), None)
    hint = f", closest is {closest!r}" if closest is not None else ""
    listed = ", ".join(map(repr, columns[:30])) + (f" and {len(columns) - 30} more" if len(columns) > 30 else "")
    raise TrainingError(
        f"{name}: has no target column {target!r}; its columns are {listed}{hint}; set the hyperparameter target_column"
    )


def _check_columns(name: str, columns: Sequence[str], expected: Sequence[str], where: str) -> None:
    missing = [repr(each) for each in expected if each not in columns]
    extra = [repr(each) for each in columns if each not in expected]
    faults = [f"lacks {', '.join(missing[:10])}"] if missing else []
    faults += [f"has {', '.join(extra[:10])} on top"] if extra else []
    if faults:
        raise TrainingError(
            f"{name}: its columns are not those of {where}: it {' and '.join(faults)}; give all files the same columns"
        )


def _check_rows(files: Sequence[CsvFile], channel: str) -> None:
    if not sum(each.table.num_rows for each in files):
        names = ", ".join(each.name for each in files[:5])
        raise TrainingError(f"channel {channel}: {names} holds a header and no rows; upload files with rows")


def _check_missing(files: Sequence[CsvFile], columns: Sequence[str]) -> None:
    counts = {column: sum(each.table.column(column).null_count for each in files) for column in columns}
    lacking = [column for column in columns if counts[column]]
    if not lacking:
        return
    told = []
    for column in lacking[:5]:
        file = next(each for each in files if each.table.column(column).null_count)
        place = csv_faults.first_line(file.path, file.name, column, csv_faults.is_missing)
        told.append(f"column {column!r} lacks {counts[column]} (first: {file.name}, line {place[0] if place else '?'})")
    more = f", and {len(lacking) - 5} more columns" if len(lacking) > 5 else ""
    raise TrainingError(f"missing values: {', '.join(told)}{more}; fill them in or drop the rows")


def _features(files: Sequence[CsvFile], names: Sequence[str]) -> pandas.DataFrame:
    """All rows as one float32 frame, column by column in memory: trees look at one column at a time."""
    rows = sum(each.table.num_rows for each in files)
    matrix = numpy.empty((rows, len(names)), dtype=numpy.float32, order="F")
    for place, name in enumerate(names):
        start = 0
        for file in files:
            for chunk in file.table.column(name).chunks:
                matrix[start : start + len(chunk), place] = chunk.to_numpy(zero_copy_only=False)
                start += len(chunk)
        if not numpy.isfinite(matrix[:, place]).all():
            raise _not_finite(files, name)
    return pandas.DataFrame(matrix, columns=list(names), copy=False)


def _not_finite(files: Sequence[CsvFile], column: str) -> TrainingError:
    for file in files:
        if place := csv_faults.first_line(file.path, file.name, column, csv_faults.is_not_finite):
            return TrainingError(
                f"{file.name}, line {place[0]}, column {column!r}: {shown(place[1])} is no finite 32-bit number; "
                f"scale the column or drop the row"
            )
    return TrainingError(f"column {column!r}: holds a number that is not finite; scale the column or drop the row")


def _labels(files: Sequence[CsvFile], target: str) -> NDArray[Any]:
    """The target column: whole numbers when every label in the files is one, else text."""
    column = pyarrow.chunked_array([chunk for each in files for chunk in each.table.column(target).chunks])
    encoded = column.unify_dictionaries().combine_chunks()
    encoded = encoded if isinstance(encoded, pyarrow.DictionaryArray) else encoded.chunk(0)
    words = [str(each) for each in encoded.dictionary.to_pylist()]
    labels = _label_values(words, target)
    places: NDArray[numpy.int32] = encoded.indices.to_numpy(zero_copy_only=False)
    return numpy.asarray(labels)[places]


def _label_values(words: Sequence[str], target: str) -> list[int] | list[str]:
    if not all(map(csv_faults.is_number, words)):
        return list(words)
    numbers = [float(each) for each in words]
    for word, number in zip(words, numbers, strict=True):
        if not number.is_integer():
            raise TrainingError(
                f"target column {target!r}: holds {shown(word)}, but a classifier needs classes, whole numbers or "
                f"words; put the values into classes, or set the hyperparameter target_column"
            )
    # Greater ones are identifiers, and floating point would make one of two.
    return [int(each) for each in numbers] if all(abs(each) < 2**53 for each in numbers) else list(words)


def _check_classes(table: Table, channel: str) -> None:
    classes = numpy.unique(table.target)
    if len(classes) < 2:
        raise TrainingError(
            f"channel {channel}: all {len(table.target)} rows are of one class, {shown(classes[0])}; "
            f"a classifier needs at least two: add rows of another class"
        )


def _same_classes(table: Table, training: Table, target: str) -> Table:
    """`table`, its labels of the training labels' type; raises for a class that training never saw."""
    if training.target.dtype.kind == "U":
        table = replace(table, target=table.target.astype(str))
    known = set(numpy.unique(training.target).tolist())
    unknown = [each for each in sorted(set(table.target.tolist()), key=str) if each not in known]
    if unknown:
        named, listed = (", ".join(map(shown, each)) for each in (unknown[:5], sorted(known)[:20]))
        raise TrainingError(
            f"channel validation: target column {target!r} holds the class {named}, which training does not; known are "
            f"{listed}: add training rows of that class, or drop the rows"
        )
    _check_classes(table, "validation")
    return table
