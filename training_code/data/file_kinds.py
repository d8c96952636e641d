"""What a file is by its first bytes: Parquet or text, packed or not, or something that is no table here.

Its name says little: object names often have no suffix, and what is packed need not say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow

from failure import TrainingError

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
    b"\x80\x04\x95": "a pickle, which is not safe to read; write CSV or Parquet",
    b"\x93NUMPY": "a NumPy file; write CSV or Parquet",
    b"RDX3\n": "an R workspace; write CSV or Parquet",
}
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
        start = file.read(4096)
    if start.startswith(b"PAR1"):
        return FileKind(PARQUET)
    for magic, compression in _PACKED.items():
        if start.startswith(magic):
            return FileKind(EMPTY if _holds_nothing(path, compression) else CSV, compression)
    for magic, what in _OTHERS.items():
        if start.startswith(magic):
            raise TrainingError(f"{name}: is {what}")
    if path.suffix.lower() in _OTHER_TEXTS:
        raise TrainingError(
            f"{name}: is a {path.suffix} file; write CSV or Parquet, or keep it under another S3 prefix"
        )
    if path.suffix.lower() == ".parquet":
        raise TrainingError(f"{name}: is not a whole Parquet file (it does not begin with PAR1); upload it again")
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        return FileKind(EMPTY) if len(start) < 4096 else FileKind(CSV)
    return FileKind(CSV)


def _holds_nothing(path: Path, compression: str) -> bool:
    """Whether a packed file is whole and has nothing in it, as writers make of a part without rows."""
    try:
        with pyarrow.input_stream(str(path), compression=compression) as stream:
            return not stream.read(1)
    except (OSError, pyarrow.ArrowException):
        return False  # reading it will say what is wrong
