"""How one CSV file is written: found out from its first lines where that is certain, told by settings elsewhere."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pyarrow

from data import csv_encoding, csv_numbers, spelled_numbers
from data.csv_numbers import PLAIN, Notation
from failure import TrainingError
from options.hyperparameters import Hyperparameters

MISSING_WORDS = (
    *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"),
    *("NULL", "NaN", "None", "n/a", "nan", "null", "NaT", "\\N"),
)
"""What counts as a missing value, in features and in the target column, with or without blanks around it. Source:
`pandas._libs.parsers.STR_NA_VALUES`, what pandas writes for no time, and what Hive, MySQL and PostgreSQL write."""
_DELIMITERS = (",", ";", "\t", "|")
_START = 1 << 16
"""Bytes of a file that are looked at."""
_LINES = 200
_ESCAPED_QUOTE = re.compile(r'(?<!\\)((?:\\\\)*)\\"')
_HAS_ESCAPED_QUOTES = re.compile(r'(?:^|[,;\t|])"[^"\n]*\\"[^",;\t|\r\n]', re.MULTILINE)
"""Within quotes, a quote after a backslash and before more of the field: no reading but that of Spark's makes sense."""
_EXCELS_MARK = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line that Excel reads and writes, of which nothing is data."""


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written. `skipped` are lines before everything else; `quote` None: nothing is quoted.

    With `blanks` there are some after delimiters that belong to nothing. Quotes within fields stand twice, or with
    `escaped` after a backslash, as Spark writes them. The `notation` is sure where numbers or settings show it.
    """

    encoding: str = "utf-8"
    compression: str | None = None
    delimiter: str = ","
    quote: str | None = '"'
    comment: str | None = None
    missing: tuple[str, ...] = MISSING_WORDS
    header: bool = True
    skipped: int = 0
    blanks: bool = False
    escaped: bool = False
    notation: Notation = PLAIN
    notation_is_sure: bool = False

    def is_missing(self, value: str) -> bool:
        """Whether a field counts as missing."""
        return value in self._missing or value.strip() in self._missing

    @cached_property
    def _missing(self) -> frozenset[str]:
        return frozenset(self.missing)

    def is_number(self, value: str) -> bool:
        """Whether a field is a number, or missing."""
        if self.is_missing(value):
            return True
        return csv_numbers.is_number(self.notation.plain(value))

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Python's own reader of such lines."""
        if self.delimiter == " ":
            lines = (line.strip(" \r\n") + "\n" for line in lines)  # columns that stand below each other
        return csv.reader(
            (_ESCAPED_QUOTE.sub(r'\1""', line) for line in lines) if self.escaped else lines,
            delimiter=self.delimiter,
            quotechar=self.quote or '"',
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            skipinitialspace=self.blanks,
        )


def told(settings: Hyperparameters) -> Dialect:
    """What the settings say, before any file is looked at."""
    return Dialect(
        quote=settings.csv_quote,
        comment=settings.csv_comment,
        missing=(*MISSING_WORDS, *(settings.csv_null_values or ())),
        header=settings.header,
    )


def find_out(
    path: Path, name: str, compression: str | None, settings: Hyperparameters, like: Dialect | None = None
) -> Dialect:
    """The dialect of one file; `like` is that of the channel's first file, which is tried before others.

    Raises:
        TrainingError: when the file may be read in two ways, with both and the setting that decides.
    """
    start = _start_of(path, name, compression)
    encoding = csv_encoding.encoding_of(start, name, settings.csv_encoding)
    text = csv_encoding.decoded(start, encoding, name, is_whole=len(start) < _START)
    dialect = replace(told(settings), encoding=encoding, compression=compression)
    if dialect.quote == '"':
        dialect = replace(dialect, escaped=bool((like and like.escaped) or _HAS_ESCAPED_QUOTES.search(text)))
    mark = _EXCELS_MARK.match(text)
    if mark:
        text, dialect = text[mark.end() :], replace(dialect, skipped=1)
    if dialect.comment:
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(dialect.comment))
    delimiter = settings.csv_delimiter or (mark and mark[1])
    if not delimiter and like and (rows := _rows(text, replace(dialect, delimiter=like.delimiter))) and _fits(rows):
        delimiter = like.delimiter
    delimiter = delimiter or _delimiter_of(text, dialect, name)
    dialect = replace(dialect, delimiter=delimiter)
    dialect = replace(dialect, blanks=delimiter == " " or _has_blanks(_rows(text, dialect)))
    body = _rows(text, dialect)[1 if dialect.header else 0 :]
    columns = list(zip(*body, strict=False))
    padded = {value for column in columns for value in column if dialect.is_missing(value)}
    dialect = replace(dialect, missing=(*dialect.missing, *sorted(padded.difference(dialect.missing))))
    return _with_notation(dialect, columns, settings, name, like)


def _with_notation(
    dialect: Dialect, columns: Iterable[Sequence[str]], settings: Hyperparameters, name: str, like: Dialect | None
) -> Dialect:
    """With the notation that the file's numbers show; where they show none, or two, it is that of the first file."""
    decimal, thousands = settings.csv_decimal, settings.csv_thousands
    known = like.notation if like and like.notation_is_sure else None
    there = ([value.strip() for value in column if not dialect.is_missing(value)] for column in columns)
    marked = [values for values in there if not all(map(str.isdigit, values))]
    bare = [[value if csv_numbers.is_number(value) else _bare(value) for value in values] for values in marked]
    seen = csv_numbers.find_out(bare, dialect.delimiter, decimal, thousands, name, known) or known
    return replace(dialect, notation=seen or PLAIN, notation_is_sure=bool(seen or decimal or thousands))


def _bare(value: str) -> str:
    found = spelled_numbers.bare(value)
    return found.number if found else value


def _start_of(path: Path, name: str, compression: str | None) -> bytes:
    try:
        with pyarrow.input_stream(str(path), compression=compression) as stream:
            start: bytes = stream.read(_START)
            if len(start) == _START:
                # A line of very many columns is longer than that.
                while b"\n" not in start[-_START:] and (more := stream.read(_START)):
                    start += more
            return start
    except (OSError, pyarrow.ArrowException) as error:
        raise csv_encoding.damaged(name, compression, error) from None


def _rows(text: str, dialect: Dialect) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in dialect.reader(io.StringIO(text, newline="")):
            if row:
                rows.append(row)
            if len(rows) == _LINES:
                break
    except csv.Error:
        pass  # the reading of the whole file says where
    return rows


def _fits(rows: Sequence[Sequence[str]]) -> bool:
    """Whether all rows have the fields of the first, or all of them one more: row names, or a delimiter at the end."""
    width = len(rows[0])
    body = {len(row) for row in rows[1:]}
    return width > 1 and (body <= {width} or body == {width + 1})


def _delimiter_of(text: str, dialect: Dialect, name: str) -> str:
    """The one delimiter that parts every line in the same way; where none does, the one that does for most lines."""
    rows = {each: _rows(text, replace(dialect, delimiter=each)) for each in _DELIMITERS}
    fitting = [each for each, found in rows.items() if found and _fits(found)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        blanks = _rows(text, replace(dialect, delimiter=" ", blanks=True))
        # Without a header anything may be parted by blanks.
        parts_nothing = dialect.header and all(len(found[0]) == 1 for found in rows.values() if found)
        return " " if blanks and parts_nothing and _fits(blanks) else max(rows, key=lambda each: _likeness(rows[each]))
    told = " or ".join(f"{len(rows[each][0])} with {_name(each)}" for each in fitting)
    raise TrainingError(
        f"{name}: may have {told} between the columns; set the hyperparameter csv_delimiter to "
        f"{' or '.join(map(_name, fitting))}"
    )


def _name(delimiter: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}[delimiter]


def _likeness(rows: Sequence[Sequence[str]]) -> float:
    """How many lines have the fields of the first, of those that it parts at all."""
    if not rows or len(rows[0]) < 2:
        return 0.0
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows)


def _has_blanks(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a blank stands after every delimiter."""
    fields = [field for row in rows for field in row[1:] if field]
    return bool(fields) and all(field.startswith(" ") for field in fields)
