"""One CSV file as Python reads it, row by row and line by line: slow, exact, and for every dialect."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow

from data import csv_encoding, csv_numbers
from data.csv_dialect import Dialect
from failure import TrainingError

_NO_NAME = "\0"
ROW_NAMES, EMPTY = f"{_NO_NAME}row names", f"{_NO_NAME}empty "
"""What stands for columns that have no name and are none: row names before all others, and with their place those in
which nothing stands, as after a delimiter at each line's end."""
_BLANKS = " \t\r\n\x1a"
"""What a line without any value may hold; 1A is the end of a text file to DOS."""
_LONGEST_FIELD = 64 << 20
"""Characters: a text has room, and a quote that is never closed does not fill the memory with the rest of a file."""
_LOOK = 200


@dataclass(frozen=True)
class Layout:
    """The columns of a file in its order, those without a name included, and the lines before its first row."""

    columns: tuple[str, ...]
    lines_before: int


def is_named(column: str) -> bool:
    """Whether a column of a layout has a name."""
    return not column.startswith(_NO_NAME)


class _Lines(Iterator[str]):
    """The lines of a text that are no comments. `number` is that of the last one, `first` that of a row's first."""

    def __init__(self, text: io.TextIOBase, dialect: Dialect) -> None:
        self._text, self._comment, self._skipped = text, dialect.comment, dialect.skipped
        self.number = 0
        self.first = 0

    def __next__(self) -> str:
        for line in self._text:
            self.number += 1
            if self.number <= self._skipped or (self._comment and line.startswith(self._comment)):
                continue
            self.first = self.first or self.number
            return line
        raise StopIteration


def rows(
    path: Path, name: str, dialect: Dialect, passed: Counter[str] | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Every row that holds something, header included, with the number of the line it starts on (from 1).

    Rows that hold nothing, as Excel writes them at the end, and the header once more, as in files that were put one
    behind the other, are no rows; they are counted in `passed`.

    Raises:
        TrainingError: when the file is not text in its encoding, not whole, or not CSV.
    """
    header: list[str] | None = None
    for line, row in _all_rows(path, name, dialect):
        if not any(field.strip(_BLANKS) for field in row):
            what = "without any value"
        elif row == header:
            what = "that are the header once more"
        else:
            header = header or (row if dialect.header else [])
            yield line, row
            continue
        if passed is not None:
            passed[what] += 1


def _all_rows(path: Path, name: str, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_FIELD)  # texts may be long
    lines = None
    try:
        with _open(path, dialect) as text:
            lines = _Lines(text, dialect)
            reader = dialect.reader(lines)
            while True:
                lines.first = 0
                row = next(reader, None)
                if row is None:
                    return
                if row:
                    yield lines.first, row
    except UnicodeError as error:
        raw = error.object[error.start : error.start + 10] if isinstance(error, UnicodeDecodeError) else b""
        line = f", line {lines.number + 1 if lines else 1} or after"
        raise csv_encoding.not_text(name, line, raw, dialect.encoding) from None
    except (OSError, EOFError, pyarrow.ArrowException) as error:
        raise csv_encoding.damaged(name, dialect.compression, error) from None
    except csv.Error as error:
        line = f", line {lines.first if lines else 1}"
        raise TrainingError(
            f"{name}{line}: is not CSV ({error}); a quote is not closed there, or write the file again"
        ) from None


def layout(path: Path, name: str, dialect: Dialect) -> Layout:
    """The column names in the first row; of a file without them: column_1, column_2 and so on.

    Raises:
        TrainingError: when there is no row, or a name is empty or stands twice.
    """
    look = list(islice(rows(path, name, dialect), _LOOK))
    if not look:
        raise TrainingError(f"{name}: is empty; write a line of column names and the rows, or remove the file")
    line, first = look[0]
    if not dialect.header:
        names = [f"column_{place}" for place in range(1, len(first) + 1)]
        if len(names) > 1 and not any(row[-1] for _, row in look):
            names[-1] = f"{EMPTY}{len(names) - 1}"
        return Layout(tuple(names), line - 1)
    starts_quoted = len(look) > 1 and _starts_quoted(path, dialect, look[1][0])
    try:
        return Layout(_named(first, [row for _, row in look[1:]], name, starts_quoted), line - 1)
    except TrainingError as error:
        raise TrainingError(f"{error}{_hint_at_titles(look)}") from None


def columns_by_position(path: Path, name: str, dialect: Dialect, known: Sequence[str]) -> Layout | None:
    """The columns of a file whose first row is data, those `known` from another file; None if its first row may not be.

    It is data when a field of it is a number, and none is the name of a column.
    """
    line, first = next(rows(path, name, dialect), (1, []))
    if len(first) != len(known) or set(first) & set(known):
        return None
    if not any(dialect.is_number(field) and not dialect.is_missing(field) for field in first):
        return None
    return Layout(tuple(known), line - 1)


def hint_at_no_header(names: Sequence[str]) -> str:
    """What cures names of columns that are the values of a row; "" where none of them is a number."""
    return "; where the first line is a row, set header to none" if any(map(csv_numbers.is_number, names)) else ""


def _hint_at_titles(look: Sequence[tuple[int, Sequence[str]]]) -> str:
    """What cures a header that is a title above the table: where a later line has more names, and no number."""
    named = sum(map(bool, look[0][1]))
    for line, row in look[1:]:
        if len(row) > named and all(row) and _stand_once(row) and not any(map(csv_numbers.is_number, row)):
            return f"; line {line} looks like the header: take out what stands above it"
    return ""


def check_names(names: Sequence[str], name: str) -> None:
    """Raise a TrainingError when a column name is empty or stands twice."""
    twice = sorted(each for each, count in Counter(names).items() if count > 1 and each)
    if twice:
        columns = ("column " if len(twice) == 1 else "columns ") + ", ".join(map(repr, twice))
        raise TrainingError(
            f"{name}: {columns} stands more than once in the header; give each column a name of its own"
            f"{hint_at_no_header(names)}"
        )
    if "" in names:
        place = names.index("") + 1
        raise TrainingError(
            f"{name}: column {place} has no name in the header; give each column a name of its own"
            f"{hint_at_no_header(names)}"
        )


def _named(first: Sequence[str], body: Sequence[Sequence[str]], name: str, starts_quoted: bool) -> tuple[str, ...]:
    stripped = [each.strip() for each in first]
    names = stripped if len(set(stripped)) == len(set(first)) else list(first)
    widths = {len(row) for row in body}
    if widths == {len(names) + 1}:
        if not any(row[-1] for row in body):
            names.append("")
        elif starts_quoted and _stand_once([row[0] for row in body]):
            names.insert(0, ROW_NAMES)
    if widths == {len(names)}:
        nothing = [place for place, each in enumerate(names) if not each and not any(row[place] for row in body)]
        if len(names) - len(nothing) > 1:
            names = [f"{EMPTY}{place}" if place in nothing else each for place, each in enumerate(names)]
        if not names[0] and len(names) > 2 and _name_rows([row[0] for row in body]):
            names[0] = ROW_NAMES
    check_names(names, name)
    return tuple(names)


def _name_rows(values: Sequence[str]) -> bool:
    """Whether values without a name are those that pandas writes, numbers that may begin again, or the names of R."""
    return len(values) > 1 and (_stand_once(values) or all(each.isdecimal() for each in values))


def _stand_once(values: Sequence[str]) -> bool:
    return len(values) > 1 and len(set(values)) == len(values)


def _starts_quoted(path: Path, dialect: Dialect, line: int) -> bool:
    """Whether the first field of a line is certainly one of its own.

    A row with a field more than the header begins with a row name, or a number with a comma in it was parted in two.
    """
    if dialect.delimiter != ",":
        return True
    with _open(path, dialect) as text:
        start = next(islice(text, line - 1, None), "")
    return bool(dialect.quote) and start.lstrip().startswith(str(dialect.quote))


def _open(path: Path, dialect: Dialect) -> io.TextIOWrapper:
    stream = pyarrow.input_stream(str(path), compression=dialect.compression)
    encoding = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    return io.TextIOWrapper(stream, encoding=encoding, newline="")
