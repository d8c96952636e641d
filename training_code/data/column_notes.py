"""What a reader is told of columns that may be meant otherwise than they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow
from pyarrow import compute

from data import labels
from data.data_file import DataFile, Wanted
from failure import shown
from options.estimators import CLASSIFICATION
from progress import say

_ENOUGH_ROWS = 50
"""Below it whole numbers that were measured may all be different."""
_SAMPLE, _LOOK = 1000, 50_000
"""Rows that are looked at first, and rows that are looked at in all."""
_MANY_WORDS, _MANY_OF_ROWS = 20, 0.3
"""So many words may be names of single things."""
_SHOWN = 5


def tell_of_words(files: Sequence[DataFile], wanted: Wanted) -> None:
    """Say which words of one column differ in case or blanks only, which a person takes for the same."""
    rows = sum(each.rows for each in files)
    for name in wanted.words:
        if (count := labels.count_words(files, name)) > max(_MANY_WORDS, rows * _MANY_OF_ROWS):
            say(
                f"note: column {name!r}: its {count:,} words in {rows:,} rows are categories; drop_columns can leave "
                f"it out"
            )
    target = [wanted.target] if wanted.task == CLASSIFICATION else []
    for name in [*wanted.words, *target]:
        alike = _alike(labels.distinct_words(files, name))
        if alike and name not in wanted.pairs:
            what = "classes" if name in target else "categories"
            told = " and ".join(map(shown, alike[:_SHOWN]))
            say(f"note: column {name!r}: {told} differ in case or blanks only, and are {what} of their own")
    if target and (hint := labels.hint_at_regression(labels.distinct_words(files, wanted.target))):
        say(f"note: target column {wanted.target!r}: holds many different numbers, each a class of its own{hint}")


def tell_of_numbers_among_words(name: str, numbers: Iterable[str], words: Sequence[str]) -> None:
    """Say that numbers are read as categories, because of words among them."""
    few = ", ".join(map(shown, words[:_SHOWN])) + (" and more" if len(words) > _SHOWN else "")
    say(
        f"note: column {name!r}: holds {few} beside {', '.join(sorted(numbers)[:_SHOWN])}: all of them are categories; "
        f"name in csv_null_values what means a missing value"
    )


def tell_of_identifiers(files: Sequence[DataFile], wanted: Wanted) -> None:
    """Say which columns have a whole number of its own in each row, but for those that count the rows."""
    for name in wanted.numbers:
        pieces = pyarrow.chunked_array([chunk for each in files for chunk in each.chunks[name]])
        if len(pieces) < _ENOUGH_ROWS or pieces.null_count or pieces[0].as_py() % 1 or pieces[-1].as_py() % 1:
            continue  # the two ends tell of most numbers that they are measured
        looked_at = pieces.slice(0, _LOOK)
        if _has_its_own(pieces.slice(0, _SAMPLE)) and _has_its_own(looked_at) and not _counts(looked_at):
            where = "each row" if len(looked_at) == len(pieces) else f"each of the first {_LOOK:,} rows"
            say(
                f"note: column {name!r} has a whole number of its own in {where}, as identifiers have: kept, and "
                f"drop_columns can leave it out"
            )


def _has_its_own(values: pyarrow.ChunkedArray) -> bool:
    whole = compute.all(compute.equal(compute.floor(values), values)).as_py()
    return bool(whole and compute.count_distinct(values).as_py() == len(values))


def _counts(values: pyarrow.ChunkedArray) -> bool:
    numbers = values.to_numpy()
    return bool((numbers[1:] - numbers[:-1] == 1).all())


def _alike(words: Sequence[str]) -> list[str]:
    """The first words that are the same to a person."""
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(" ".join(word.split()).casefold(), []).append(word)
    return next((each for each in found.values() if len(each) > 1), [])
