"""What whole columns tell that their first lines do not: which hold nothing, identifiers or dates, and which numbers.

Only what no setting named is changed, and every change is a line in the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow
from pyarrow import compute

from data import column_kinds, column_notes, csv_numbers, dates, labels, spelled_columns
from data.csv_numbers import PLAIN
from data.data_file import CURE, DataFile, Wanted
from failure import TrainingError, shown
from options.hyperparameter_rules import DATE_PARTS
from options.hyperparameters import AUTO, Hyperparameters
from progress import say

_FEW_ROWS = 10
"""Below it every word may stand once only by chance."""
_NEARLY_EACH = 0.9
"""Share of the rows with a word of their own, from which words tell rows apart and not kinds of rows."""
_FEW_NUMBERS = 10
"""So many different numbers beside words may be names of categories, as grades are; more of them are measured."""
_SHOWN = 5


def settle(files: Sequence[DataFile], wanted: Wanted, settings: Hyperparameters) -> Wanted:
    """What the columns of the training channel hold, all rows considered; columns that are left out are taken out.

    Raises:
        TrainingError: for a column that is neither numbers nor words, or when no feature is left.
    """
    left_out: dict[str, str] = {}
    for name in wanted.features:
        if name not in wanted.guessed:
            continue
        why, wanted = _settled(files, name, wanted, settings)
        if why and not settings.feature_columns:
            left_out[name] = why
        elif why:
            say(f"note: column {name!r}: {why}; kept, because feature_columns names it")
    for name, why in left_out.items():
        say(f"note: column {name!r}: {why}: left out; feature_columns can keep it")
        for file in files:
            del file.chunks[name]
    settled = wanted.without(frozenset(left_out))
    if not settled.features:
        raise TrainingError(
            f"no feature is left beside the target {wanted.target!r}: "
            + "; ".join(f"column {name!r}: {why}" for name, why in left_out.items())
        )
    _tell_of_numbers(files, settled)
    _tell_of_missing(files, settled, settings)
    column_notes.tell_of_words(files, settled)
    column_notes.tell_of_identifiers(files, settled)
    return settled


def check_head(files: Sequence[DataFile], wanted: Wanted) -> None:
    """Judge what is read of the first lines only, by what no further line would cure.

    Raises:
        TrainingError: for words that stand in a column of measured numbers.
    """
    for name in wanted.features:
        if name not in wanted.guessed or name not in wanted.categories or name in wanted.told_dates:
            continue
        words = labels.distinct_words(files, name)
        if words and not column_kinds.are_dates(words) and not _may_be_numbers(files, name):
            _check_mixed(files, name, words)


def _may_be_numbers(files: Sequence[DataFile], name: str) -> bool:
    try:
        return spelled_columns.make_numbers(files, name)
    except TrainingError:  # they may be read in two ways, and the lines that follow may tell in which
        return True


def _settled(files: Sequence[DataFile], name: str, wanted: Wanted, settings: Hyperparameters) -> tuple[str, Wanted]:
    """Why a column is better left out, if it is, and what is wanted of it and the others."""
    rows, missing = sum(each.rows for each in files), sum(each.missing(name) for each in files)
    if missing == rows:
        return "has no value in any row", wanted
    if name not in wanted.categories:
        return "", wanted
    words = labels.distinct_words(files, name)
    named = name in wanted.told_dates
    if named or (settings.date_columns == AUTO and column_kinds.are_dates(words)):
        form = dates.form_of(words, name, settings.date_format, settings.date_parts)
        if form and form.parts:
            return "", wanted.with_dates(name, form)
        if named:
            raise TrainingError(_no_dates(files, name, words, settings))
    if spelled_columns.make_numbers(files, name):
        return "", wanted.with_numbers(name)
    if column_kinds.are_pair(words):
        return "", replace(wanted, pairs=wanted.pairs | {name})
    return _why_no_category(files, name, words, rows - missing), wanted


def _why_no_category(files: Sequence[DataFile], name: str, words: Sequence[str], rows: int) -> str:
    """Why the words of so many rows are no categories, if they are none."""
    if column_kinds.are_dates(words):
        return f"holds dates or times, such as {shown(words[0])}, which date_columns makes numbers of"
    _check_mixed(files, name, words)
    if len(words) >= _NEARLY_EACH * rows and rows >= _FEW_ROWS:
        return f"holds {len(words):,} different words in {rows:,} rows, as identifiers do"
    return ""


def _no_dates(files: Sequence[DataFile], name: str, words: Sequence[str], settings: Hyperparameters) -> str:
    """What is wrong with a column that the settings take for one of dates."""
    told = settings.date_format
    form = dates.form_of(words, name, told, settings.date_parts)
    if form:
        return f"column {name!r}: holds times of day, which have only hour and seconds; add one of them to date_parts"
    wrong = next((word for word in words if not dates.form_of([word], name, told or dates.ISO, DATE_PARTS)), words[0])
    places = ((each, each.first(name, lambda text: text.strip() == wrong.strip())) for each in files)
    file, place = next(((each, found) for each, found in places if found), (files[0], None))
    like = f"in the form {told}" if told else "in a form that is known"
    return (
        f"{file.name}, {place[0] if place else '?'}, column {name!r}: date_columns names it, and {shown(wrong)} is no "
        f"date or time {like}; set date_format to how they are written, such as %d.%m.%Y, or take the column out of "
        f"date_columns"
    )


def _check_mixed(files: Sequence[DataFile], name: str, words: Sequence[str]) -> None:
    """Raise a TrainingError for a column of measured numbers in which some words stand: a guess would be wrong."""
    notation = files[0].dialect.notation if files[0].dialect else PLAIN
    numbers = {word for word in words if csv_numbers.is_number(notation.plain(word.strip()))}
    others = [word for word in words if word not in numbers]
    if len(numbers) <= max(_FEW_NUMBERS, len(words) / 2):
        if others and len(numbers) >= len(others):
            column_notes.tell_of_numbers_among_words(name, numbers, others)
        return
    if not others:
        return  # text of a Parquet file, which is text because its writer says so
    places = ((each, each.first(name, lambda text: bool(text) and not csv_numbers.is_number(text))) for each in files)
    file, place = next((each, found) for each, found in places if found)
    told = ", ".join(map(shown, others[:_SHOWN])) + (
        f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
    )
    line = ", or take the line out where it is no row, such as a total" if len(others) == 1 else ""
    raise TrainingError(
        f"{file.name}, {place[0]}, column {name!r}: holds {told} among {len(numbers):,} different numbers; {CURE}{line}"
    )


def _tell_of_numbers(files: Sequence[DataFile], wanted: Wanted) -> None:
    """Say which columns tell nothing, or count the rows: they stay, because another night's data may be different."""
    constant, counting = list[str](), list[str]()
    for name in wanted.features:
        if name in wanted.dates or name in wanted.categories:
            if len(labels.distinct_words(files, name)) == 1 and not any(each.missing(name) for each in files):
                constant.append(name)
            continue
        pieces = pyarrow.chunked_array([chunk for each in files for chunk in each.chunks[name]])
        if pieces.null_count:
            continue
        # The two ends tell of nearly every column that it is neither, and cost nothing.
        first, last = pieces[0].as_py(), pieces[-1].as_py()
        if first == last and _is_constant(pieces):
            constant.append(name)
        elif len(pieces) >= _FEW_ROWS and last - first == len(pieces) - 1 and _counts(pieces):
            counting.append(name)
    if constant:
        it = "it" if len(constant) == 1 else "them"
        say(f"note: {_listed(constant)} the same value in each row: kept, and drop_columns can leave {it} out")
    if counting:
        it = "it" if len(counting) == 1 else "them"
        say(f"note: {_listed(counting, 'counts', 'count')} the rows: kept, and drop_columns can leave {it} out")


def _tell_of_missing(files: Sequence[DataFile], wanted: Wanted, settings: Hyperparameters) -> None:
    counts = {name: sum(each.missing(name) for each in files) for name in wanted.features}
    lacking = [f"{name!r} ({count:,})" for name, count in counts.items() if count]
    if lacking and settings.missing_values not in ("error", "keep"):
        how = "kept" if settings.missing_values == "auto" else f"filled: {settings.missing_values}"
        more = f" and {len(lacking) - _SHOWN} more columns" if len(lacking) > _SHOWN else ""
        say(f"note: missing values in {', '.join(lacking[:_SHOWN])}{more}: {how}; missing_values decides")


def _is_constant(values: pyarrow.ChunkedArray) -> bool:
    limits: dict[str, Any] = compute.min_max(values).as_py()
    return bool(limits["min"] == limits["max"])


def _counts(values: pyarrow.ChunkedArray) -> bool:
    numbers = values.to_numpy()
    return bool((numbers[1:] - numbers[:-1] == 1).all())


def _listed(names: Sequence[str], one: str = "has", more: str = "have") -> str:
    told = ", ".join(map(repr, names[:_SHOWN])) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    return f"column {told} {one}" if len(names) == 1 else f"columns {told} {more}"
