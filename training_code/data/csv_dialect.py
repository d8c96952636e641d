"""How one CSV file is written: found out from its first lines where that is certain, told by settings elsewhere."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow

from data import csv_numbers
from data.csv_numbers import PLAIN, Notation
from failure import TrainingError, shown
from options.hyperparameters import Hyperparameters

MISSING_WORDS = ("", "#N/A", "N/A", "NA", "n/a", "NULL", "null", "NaN", "nan", "-NaN", "-nan", "\\N")
"""What counts as a missing value, in features and in the target column. Source: the greater part of pandas' list, and
what Hive, MySQL and PostgreSQL write."""
_DELIMITERS = (",", ";", "\t", "|")
_START = 1 << 16
"""Bytes of a file that are looked at."""
_LINES = 200
_ESCAPED_QUOTE = re.compile(r'(?<!\\)((?:\\\\)*)\\"')
_HAS_ESCAPED_QUOTES = re.compile(r'(?:^|[,;\t|])"[^"\n]*\\"[^",;\t|\r\n]', re.MULTILINE)
"""Within quotes, a quote after a backslash and before more of the field: no reading but that of Spark's makes sense."""
_EXCELS_MARK = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line that Excel reads and writes, of which nothing is data."""
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY_ENCODINGS = ("cp1252", "cp1250", "iso8859-15")


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written. `skipped` are lines before everything else; `quote` None: nothing is quoted.

    With `blanks` there are some after delimiters that belong to nothing. Quotes within fields stand twice, or with
    `escaped` after a backslash, as Spark writes them.
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

    def is_missing(self, value: str) -> bool:
        """Whether a field counts as missing."""
        return value in self.missing

    def is_number(self, value: str) -> bool:
        """Whether a field is a number, or missing."""
        if self.is_missing(value):
            return True
        return csv_numbers.is_number(self.notation.plain(value))

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Python's own reader of such lines."""
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
    encoding = settings.csv_encoding or _encoding_of(start)
    text = _decoded(start, encoding, name)
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
    dialect = replace(dialect, blanks=_has_blanks(_rows(text, dialect)))
    if like and not (settings.csv_decimal or settings.csv_thousands):
        return replace(dialect, notation=like.notation)
    body = _rows(text, dialect)[1 if dialect.header else 0 :]
    columns = [[value for value in column if not dialect.is_missing(value)] for column in zip(*body, strict=False)]
    notation = csv_numbers.find_out(columns, delimiter, settings.csv_decimal, settings.csv_thousands, name)
    return replace(dialect, notation=notation)


def readings_of(raw: bytes) -> str:
    """Bytes that are not UTF-8, as several encodings read them."""
    return ", ".join(f"{shown(raw.decode(each, 'replace'), 20)} in {each}" for each in _LIKELY_ENCODINGS)


def not_text(name: str, line: str, raw: bytes, encoding: str) -> TrainingError:
    """The error for bytes that `encoding` does not read, with what others make of them."""
    return TrainingError(
        f"{name}{line}: is not {encoding.upper()} text; it may be {readings_of(raw)}: set the hyperparameter "
        f"csv_encoding, or save the file as UTF-8"
    )


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
        raise damaged(name, compression, error) from None


def damaged(name: str, compression: str | None, error: Exception) -> TrainingError:
    """The error for a file that cannot be unpacked, or not be read at all."""
    if compression:
        return TrainingError(
            f"{name}: cannot be unpacked, the {compression} file is damaged or cut off; upload it again"
        )
    return TrainingError(f"{name}: cannot be read ({shown(error, 120)}); upload it again")


def _encoding_of(start: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        every_second = start[offset:2000:2]
        if len(every_second) > 3 and every_second.count(0) > 0.7 * len(every_second):
            return encoding
    return "utf-8"


def _decoded(start: bytes, encoding: str, name: str) -> str:
    """The text of a file's start, without a line that is not whole."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    try:
        text = decoder.decode(start)
    except UnicodeDecodeError as error:
        line = start[: error.start].count(b"\n") + 1
        begin = max(start.rfind(sign, 0, error.start) for sign in (b"\n", b",", b";", b"\t", b"|", b'"', b" ")) + 1
        word = re.split(rb'[\n\r,;\t|"]', start[begin : begin + 40])[0]
        raise not_text(name, f", line {line}", word, encoding) from None
    if len(start) >= _START:
        text = text[: text.rfind("\n") + 1] or text
    return text


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
        return max(_DELIMITERS, key=lambda each: _likeness(rows[each]))
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
