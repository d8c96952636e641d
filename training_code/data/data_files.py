"""The data files of a channel: finds them, and reads each with the reader of its kind."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from data import csv_faults, csv_files, parquet_files
from data.data_file import DataFile, Wanted
from failure import TrainingError
from options.estimators import TASK_OF_FOREST, casts_to_32_bits
from options.estimators import find as find_estimator
from options.hyperparameters import AUTO, Hyperparameters
from progress import say

SUFFIXES = (*csv_files.SUFFIXES, parquet_files.SUFFIX)


def find(directory: Path, channel: str) -> list[Path]:
    """The data files under `directory`, sorted. Hidden files and empty `_SUCCESS` markers are passed over, with a line.

    Raises:
        TrainingError: when there is no such file, or one of another kind.
    """
    if not directory.is_dir():
        raise TrainingError(
            f"channel {channel}: {directory} is not a directory; use the channel's File or FastFile input mode"
        )
    found: list[Path] = []
    others: list[str] = []
    for path in sorted(each for each in directory.rglob("*") if each.is_file()):
        relative = path.relative_to(directory)
        marker = path.name == "_SUCCESS" and not path.stat().st_size
        if marker or any(part.startswith(".") for part in relative.parts):
            say(f"passing over {channel}/{relative.as_posix()}: a hidden file or an empty marker")
        elif path.name.endswith(SUFFIXES):
            found.append(path)
        else:
            others.append(relative.as_posix())
    if others:
        raise TrainingError(
            f"channel {channel}: {', '.join(others[:5])}{' and more' if len(others) > 5 else ''} "
            f"{'is' if len(others) == 1 else 'are'} neither .csv nor .csv.gz nor .parquet; "
            f"keep other files under another S3 prefix"
        )
    if not found:
        raise TrainingError(
            f"channel {channel}: holds no .csv, .csv.gz or .parquet file; upload the data to the channel's S3 prefix"
        )
    return found


def columns(path: Path, name: str, header: bool) -> list[str]:
    """The names of a file's columns, in its order."""
    if path.name.endswith(parquet_files.SUFFIX):
        return parquet_files.columns(path, name)
    return csv_faults.header(path, name, header)


def wanted(path: Path, name: str, settings: Hyperparameters) -> Wanted:
    """What every file of the run must have, judged by the first one.

    Raises:
        TrainingError: when a column that the settings name is not there, or nothing is left as a feature.
    """
    own = columns(path, name, settings.header)
    target = _column(name, own, settings.target_column, "target_column", settings.header)
    weight = settings.weight_column and _column(name, own, settings.weight_column, "weight_column", settings.header)
    features = tuple(each for each in own if each not in (target, weight))
    if not features:
        raise TrainingError(f"{name}: has no column but the target {target!r}; add at least one feature")
    if settings.categorical_columns == AUTO:
        categories = frozenset(_text_columns(path, name, own, settings.header)).intersection(features)
    else:
        chosen = [
            _column(name, own, each, "categorical_columns", settings.header) for each in settings.categorical_columns
        ]
        if other := [each for each in chosen if each not in features]:
            raise TrainingError(
                f"hyperparameter categorical_columns: {other[0]!r} is the target or the weight, and no feature; "
                f"leave it out"
            )
        categories = frozenset(chosen)
    name = settings.estimator
    bits = 32 if name in TASK_OF_FOREST or casts_to_32_bits(find_estimator(name)) else 64
    return Wanted(features, target, settings.task, categories, weight, bits, settings.header)


def read(path: Path, name: str, wanted: Wanted) -> DataFile:
    """Read one file, whose columns must be those wanted, in any order.

    Raises:
        TrainingError: naming file, and line or column, of what is wrong.
    """
    own = columns(path, name, wanted.header)
    _check_columns(name, own, wanted.columns)
    if path.name.endswith(parquet_files.SUFFIX):
        return parquet_files.read(path, name, own, wanted)
    return csv_files.read(path, name, own, wanted)


def _column(name: str, own: Sequence[str], column: str, setting: str, header: bool) -> str:
    """The column that a setting means: by name, or where no header gives names, by position (1 first, -1 last)."""
    what = {"target_column": "target column", "weight_column": "weight column"}.get(setting, "column")
    if not header and column.lstrip("-").isdecimal():
        place = int(column)
        if not 1 <= abs(place) <= len(own):
            raise TrainingError(
                f"{name}: has {len(own)} columns, and hyperparameter {setting} is {place}; "
                f"allowed: 1 to {len(own)}, or -1 to -{len(own)} from the end"
            )
        return own[place - 1 if place > 0 else place]
    if column in own:
        return column
    close = difflib.get_close_matches(column.strip().lower(), [each.strip().lower() for each in own], n=1)
    closest = next((each for each in own if close and each.strip().lower() == close[0]), None)
    hint = f", closest is {closest!r}" if closest is not None else ""
    listed = ", ".join(map(repr, own[:30])) + (f" and {len(own) - 30} more" if len(own) > 30 else "")
    raise TrainingError(
        f"{name}: has no {what} {column!r}; its columns are {listed}{hint}; set the hyperparameter {setting}"
    )


def _text_columns(path: Path, name: str, own: Sequence[str], header: bool) -> set[str]:
    if path.name.endswith(parquet_files.SUFFIX):
        return parquet_files.text_columns(path, name)
    rows = (row for place, (_, row) in enumerate(csv_faults.rows(path, name)) if place or not header)
    first = next(rows, [])
    return {column for column, value in zip(own, first, strict=False) if not csv_faults.is_number(value)}


def _check_columns(name: str, columns: Sequence[str], expected: Sequence[str]) -> None:
    there, needed = set(columns), set(expected)  # of very many columns a list would be asked for minutes
    missing = [repr(each) for each in expected if each not in there]
    extra = [repr(each) for each in columns if each not in needed]
    faults = [f"lacks {', '.join(missing[:10])}"] if missing else []
    faults += [f"has {', '.join(extra[:10])} on top"] if extra else []
    if faults:
        raise TrainingError(
            f"{name}: its columns are not those of the training channel's first file: it {' and '.join(faults)}; "
            f"give all files the same columns"
        )
