"""Tables as common programs write them: a frame in, the files of a channel out, by name."""

from __future__ import annotations

import bz2
import gzip
import io
import tempfile
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy
import pandas
import pyarrow
import pyarrow.csv
import pyarrow.parquet

Files = dict[str, bytes]
Writer = Callable[[pandas.DataFrame], Files]

_JOB = "5f0c1d1e-6a1b-4c39-9f0e-0d6b7a0c2f11-c000"


# By hand: what programs write that do not run here.


def text(
    frame: pandas.DataFrame,
    separator: str = ",",
    end: str = "\n",
    *,
    missing: str = "",
    quoted: str = "needed",
    decimal: str = ".",
    row_names: bool = False,
    header: bool = True,
    escape: str = '"',
    thousands: str = "",
    date: str = "%Y-%m-%d",
) -> str:
    """Rows as text. `quoted` is `needed`, `words`, `all` or `none`; `escape` stands before quotes within."""

    def quote(word: str, is_word: bool = True) -> str:
        needed = any(each in word for each in (separator, '"', "\n"))
        if quoted == "all" or (is_word and quoted == "words") or (needed and quoted != "none"):
            return '"' + word.replace('"', escape + '"') + '"'
        return word

    def field(value: object) -> str:
        if pandas.isna(value):
            return missing
        if isinstance(value, str):
            return quote(value)
        if isinstance(value, pandas.Timestamp):
            return quote(value.strftime(date))
        return quote(_number(value, decimal, thousands), is_word=False)

    lines = [separator.join(map(quote, frame.columns))] if header else []
    lines += [separator.join(map(field, row)) for row in frame.itertuples(index=False)]
    if row_names:
        lines[1:] = [f'"{number}"{separator}{line}' for number, line in enumerate(lines[1:], 1)]
    return "".join(line + end for line in lines)


def _number(value: float, decimal: str, thousands: str) -> str:
    """A number as R writes it: 15 digits, and 100000 as 1e+05."""
    if thousands:
        whole, point, rest = f"{value:,}".removesuffix(".0").partition(".")
        return whole.replace(",", thousands) + (decimal if point else "") + rest
    plain, short = f"{value:.15g}", f"{value:.0e}"
    return (short if isinstance(value, float) and len(short) < len(plain) and float(short) == value else plain).replace(
        ".", decimal
    )


def parts(frame: pandas.DataFrame, count: int = 3) -> list[pandas.DataFrame]:
    """The rows in so many parts, in their order."""
    ends = [round(len(frame) * number / count) for number in range(count + 1)]
    return [frame.iloc[start:end] for start, end in pairwise(ends)]


def one(name: str, encoding: str = "utf-8", first: str = "", **how: object) -> Writer:
    """A writer of one text file."""
    return lambda frame: {name: (first + text(frame, **how)).encode(encoding)}


def r_csv(frame: pandas.DataFrame) -> Files:
    """`write.csv(frame, file)`."""
    return {"table.csv": ('"",' + text(frame, quoted="words", missing="NA", row_names=True)).encode()}


def r_csv2(frame: pandas.DataFrame) -> Files:
    """`write.csv2(frame, file)`."""
    written = text(frame, ";", quoted="words", missing="NA", row_names=True, decimal=",")
    return {"table.csv": ('"";' + written).encode()}


r_table = one("table.txt", separator=" ", quoted="words", missing="NA", row_names=True)
r_tabs = one("table.txt", separator="\t", quoted="none", missing="NA")
r_csv_without_row_names = one("table.csv", quoted="words", missing="NA")

excel_unicode_text = one("Book1.txt", "utf-16", separator="\t", end="\r\n")
excel_utf8 = one("Book1.csv", "utf-8-sig", end="\r\n", date="%m/%d/%Y")
excel_german = one("Mappe1.csv", "cp1252", separator=";", end="\r\n", decimal=",", date="%d.%m.%Y")
excel_german_thousands = one("Mappe1.csv", "cp1252", separator=";", end="\r\n", decimal=",", thousands=".")
excel_thousands = one("Book1.csv", "utf-8-sig", end="\r\n", thousands=",")
excel_own_mark = one("Book1.csv", "utf-16", "sep=;\r\n", separator=";", end="\r\n")


def _spark(names_and_contents: Iterable[tuple[str, bytes]]) -> Files:
    files = {"_SUCCESS": b"", "._SUCCESS.crc": b"crc\0\0\0\0\0"}
    for name, content in names_and_contents:
        files |= {name: content, f".{name}.crc": b"crc\0\0\0\2\0"}
    return files


def spark_csv(frame: pandas.DataFrame) -> Files:
    """`df.write.option("header", True).csv(...)`: a header in each part, and quotes within words after backslashes."""
    return _spark(
        (f"part-0000{number}-{_JOB}.csv", text(part, escape="\\").encode()) for number, part in enumerate(parts(frame))
    )


def spark_gzip(frame: pandas.DataFrame) -> Files:
    """The same with `compression` gzip, and a part without rows."""
    packed = [gzip.compress(text(part, escape="\\").encode()) for part in [*parts(frame), frame.head(0)]]
    return _spark((f"part-0000{number}-{_JOB}.csv.gz", content) for number, content in enumerate(packed))


def spark_parquet(frame: pandas.DataFrame) -> Files:
    """`df.write.parquet(...)`: snappy, times in 96 bits."""
    contents = [parquet(part, compression="snappy", use_deprecated_int96_timestamps=True) for part in parts(frame)]
    return _spark((f"part-0000{number}-{_JOB}.snappy.parquet", content) for number, content in enumerate(contents))


def athena_result(frame: pandas.DataFrame) -> Files:
    """What a SELECT leaves: everything quoted but missing values."""
    name = "0f8fad5b-d9cb-469f-a165-70867728950e.csv"
    return {name: text(frame, quoted="all").encode(), f"{name}.metadata": b"\x08\x01"}


def athena_unload(frame: pandas.DataFrame) -> Files:
    """UNLOAD as comma-separated TEXTFILE: packed parts without a suffix and without a header."""
    return {
        f"20261126_031700_00042_{number}": gzip.compress(text(part, header=False, missing="\\N").encode())
        for number, part in enumerate(parts(frame))
    }


def hive_text(frame: pandas.DataFrame) -> Files:
    """A table STORED AS TEXTFILE: no header, no suffix, a control character between the columns."""
    return {
        f"00000{number}_0": text(part, "\x01", missing="\\N", quoted="none", header=False).encode()
        for number, part in enumerate(parts(frame, 2))
    }


# By the programs themselves.


def pandas_csv(name: str, **how: object) -> Writer:
    """`frame.to_csv`, packed as the name says."""
    pack: Callable[[bytes], bytes] = {"gz": gzip.compress, "bz2": bz2.compress}.get(name.rpartition(".")[2], bytes)
    return lambda frame: {name: pack(frame.to_csv(**how).encode())}


def pandas_parquet(frame: pandas.DataFrame) -> Files:
    """`frame.to_parquet` with an index that is none of the columns."""
    buffer = io.BytesIO()
    frame.set_index(numpy.arange(len(frame))[::-1]).to_parquet(buffer)
    return {"frame.parquet": buffer.getvalue()}


def parquet(frame: pandas.DataFrame | pyarrow.Table, **how: object) -> bytes:
    """One Parquet file of PyArrow's."""
    made = frame if isinstance(frame, pyarrow.Table) else pyarrow.Table.from_pandas(frame, preserve_index=False)
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(made, buffer, **how)
    return buffer.getvalue()


def arrow_types(frame: pandas.DataFrame) -> Files:
    """Parquet with the types that databases have: dictionaries, decimals, large strings, times; several row groups."""
    made = pyarrow.Table.from_pandas(frame, preserve_index=False)
    for place, field in enumerate(made.schema):
        column = made.column(place)
        if pyarrow.types.is_string(field.type) or pyarrow.types.is_large_string(field.type):
            column = column.cast(pyarrow.large_string())
            column = column.dictionary_encode() if place % 2 else column
        elif pyarrow.types.is_integer(field.type):
            column = column.cast(pyarrow.decimal128(20, 0)).cast(pyarrow.decimal128(24, 3))
        made = made.set_column(place, field.name, column)
    return {"table.parquet": parquet(made, row_group_size=100, compression="zstd", data_page_version="2.0")}


def arrow_csv(frame: pandas.DataFrame) -> Files:
    """`pyarrow.csv.write_csv`: words quoted, nothing for what is missing."""
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(pyarrow.Table.from_pandas(frame, preserve_index=False), buffer)
    return {"table.csv": buffer.getvalue()}


def duck(name: str, options: str) -> Writer:
    """DuckDB's COPY TO, to one file or to a directory."""

    def write(frame: pandas.DataFrame) -> Files:
        with tempfile.TemporaryDirectory() as temporary, duckdb.connect() as database:
            database.execute("SET threads = 1")
            database.register("rows", pyarrow.Table.from_pandas(frame, preserve_index=False))
            database.execute(f"COPY rows TO '{temporary}/{name}' ({options})")
            written = sorted(each for each in Path(temporary).rglob("*") if each.is_file())
            return {each.relative_to(temporary).as_posix(): each.read_bytes() for each in written}

    return write
