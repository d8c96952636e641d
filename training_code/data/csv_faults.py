"""Says what is wrong with a CSV file that the fast reader refused: file, line, column, value, cure.

Slow and exact, line by line; runs only after something has gone wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from data import csv_numbers, csv_text
from data.csv_dialect import Dialect
from failure import TrainingError, shown

if TYPE_CHECKING:
    from data.data_file import Wanted


class NotANumberError(TrainingError):
    """A `column` was taken for numbers, and holds something else."""

    def __init__(self, message: str, column: str) -> None:
        super().__init__(message)
        self.column = column


def explain(  # what is known of the file, and what is wanted of it
    path: Path, name: str, names: Sequence[str], wanted: Wanted, dialect: Dialect
) -> TrainingError | None:
    """Why the fast reader stopped at `path`: the first line with a wrong number of fields, or text for a number.

    `names` are the columns in the file's own order; None when every row is right.
    """
    reasons = wanted.reasons()
    try:
        short: tuple[int, list[str]] | None = None
        for place, (line, row) in enumerate(csv_text.rows(path, name, dialect)):
            if not place and dialect.header:
                continue
            if short:
                return _wrong_fields(name, *short, names, dialect, last=False)
            if len(row) < len(names):
                short = (line, row)
            elif len(row) > len(names):
                return _wrong_fields(name, line, row, names, dialect, last=False)
            else:
                wrong = next(
                    (each for each in zip(names, row, strict=True) if not _is_right(*each, reasons, wanted, dialect)),
                    None,
                )
                if wrong:
                    return _wrong_value(f"{name}, line {line}", *wrong, wanted, dialect)
        if short:
            return _wrong_fields(name, *short, names, dialect, last=True)
    except TrainingError as error:
        return error
    return None


def _is_right(column: str, value: str, needed: Mapping[str, str], wanted: Wanted, dialect: Dialect) -> bool:
    if column.startswith(csv_text.EMPTY):
        return dialect.is_missing(value)
    return column not in needed or wanted.takes(column, value, dialect)


def _wrong_value(place: str, column: str, value: str, wanted: Wanted, dialect: Dialect) -> TrainingError:
    if column.startswith(csv_text.EMPTY):
        number = int(column.removeprefix(csv_text.EMPTY)) + 1
        return TrainingError(
            f"{place}: holds {shown(value)} in column {number}, which has no name in the header, and in the first rows "
            f"no value; give it a name, or quote fields that hold {_parted(dialect)}"
        )
    return NotANumberError(f"{place}, column {column!r}: holds {shown(value)}, but {wanted.reasons()[column]}", column)


def unreadable(name: str, fault: str) -> TrainingError:
    """The error for a file in which every row is right, and that Arrow does not read for what it says."""
    return TrainingError(f"{name}: cannot be read as CSV ({shown(fault, 200)}); write the file again")


def first_line(  # noqa: PLR0913, PLR0917  # the same
    path: Path, name: str, names: Sequence[str], column: str, wanted: Callable[[str], bool], dialect: Dialect
) -> tuple[int, str] | None:
    """Number of the first line whose field in `column` is wanted, and the field; None when there is none."""
    place = list(names).index(column)
    for count, (line, row) in enumerate(csv_text.rows(path, name, dialect)):
        if count or not dialect.header:
            text = "" if dialect.is_missing(row[place]) else dialect.notation.plain(row[place])
            if wanted(text):
                return line, row[place]
    return None


def is_missing(value: str) -> bool:
    """Whether a field counts as missing: what `first_line` asks with then."""
    return not value


def exceeds(limit: float) -> Callable[[str], bool]:
    """Whether a field is a number beyond `limit` either way, or infinite."""
    return lambda value: csv_numbers.is_number(value) and not abs(float(value)) <= limit


def _wrong_fields(  # noqa: PLR0913, PLR0917  # the same
    name: str, line: int, row: Sequence[str], names: Sequence[str], dialect: Dialect, last: bool
) -> TrainingError:
    place = f"{name}, line {line}: has {len(row)} of {len(names)} fields"
    if last and "\n" in row[-1]:
        return TrainingError(f"{place}, because a quote is opened there and never closed; close it or take it out")
    if last:
        return TrainingError(
            f"{place} and is the last line: the file was cut off, or that is a note below the table; upload it "
            "again, or take the line out"
        )
    return TrainingError(
        f"{place}; quote fields that hold {_parted(dialect)}, and give every line the header's fields, or set "
        f"csv_delimiter"
    )


def _parted(dialect: Dialect) -> str:
    names = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes", " ": "blanks"}
    return names.get(dialect.delimiter, shown(dialect.delimiter))
