"""Says what is wrong with a CSV file that the fast reader refused: file, line, column, value, cure.

Slow and exact, line by line; runs only after something has gone wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def explain(  # noqa: PLR0913, PLR0917  # what is known of the file, and what is wanted of it
    path: Path, name: str, names: Sequence[str], wanted: Wanted, fault: str, dialect: Dialect
) -> TrainingError:
    """Why the fast reader stopped at `path`: the first line with a wrong number of fields, or text for a number.

    `names` are the columns in the file's own order; `fault` is what the fast reader said, told when nothing is found.
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
                for column, value in zip(names, row, strict=True):
                    if column in reasons and not wanted.takes(column, value, dialect):
                        return NotANumberError(
                            f"{name}, line {line}, column {column!r}: holds {shown(value)}, but {reasons[column]}",
                            column,
                        )
        if short:
            return _wrong_fields(name, *short, names, dialect, last=True)
    except TrainingError as error:
        return error
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
        return TrainingError(f"{place} and is the last line, so the file was cut off; upload it again")
    parted = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}.get(
        dialect.delimiter, shown(dialect.delimiter)
    )
    return TrainingError(
        f"{place}; quote fields that hold {parted}, and give every line the header's fields, or set csv_delimiter"
    )
