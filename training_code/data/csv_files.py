"""Reads one CSV file, fast: once, in parallel, straight into the types that training takes.

Arrow reads what it can; what it cannot (comments, blanks after delimiters, quotes after backslashes) is written plainly
on the way to it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import compute
from pyarrow import csv as arrow_csv

from data import csv_faults, csv_numbers, csv_text
from data.csv_dialect import Dialect
from data.csv_numbers import PLAIN, Notation
from data.csv_streams import Hashing, Rewritten
from data.csv_text import EMPTY, Layout
from data.data_file import TEXT, DataFile, Wanted
from data.spelled_numbers import FALSE, TRUE
from progress import say

_BLOCK = 1 << 20
"""Bytes that are parsed at a time. Source: the default of pyarrow.csv.ReadOptions."""
_FIELD = 64
"""Bytes of a field that a block has room for, however many columns there are: a line must fit into it."""
_ROWS, _WIDE_BLOCK = 64, 16 << 20
"""Rows that a block of a wide table has at least, up to so many bytes: each column of each block is an array."""
_LONG_BLOCK = 128 << 20
"""Bytes of a block that has room for every field that there is."""
_ENOUGH = 200
"""Numbers with marks that tell what the marks are."""
_MAY_BE_GROUPS = re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+")
_PLAIN = Dialect()


def read(path: Path, name: str, layout: Layout, dialect: Dialect, wanted: Wanted) -> DataFile:
    """Read one file.

    Raises:
        TrainingError: when a line has a wrong number of fields, or text stands where a number is needed.
    """
    try:
        data = _read(path, name, layout, dialect, wanted)
    except _FaultError as fault:
        error = csv_faults.explain(path, name, layout.columns, wanted, dialect)
        if error is not None:
            raise error from fault
    else:
        if fractions := _unsure_fractions(data):
            told = replace(dialect, notation=_notation_of(data, fractions), notation_is_sure=True)
            return read(path, name, layout, told, wanted)
        if not _may_hold_other_lines(data, wanted):
            return data
    # Lines that are no rows are all that is wrong, or a field is longer than a block.
    return _read(path, name, layout, dialect, wanted, plainly=True)


class _FaultError(Exception):
    """What the fast reader said."""


def _read(  # noqa: PLR0913, PLR0917  # a file, how it is written, and what is wanted of it
    path: Path, name: str, layout: Layout, dialect: Dialect, wanted: Wanted, plainly: bool = False
) -> DataFile:
    types = wanted.types_in_files()
    numbers = [each for each, kind in types.items() if pyarrow.types.is_floating(kind)]
    arrives = types | (dict.fromkeys(numbers, pyarrow.string()) if dialect.notation.thousands is not None else {})
    with path.open("rb") as file:
        hashing = Hashing(file)
        try:
            table = _table(path, name, hashing, layout, dialect, arrives, plainly)
            chunks = {each: _converted(table.column(each).chunks, types[each], dialect) for each in types}
        except (pyarrow.ArrowInvalid, OSError, UnicodeError) as error:
            if plainly:
                raise csv_faults.unreadable(name, str(error)) from error
            raise _FaultError(str(error)) from error
        digest = hashing.finish()
    if any(_has_nan(chunks[each]) for each in numbers):
        raise _FaultError("a number that is none")
    return DataFile(path, name, layout.columns, dialect, table.num_rows, chunks, digest)


def _unsure_fractions(data: DataFile) -> list[str]:
    """The columns with decimals or groups of three, where the first lines had none, and points may be either."""
    if data.dialect is None or data.dialect.notation_is_sure or data.dialect.delimiter == ",":
        return []
    numbers = [each for each, chunks in data.chunks.items() if chunks and pyarrow.types.is_floating(chunks[0].type)]
    return [name for name in numbers if any(_has_fractions(chunk) for chunk in data.chunks[name])]


def _has_fractions(chunk: pyarrow.Array) -> bool:
    return compute.any(compute.not_equal(compute.floor(chunk), chunk)).as_py() is True


def _notation_of(data: DataFile, columns: list[str]) -> Notation:
    """The notation of such columns' numbers, judged by those that have marks.

    Raises:
        TrainingError: when there are two.
    """
    assert data.dialect is not None  # noqa: S101  # it is a CSV file
    places = [data.columns.index(each) for each in columns]
    marked: list[list[str]] = [[] for _ in places]
    clear: set[int] = set()
    for _, row in islice(csv_text.rows(data.path, data.name, data.dialect), 1 if data.dialect.header else 0, None):
        for found, place in zip(marked, places, strict=True):
            if "." in row[place] and len(found) < _ENOUGH:
                found.append(row[place].strip())
                clear |= set() if _MAY_BE_GROUPS.fullmatch(found[-1]) else {place}
        if len(clear) == len(places):
            break
    return csv_numbers.find_out(marked, data.dialect.delimiter, None, None, data.name) or PLAIN


def _may_hold_other_lines(data: DataFile, wanted: Wanted) -> bool:
    """Whether rows may be among those read that are none: without any value, or the header once more."""
    chunks = data.chunks.get(wanted.target, [])
    lacks = any(chunk.null_count for chunk in chunks)
    words = [chunk.dictionary for chunk in chunks if pyarrow.types.is_dictionary(chunk.type)]
    return lacks or any(compute.index(each, wanted.target).as_py() >= 0 for each in words)


def _table(  # noqa: PLR0913, PLR0917  # the same
    path: Path,
    name: str,
    hashing: Hashing,
    layout: Layout,
    dialect: Dialect,
    types: dict[str, pyarrow.DataType],
    plainly: bool,
) -> pyarrow.Table:
    written, skipped, passed = dialect, layout.lines_before, Counter[str]()
    stream: Any = hashing
    if dialect.comment or dialect.blanks or dialect.escaped or plainly:
        stream, written, skipped = Rewritten(csv_text.rows(path, name, dialect, passed)), _PLAIN, 0
    # Where nothing stands in the first lines nothing may stand in others.
    empty = dict.fromkeys((each for each in layout.columns if each.startswith(EMPTY)), pyarrow.null())
    convert = arrow_csv.ConvertOptions(
        column_types=types | empty,
        include_columns=[*types, *empty],
        null_values=list(dialect.missing),
        strings_can_be_null=True,
        true_values=list(TRUE),
        false_values=list(FALSE),
        decimal_point=dialect.notation.decimal,
    )
    width = len(layout.columns)
    block = max(_BLOCK, _FIELD * width, min(_WIDE_BLOCK, _ROWS * _FIELD * width))
    reading = arrow_csv.ReadOptions(
        column_names=list(layout.columns),
        skip_rows=skipped,
        skip_rows_after_names=1 if dialect.header else 0,
        block_size=max(block, _LONG_BLOCK) if plainly else block,
        encoding=written.encoding,
    )
    # Without newlines in values, a quote that is never closed swallows the rest of its block, in silence.
    parsing = arrow_csv.ParseOptions(
        delimiter=written.delimiter, quote_char=written.quote or False, newlines_in_values=written.quote is not None
    )
    source = pyarrow.input_stream(stream, compression=written.compression)
    table = arrow_csv.read_csv(source, read_options=reading, parse_options=parsing, convert_options=convert)
    if passed:
        told = ", ".join(f"{count:,} {what}" for what, count in passed.items())
        say(f"passing over {name}: {passed.total():,} {'row' if passed.total() == 1 else 'rows'} ({told})")
    return table


def _converted(chunks: list[pyarrow.Array], kind: pyarrow.DataType, dialect: Dialect) -> list[pyarrow.Array]:
    """Numbers in groups of three arrive as text, true and false become numbers, everything else is what it is."""
    if pyarrow.types.is_boolean(kind):
        return [chunk.cast(pyarrow.int8()).cast(pyarrow.float64()) for chunk in chunks]
    if kind == TEXT:
        return [_without_padded_words(chunk, dialect) for chunk in chunks]
    if not chunks or chunks[0].type == kind or not pyarrow.types.is_string(chunks[0].type):
        return chunks
    numbers = []
    for chunk in chunks:
        plain = [None if text is None else dialect.notation.plain(text.strip()) for text in chunk.to_pylist()]
        numbers.append(pyarrow.array(plain, pyarrow.string()).cast(kind))
    return numbers


def _without_padded_words(chunk: pyarrow.Array, dialect: Dialect) -> pyarrow.Array:
    """Words that mean a missing value, with blanks around them, become null: the fast reader knows them without."""
    words = chunk.dictionary
    padded = words.filter(compute.not_equal(compute.utf8_trim_whitespace(words), words))
    missing = [each for each in padded.to_pylist() if dialect.is_missing(each)]
    if not missing:
        return chunk
    texts = chunk.cast(pyarrow.string())
    lacks = compute.is_in(texts, pyarrow.array(missing, pyarrow.string()))
    return compute.if_else(lacks, None, texts).dictionary_encode()


def _has_nan(chunks: list[pyarrow.Array]) -> bool:
    """Whether a word was read as NaN: what is missing by agreement is null, but `NAN` or `+nan` are no such words."""
    if not chunks or not pyarrow.types.is_floating(chunks[0].type):
        return False
    return compute.any(compute.is_nan(pyarrow.chunked_array(chunks))).as_py() is True
