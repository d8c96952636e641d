"""Columns of numbers that were read as words: for what stands around the numbers, or instead of missing ones."""

from __future__ import annotations

from collections.abc import Sequence

from data import labels, spelled_numbers
from data.csv_faults import NotANumberError
from data.csv_numbers import PLAIN, Notation
from data.data_file import DataFile, Wanted
from failure import shown
from progress import say


def make_numbers(files: Sequence[DataFile], column: str) -> bool:
    """Make numbers of a column's words in all files, and say so, if each of them is one.

    Nothing is changed where one is no number, or there are two units.

    Raises:
        TrainingError: when the numbers may be read in two ways.
    """
    notations, values = list[Notation](), list[tuple[str, float | None]]()
    for file in files:
        words = labels.distinct_words([file], column)
        notations.append(_notation_of(words, file))
        values += [(word, spelled_numbers.value_of(word, notations[-1])) for word in words]
    unit = spelled_numbers.common_unit(values)
    is_text = not unit and not any(file.dialect for file in files)  # of Parquet: because its writer says so
    truths = all(word.strip() in spelled_numbers.TRUTH for word, _ in values)
    if unit is None or (is_text and not truths):
        return False
    for file, notation in zip(files, notations, strict=True):
        _convert(file, column, notation)
    for word, value in values:
        if not truths and (unit in word if unit else value != spelled_numbers.plain_value_of(word, notations[0])):
            say(f"note: column {column!r}: {shown(word)} and the like are read as numbers, {value:g}")
            break
    return True


def convert(file: DataFile, column: str, wanted: Wanted) -> None:
    """Make numbers of a column's words in one file, as it was done in the training channel's.

    Raises:
        NotANumberError: naming the place of a word that is none.
    """
    words = labels.distinct_words([file], column)
    notation = _notation_of(words, file)
    wrong = {word for word in words if spelled_numbers.value_of(word, notation) is None}
    if wrong:
        place = file.first(column, lambda text: text in wrong) or ("?", min(wrong))
        raise NotANumberError(
            f"{file.name}, {place[0]}, column {column!r}: holds {shown(place[1])}, but {wanted.reasons()[column]}",
            column,
        )
    _convert(file, column, notation)


def _notation_of(words: Sequence[str], file: DataFile) -> Notation:
    if file.dialect is None:
        return spelled_numbers.notation_of(words, PLAIN, ",", is_sure=False)
    return spelled_numbers.notation_of(
        words, file.dialect.notation, file.dialect.delimiter, is_sure=file.dialect.notation_is_sure
    )


def _convert(file: DataFile, column: str, notation: Notation) -> None:
    file.chunks[column] = [
        spelled_numbers.converted(chunk, lambda word: spelled_numbers.value_of(word, notation))
        for chunk in file.chunks[column]
    ]
