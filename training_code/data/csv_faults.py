"""Says what is wrong with a CSV file that the fast reader refused: file, line, column, value, cure.

Slow and exact, line by line; runs only after something has gone wrong.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from failure import TrainingError, shown

MISSING_WORDS = ("", "#N/A", "N/A", "NA", "n/a", "NULL", "null", "NaN", "nan", "-NaN", "-nan")
"""What counts as a missing value, in features and in the target column."""


def open_text(path: Path) -> io.TextIOWrapper:
    """`path` as text, unpacked when its name ends in .gz; a byte order mark is left out."""
    if path.name.endswith(".gz"):
        return io.TextIOWrapper(gzip.GzipFile(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def rows(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank, header included, with the number of the line it starts on (from 1).

    Raises:
        TrainingError: when the file is not UTF-8 text, not whole as a gzip file, or not CSV.
    """
    line = 0
    try:
        with open_text(path) as text:
            reader = csv.reader(text)
            for row in reader:
                if row:
                    yield line + 1, row
                line = reader.line_num
    except UnicodeDecodeError:
        raise TrainingError(f"{name}, line {line + 1} or after: is not UTF-8 text; save the file as UTF-8") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise TrainingError(
            f"{name}: cannot be unpacked, the gzip file is damaged or cut off; upload it again"
        ) from None
    except csv.Error as error:
        raise TrainingError(
            f"{name}, line {line + 1}: is not CSV ({error}); a quote is not closed there, or write the file again"
        ) from None


def header(path: Path, name: str, named: bool = True) -> list[str]:
    """The column names in the first row; of a file without them (not `named`): column_1, column_2 and so on.

    Raises:
        TrainingError: when there is no row, or a name is empty or stands twice.
    """
    first = next(rows(path, name), None)
    if first is None:
        raise TrainingError(f"{name}: is empty; write a line of column names and the rows, or remove the file")
    if not named:
        return [f"column_{place}" for place in range(1, len(first[1]) + 1)]
    names = first[1]
    check_names(names, name)
    return names


def check_names(names: Sequence[str], name: str) -> None:
    """Raise a TrainingError when a column name is empty or stands twice."""
    twice = sorted(each for each, count in Counter(names).items() if count > 1)
    if twice:
        raise TrainingError(
            f"{name}: {_columns(twice)} stands more than once in the header; give each column a name of its own"
        )
    if "" in names:
        place = names.index("") + 1
        raise TrainingError(f"{name}: column {place} has no name in the header; give each column a name of its own")


def explain(  # noqa: PLR0913, PLR0917  # what is known of the file, and what is wanted of it
    path: Path, name: str, names: Sequence[str], numbers: Mapping[str, str], fault: str, named: bool = True
) -> TrainingError:
    """Why the fast reader stopped at `path`: the first line with a wrong number of fields, or text for a number.

    `names` are the columns in the file's own order; `numbers` has, for each column that must hold numbers, why and the
    cure; `fault` is what the fast reader said, told when nothing is found.
    """
    try:
        short: tuple[int, list[str]] | None = None
        for place, (line, row) in enumerate(rows(path, name)):
            if short:
                return _wrong_fields(name, *short, len(names), last=False)
            if len(row) < len(names):
                short = (line, row)
            elif len(row) > len(names):
                return _wrong_fields(name, line, row, len(names), last=False)
            elif place or not named:
                for column, value in zip(names, row, strict=True):
                    if column in numbers and not is_number(value):
                        return TrainingError(
                            f"{name}, line {line}, column {column!r}: holds {shown(value)}, but {numbers[column]}"
                        )
        if short:
            return _wrong_fields(name, *short, len(names), last=True)
    except TrainingError as error:
        return error
    return TrainingError(f"{name}: cannot be read as CSV ({shown(fault, 200)}); write the file again")


def first_line(  # noqa: PLR0913, PLR0917  # the same
    path: Path, name: str, names: Sequence[str], column: str, wanted: Callable[[str], bool], named: bool = True
) -> tuple[int, str] | None:
    """Number of the first line whose field in `column` is wanted, and the field; None when there is none."""
    place = list(names).index(column)
    for count, (line, row) in enumerate(rows(path, name)):
        if (count or not named) and wanted(row[place]):
            return line, row[place]
    return None


def is_number(value: str) -> bool:
    """Whether a field is a number to the fast reader, or missing."""
    if is_missing(value):
        return True
    try:
        return value.isascii() and not math.isnan(float(value)) and "_" not in value
    except ValueError:
        return False


def is_missing(value: str) -> bool:
    """Whether a field counts as missing."""
    return value in MISSING_WORDS


def exceeds(limit: float) -> Callable[[str], bool]:
    """Whether a field is a number beyond `limit` either way, or infinite."""
    return lambda value: is_number(value) and not is_missing(value) and not abs(float(value)) <= limit


def _wrong_fields(name: str, line: int, row: Sequence[str], expected: int, last: bool) -> TrainingError:
    place = f"{name}, line {line}: has {len(row)} of {expected} fields"
    if last and "\n" in row[-1]:
        return TrainingError(f"{place}, because a quote is opened there and never closed; close it or take it out")
    if last:
        return TrainingError(f"{place} and is the last line, so the file was cut off; upload it again")
    return TrainingError(f"{place}; quote fields that hold commas, and give every line the header's fields")


def _columns(names: Sequence[str]) -> str:
    return ("column " if len(names) == 1 else "columns ") + ", ".join(map(repr, names))
