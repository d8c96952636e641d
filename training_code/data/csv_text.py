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

from data import csv_dialect, csv_numbers
from data.csv_dialect import Dialect
from failure import TrainingError

ROW_NAMES, LINE_END = "\0row names", "\0line end"
"""What stands for columns that have no name and are none: row names before all others, an empty field after them."""
_LOOK = 200


@dataclass(frozen=True)
class Layout:
    """The columns of a file in its order, ROW_NAMES and LINE_END included, and the lines before its first row."""

    columns: tuple[str, ...]
    lines_before: int


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


def rows(path: Path, name: str, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank, header included, with the number of the line it starts on (from 1).

    Raises:
        TrainingError: when the file is not text in its encoding, not whole, or not CSV.
    """
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
        raise csv_dialect.not_text(name, line, raw, dialect.encoding) from None
    except (OSError, EOFError, pyarrow.ArrowException) as error:
        raise csv_dialect.damaged(name, dialect.compression, error) from None
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
        return Layout(tuple(f"column_{place}" for place in range(1, len(first) + 1)), line - 1)
    return Layout(_named(first, [row for _, row in look[1:]], name), line - 1)


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


def _named(first: Sequence[str], body: Sequence[Sequence[str]], name: str) -> tuple[str, ...]:
    names = list(first)
    widths = {len(row) for row in body}
    ends_empty = bool(body) and not any(row[-1] for row in body)
    if widths == {len(names) + 1}:
        names = [*names, LINE_END] if ends_empty else [ROW_NAMES, *names]
    elif len(names) > 1 and not names[-1] and ends_empty:
        names[-1] = LINE_END
    if not names[0] and len(names) > 2 and _name_rows([row[0] for row in body]):
        names[0] = ROW_NAMES
    check_names(names, name)
    return tuple(names)


def _name_rows(values: Sequence[str]) -> bool:
    """Whether each value stands once only, as the numbers that pandas writes, or the names that R does."""
    return len(values) > 1 and len(set(values)) == len(values)


def _open(path: Path, dialect: Dialect) -> io.TextIOWrapper:
    stream = pyarrow.input_stream(str(path), compression=dialect.compression)
    encoding = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    return io.TextIOWrapper(stream, encoding=encoding, newline="")
