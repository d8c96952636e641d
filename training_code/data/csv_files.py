"""Reads one CSV file, fast: once, in parallel, straight into the types that training takes.

Arrow reads what it can; what it cannot (comments, blanks after delimiters, quotes after backslashes) is written plainly
on the way to it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow
from pyarrow import compute
from pyarrow import csv as arrow_csv

from data import csv_faults, csv_text
from data.csv_dialect import Dialect
from data.csv_text import Layout
from data.data_file import FALSE, TRUE, DataFile, Wanted

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK = 1 << 20
"""Bytes that are parsed at a time. Source: the default of pyarrow.csv.ReadOptions."""
_FIELD = 64
"""Bytes of a field that a block has room for, however many columns there are: a line must fit into it."""
_ROWS, _WIDE_BLOCK = 64, 16 << 20
"""Rows that a block of a wide table has at least, up to so many bytes: each column of each block is an array."""
_PLAIN = Dialect()


def read(path: Path, name: str, layout: Layout, dialect: Dialect, wanted: Wanted) -> DataFile:
    """Read one file.

    Raises:
        TrainingError: when a line has a wrong number of fields, or text stands where a number is needed.
    """
    types = wanted.types_in_files()
    grouped = dialect.notation.thousands is not None
    arrives = {each: pyarrow.string() if grouped and wanted.is_number(each) else kind for each, kind in types.items()}
    with path.open("rb") as file:
        hashing = _Hashing(file)
        try:
            table = _table(path, name, hashing, layout, dialect, arrives)
            chunks = {each: _converted(table.column(each).chunks, types[each], dialect) for each in types}
        except (pyarrow.ArrowInvalid, OSError, UnicodeError) as error:
            raise csv_faults.explain(path, name, layout.columns, wanted, str(error), dialect) from error
        digest = hashing.finish()
    if any(_has_nan(chunks[each]) for each in types if wanted.is_number(each)):
        raise csv_faults.explain(path, name, layout.columns, wanted, "a number that is none", dialect)
    return DataFile(path, name, layout.columns, dialect, table.num_rows, chunks, digest)


def _table(  # noqa: PLR0913, PLR0917  # a file, and how it is written and read
    path: Path, name: str, hashing: _Hashing, layout: Layout, dialect: Dialect, types: dict[str, pyarrow.DataType]
) -> pyarrow.Table:
    written, skipped = dialect, layout.lines_before
    stream: Any = hashing
    if dialect.comment or dialect.blanks or dialect.escaped:
        stream, written, skipped = _Rewritten(csv_text.rows(path, name, dialect)), _PLAIN, 0
    convert = arrow_csv.ConvertOptions(
        column_types=types,
        include_columns=list(types),
        null_values=list(dialect.missing),
        strings_can_be_null=True,
        true_values=list(TRUE),
        false_values=list(FALSE),
        decimal_point=dialect.notation.decimal,
    )
    reading = arrow_csv.ReadOptions(
        column_names=list(layout.columns),
        skip_rows=skipped,
        skip_rows_after_names=1 if dialect.header else 0,
        block_size=max(_BLOCK, _FIELD * len(layout.columns), min(_WIDE_BLOCK, _ROWS * _FIELD * len(layout.columns))),
        encoding=written.encoding,
    )
    # Without newlines in values, a quote that is never closed swallows the rest of its block, in silence.
    parsing = arrow_csv.ParseOptions(
        delimiter=written.delimiter, quote_char=written.quote or False, newlines_in_values=written.quote is not None
    )
    source = pyarrow.input_stream(stream, compression=written.compression)
    return arrow_csv.read_csv(source, read_options=reading, parse_options=parsing, convert_options=convert)


def _converted(chunks: list[pyarrow.Array], kind: pyarrow.DataType, dialect: Dialect) -> list[pyarrow.Array]:
    """Numbers in groups of three arrive as text, true and false become numbers, everything else is what it is."""
    if pyarrow.types.is_boolean(kind):
        return [chunk.cast(pyarrow.int8()).cast(pyarrow.float64()) for chunk in chunks]
    if not chunks or chunks[0].type == kind or not pyarrow.types.is_string(chunks[0].type):
        return chunks
    numbers = []
    for chunk in chunks:
        plain = [None if text is None else dialect.notation.plain(text.strip()) for text in chunk.to_pylist()]
        numbers.append(pyarrow.array(plain, pyarrow.string()).cast(kind))
    return numbers


def _has_nan(chunks: list[pyarrow.Array]) -> bool:
    """Whether a word was read as NaN: what is missing by agreement is null, but `NAN` or `+nan` are no such words."""
    if not chunks or not pyarrow.types.is_floating(chunks[0].type):
        return False
    return compute.any(compute.is_nan(pyarrow.chunked_array(chunks))).as_py() is True


class _Stream(io.RawIOBase):
    def readable(self) -> bool:
        return True


class _Hashing(_Stream):
    """A file that is hashed while it is read: under FastFile a second reading would be a second download."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        count = self._file.readinto(view)
        self._digest.update(view[:count])
        return count

    def finish(self) -> str:
        """The digest of the whole file, read to its end."""
        while chunk := self._file.read(1 << 20):
            self._digest.update(chunk)
        return self._digest.hexdigest()


class _Rewritten(_Stream):
    """Rows as plain CSV, written while they are read."""

    def __init__(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        self._rows = rows
        self._rest = b""

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        if not self._rest:
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            for _, row in self._rows:
                writer.writerow(row)
                if text.tell() >= len(view):
                    break
            self._rest = text.getvalue().encode()
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
