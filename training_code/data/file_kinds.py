"""What a file is by its first bytes: Parquet or text, packed or not, or something that is no table here.

Its name says little: object names often have no suffix, and what is packed need not say so.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow

from failure import TrainingError

_START = 4096
"""Bytes that are looked at."""
CSV, PARQUET, EMPTY = "csv", "parquet", "empty"
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd"}
"""Source: RFC 1952, RFC 8878 and bzip2's manual; the words are Arrow's."""
_OTHERS = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; unpack it, or export it as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; export it as CSV",
    b"\xfd7zXZ": "packed with xz; pack it with gzip, zstd or bzip2, or not at all",
    b"\x04\x22\x4d\x18": "packed with lz4; pack it with gzip, zstd or bzip2, or not at all",
    b"\xff\x06\x00\x00sNaPpY": "packed with snappy; pack it with gzip, zstd or bzip2, or not at all",
    b"ORC": "an ORC file; write CSV or Parquet",
    b"Obj\x01": "an Avro file; write CSV or Parquet",
    b"ARROW1": "an Arrow file; write CSV or Parquet",
    b"FEA1": "a Feather file; write CSV or Parquet",
    b"%PDF": "a PDF document; write CSV or Parquet",
    b"\x89PNG": "a picture; keep it under another S3 prefix",
    b"\xff\xd8\xff": "a picture; keep it under another S3 prefix",
    b"\x89HDF": "an HDF5 file; write CSV or Parquet",
    b"\x93NUMPY": "a NumPy file; write CSV or Parquet",
    b"RDX": "an R workspace; write CSV or Parquet",
    b"X\n\0\0\0": "an R object; write CSV or Parquet",
    b"SQLite format 3\0": "an SQLite database; export the table as CSV",
    b"<stata_dta>": "a Stata file; export it as CSV",
    b"$FL": "an SPSS file; export it as CSV",
    b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60": "a SAS data set; export it as CSV",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it",
    b"Rar!": "a RAR archive; unpack it",
    b"PARE": "an encrypted Parquet file; write it without encryption, and let S3 encrypt it",
    b"SEQ\x06": "a Hadoop sequence file; write CSV or Parquet",
    b"\x0a\x23\xd7\xce": "a RecordIO file; write CSV or Parquet",
    b"\xff\xff\xff\xff": "an Arrow stream; write CSV or Parquet",
    b"version https://git-lfs": "a pointer of Git LFS, and not the file; upload the file itself",
}
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_TAR = 257, b"ustar"
"""Where a tar archive says what it is. Source: POSIX.1, pax."""
_TEXTS = {
    re.compile(rb"\{\s*[\"}]|\[\s*[\[{\]]"): "JSON; write CSV or Parquet, or keep it under another S3 prefix",
    re.compile(rb"<\?xml|<!DOCTYPE|<html|<table|<Error>|<\w+ \w+=", re.IGNORECASE): (
        "XML or HTML, such as a page that tells of an error; write CSV or Parquet"
    ),
    re.compile(rb"[-+.\d]+(?: \d+:[-+.\deE]+)+\s"): "a LibSVM file; write CSV or Parquet",
    re.compile(rb"@relation\s", re.IGNORECASE): "an ARFF file; write CSV or Parquet",
}
"""How other text than a table begins."""
_OTHER_TEXTS = (".json", ".jsonl", ".ndjson", ".xml", ".html", ".md", ".rst", ".yaml", ".yml", ".py", ".r", ".sql")


@dataclass(frozen=True)
class FileKind:
    """CSV, PARQUET or EMPTY, and how the file is packed in Arrow's words: gzip, bz2, zstd, or None."""

    format: str
    compression: str | None = None


def kind_of(path: Path, name: str) -> FileKind:
    """Look at the first bytes of a file.

    Raises:
        TrainingError: for what is no table here, with the cure.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    if start.startswith(b"PAR1"):
        return FileKind(PARQUET)
    for magic, compression in _PACKED.items():
        if start.startswith(magic):
            return _kind_inside(path, name, compression)
    if what := _other(start):
        raise TrainingError(f"{name}: is {what}")
    if path.suffix.lower() in _OTHER_TEXTS:
        raise TrainingError(
            f"{name}: is a {path.suffix} file; write CSV or Parquet, or keep it under another S3 prefix"
        )
    if path.suffix.lower() == ".parquet":
        raise TrainingError(f"{name}: is not a whole Parquet file (it does not begin with PAR1); upload it again")
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        return FileKind(EMPTY) if len(start) < _START else FileKind(CSV)
    return FileKind(CSV)


def _kind_inside(path: Path, name: str, compression: str) -> FileKind:
    inside = _start_of(path, compression)
    if inside is None:
        return FileKind(CSV, compression)  # reading it will say what is wrong
    if inside.startswith(b"PAR1"):
        raise TrainingError(f"{name}: is a Parquet file that was packed once more; unpack it")
    if what := _other(inside):
        raise TrainingError(f"{name}: is, once unpacked, {what}")
    return FileKind(CSV if inside else EMPTY, compression)


def _other(start: bytes) -> str:
    """What begins so, if it is no table; "" otherwise."""
    if _PICKLE.match(start):
        return "a pickle, which is not safe to read; write CSV or Parquet"
    place, mark = _TAR
    if start[place:].startswith(mark):
        return "a tar archive; unpack it"
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    found = next((what for magic, what in _OTHERS.items() if start.startswith(magic)), "")
    return found or next((what for pattern, what in _TEXTS.items() if pattern.match(text)), "")


def _start_of(path: Path, compression: str) -> bytes | None:
    """The first bytes inside a packed file; none are what writers make of a part without rows, None is no answer."""
    try:
        with pyarrow.input_stream(str(path), compression=compression) as stream:
            start: bytes = stream.read(_START)
            return start
    except (OSError, pyarrow.ArrowException):
        return None
