"""Which rows are trained on and which are held out to judge by: by chance and class, by time, or by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from data import csv_numbers, dates, labels
from data.csv_numbers import Notation
from failure import TrainingError, shown
from options.estimators import CLASSIFICATION
from options.hyperparameters import Hyperparameters
from progress import say

Rows = NDArray[numpy.intp]


@dataclass(frozen=True)
class SplitColumn:
    """The column that decides: for each row the place of its word in `words`."""

    name: str
    codes: NDArray[Any]
    words: Sequence[str]
    notation: Notation = csv_numbers.PLAIN
    """How the files write numbers; as in the files, words that are numbers are not read yet."""


def hold_out(
    target: NDArray[Any], column: str, settings: Hyperparameters, split: SplitColumn | None = None
) -> tuple[Rows, Rows]:
    """The rows to train on and those held out; the same for the same seed. `column` is the target's name.

    Raises:
        TrainingError: when the fraction leaves too few rows on one side, or `split` does not tell rows apart.
    """
    if split is None:
        kept, held = _by_chance(target, column, settings)
        how = f"{'stratified, ' if settings.task == CLASSIFICATION else ''}seed {settings.random_state}"
    elif settings.split_by_time:
        kept, held, since = _by_time(split, settings)
        how = f"those from {since} on, by column {split.name!r}"
    else:
        kept, held, count = _by_group(split, settings)
        how = f"{count} of {len(split.words)} groups of column {split.name!r}, seed {settings.random_state}"
    if split is not None and settings.task == CLASSIFICATION:
        held = _of_known_classes(target, column, kept, held)
    say(f"holding out: {len(held)} of {len(target)} rows, {how}")
    return kept, held


def _by_chance(target: NDArray[Any], column: str, settings: Hyperparameters) -> tuple[Rows, Rows]:
    """Every class in proportion."""
    fraction, count, stratify = settings.validation_fraction, len(target), None
    rows, alone = numpy.arange(count), numpy.empty(0, dtype=numpy.intp)
    held = numpy.ceil(count * fraction)
    if settings.task == CLASSIFICATION:
        classes, stratify = labels.coded(target)
        alone = _rows_of_their_own_class(classes, stratify, column)
        if len(alone):
            classes = numpy.delete(classes, stratify[alone])
            rows = numpy.delete(rows, alone)
            stratify = stratify[rows]
        _check_strata(classes, len(rows), fraction)
    elif held < 2 or count - held < 2:
        raise TrainingError(
            f"validation_fraction {fraction}: leaves {held:.0f} of {count} rows for validation, and each side needs "
            f"two; add rows or choose another fraction"
        )
    from sklearn.model_selection import train_test_split

    kept, held_out = train_test_split(rows, test_size=fraction, stratify=stratify, random_state=settings.random_state)
    return numpy.concatenate([kept, alone]), held_out


def _rows_of_their_own_class(classes: NDArray[Any], codes: NDArray[Any], column: str) -> Rows:
    """The rows of classes that have one row only: nobody can both learn from it and be judged by it."""
    few = numpy.bincount(codes) < 2
    if few.all() or not few.any():
        return numpy.empty(0, dtype=numpy.intp)
    say(
        f"note: target column {column!r}: class {_listed(classes[few])} has one row only, which is trained on, and "
        f"not judged by; add rows, or give the job a validation channel"
    )
    places = numpy.flatnonzero(few[codes])
    return places[numpy.argsort(codes[places])]


def _check_strata(classes: NDArray[Any], rows: int, fraction: float) -> None:
    held = numpy.ceil(rows * fraction)
    if held < len(classes) or rows - held < len(classes):
        raise TrainingError(
            f"validation_fraction {fraction}: leaves {held:.0f} of {rows} rows for validation, and each "
            f"side needs a row of each of the {len(classes)} classes; add rows or choose another fraction"
            f"{labels.hint_at_regression(classes)}"
        )


def _by_time(split: SplitColumn, settings: Hyperparameters) -> tuple[Rows, Rows, str]:
    """The latest rows are held out, and no time is on both sides; also the first word that is held out."""
    times = _times(split, settings)
    order = numpy.sort(times[split.codes])
    place = len(order) - int(numpy.ceil(len(order) * settings.validation_fraction))
    boundary = order[max(place, 0)]
    early, late = (int(numpy.searchsorted(order, boundary, side)) for side in ("left", "right"))
    if early == 0 and late == len(order):
        raise TrainingError(
            f"split_by_time: all rows have the same time, {shown(split.words[0])}, in column {split.name!r}; choose "
            f"another column, or leave out split_by_time"
        )
    # All rows of the time at the boundary go to the side that leaves the fraction nearest to what is asked for.
    cut = early if late == len(order) or (early > 0 and place - early <= late - place) else late
    held = times[split.codes] >= order[cut]
    since = split.words[int(numpy.argmin(numpy.where(times >= order[cut], times, numpy.inf)))]
    return numpy.flatnonzero(~held), numpy.flatnonzero(held), since


def _times(split: SplitColumn, settings: Hyperparameters) -> NDArray[numpy.float64]:
    """Each word of the column as a number that grows with time."""
    for notation in () if settings.date_format else (split.notation, csv_numbers.PLAIN):
        numbers = [notation.plain(each.strip()) for each in split.words]
        if all(map(csv_numbers.is_number, numbers)):
            return numpy.array([float(each) for each in numbers])
    form = dates.form_of(split.words, split.name, settings.date_format, ("seconds",))
    if form is None:
        raise TrainingError(
            f"split_by_time: column {split.name!r} holds {_listed(split.words)}, and not all of it are numbers, or "
            f"dates in one form; set date_format to how they are written, such as %d.%m.%Y, or choose another column"
        )
    return form.numbers(split.words)[:, 0]


def _by_group(split: SplitColumn, settings: Hyperparameters) -> tuple[Rows, Rows, int]:
    """Each group is on one side as a whole; also the number of groups that are held out."""
    if len(split.words) < 2:
        raise TrainingError(
            f"split_by_group: all rows are of one group, {shown(split.words[0])}, in column {split.name!r}; choose "
            f"another column, or leave out split_by_group"
        )
    from sklearn.model_selection import GroupShuffleSplit

    splitter = GroupShuffleSplit(n_splits=1, test_size=settings.validation_fraction, random_state=settings.random_state)
    ((kept, held),) = splitter.split(split.codes, groups=split.codes)
    return kept, held, len(numpy.unique(split.codes[held]))


def _of_known_classes(target: NDArray[Any], column: str, kept: Rows, held: Rows) -> Rows:
    """Those of the held-out rows whose class is among those that are trained on: nobody can foresee the others."""
    known, _ = labels.counted(target[kept])
    if len(known) < 2:
        raise TrainingError(
            f"target column {column!r}: all {len(kept)} rows that are left to train on are of one class, "
            f"{shown(known[0])}; choose another validation_fraction, or another column to split by"
        )
    foreseen = numpy.isin(target[held], known)
    if not foreseen.all():
        others, _ = labels.counted(target[held][~foreseen])
        say(
            f"note: target column {column!r}: class {_listed(others)} is in held-out rows only: {(~foreseen).sum()} "
            f"rows are not judged by"
        )
    if not foreseen.any():
        raise TrainingError(
            f"target column {column!r}: no held-out row is of a class that is trained on; choose another "
            f"validation_fraction, or another column to split by"
        )
    return held[foreseen]


def _listed(values: Sequence[Any] | NDArray[Any]) -> str:
    return ", ".join(shown(each) for each in values[:5]) + (" and more" if len(values) > 5 else "")
