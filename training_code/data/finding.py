"""Finds the data files of a channel, and passes over what writers leave beside them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from data import file_kinds, partitions
from data.file_kinds import FileKind
from failure import TrainingError
from progress import say

_MARKS = (".crc", ".metadata", ".manifest", "-manifest")
"""Ends of the names of checksums (Hadoop), of what Athena says of a result, and of lists of files (Redshift)."""
_MARK_NAMES = ("manifest", "Thumbs.db", "desktop.ini")


_LISTS = {"manifest": (b"{",), "-manifest.csv": (b"s3://", b'"s3://')}
"""Ends of the names of lists of files, and how such lists begin (Redshift, Athena): tables may be called so as well."""


@dataclass(frozen=True)
class Found:
    """A data file: where it is, its name as messages have it (`training/part-0.csv`), and what it is.

    `partitions` are columns that its directories name, each with its value in all rows.
    """

    path: Path
    name: str
    kind: FileKind
    partitions: partitions.Values = field(default_factory=dict)


def find(directory: Path, channel: str) -> list[Found]:
    """The data files under `directory`, in the order of their names. What else is there is passed over, and counted.

    Raises:
        TrainingError: when there is no such file, or one of another kind.
    """
    if not directory.is_dir():
        raise TrainingError(
            f"channel {channel}: {directory} is not a directory; use the channel's File or FastFile input mode"
        )
    found: list[Found] = []
    others: list[str] = []
    passed = Counter[str]()
    for path in sorted(each for each in directory.rglob("*") if each.is_file()):
        relative = PurePosixPath(path.relative_to(directory).as_posix())
        if is_mark(relative) or _lists_files(path):
            passed["hidden or a writer's mark"] += 1
            continue
        name = f"{channel}/{relative}"
        try:
            kind = file_kinds.kind_of(path, name)
        except TrainingError as error:
            others.append(str(error))
            continue
        if kind.format == file_kinds.EMPTY:
            passed["empty"] += 1
        else:
            found.append(Found(path, name, kind, partitions.values_of(relative)))
    if others:
        more = f"; and {len(others) - 5} more" if len(others) > 5 else ""
        raise TrainingError("; ".join(others[:5]) + more)
    told = ", ".join(f"{count} {what}" for what, count in passed.items())
    if not found:
        raise TrainingError(
            f"channel {channel}: holds no data{f' ({told})' if told else ''}; upload CSV or Parquet files to the "
            f"channel's S3 prefix"
        )
    if passed:
        say(f"passing over {channel}: {passed.total()} {'file' if passed.total() == 1 else 'files'} ({told})")
    if (directory / "_delta_log").is_dir():
        say(
            f"note: {channel} is a Delta table, and all of its files are read, also those that it no longer counts; "
            f"vacuum it, or export it"
        )
    return found


def is_mark(relative: PurePosixPath) -> bool:
    """Whether a file is none of the data, by the convention of Hadoop, Spark, Hive and Athena: hidden, or a mark."""
    hidden = any(part.startswith(".") or (part.startswith("_") and "=" not in part) for part in relative.parts)
    return hidden or relative.name in _MARK_NAMES or relative.name.endswith(_MARKS)


def _lists_files(path: Path) -> bool:
    """Whether a file is a list of those that its writer made."""
    begins = [begin for end, begin in _LISTS.items() if path.name.endswith(end)]
    if not begins:
        return False
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(begins[0])
