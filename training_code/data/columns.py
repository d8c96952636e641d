"""Which columns a run learns from, and what they hold: told by settings, or judged by the first lines of a file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import islice

from data import column_kinds, csv_text, parquet_files
from data.column_kinds import Kind
from data.csv_dialect import Dialect
from data.csv_text import ROW_NAMES, Layout
from data.data_file import Wanted
from data.finding import Found
from failure import TrainingError
from options.estimators import TASK_OF_FOREST, casts_to_32_bits
from options.estimators import find as find_estimator
from options.hyperparameters import AUTO, Hyperparameters
from progress import say

_LINES = 300
_CODE = re.compile(r"0\d+")


def wanted(
    file: Found, layout: Layout, dialect: Dialect | None, settings: Hyperparameters, from_paths: Mapping[str, Kind]
) -> Wanted:
    """What every file of the run must have, judged by the first one; `from_paths` are columns in directories' names.

    Raises:
        TrainingError: when a column that the settings name is not there, or nothing is left as a feature.
    """
    own = [*filter(csv_text.is_named, layout.columns), *from_paths]
    if ROW_NAMES in layout.columns:
        say(f"note: {file.name}: column 1 has no name and a value of its own in each row: row names, left out")
    target = _column(file.name, own, settings.target_column, "target_column", settings.header)
    weight = settings.weight_column and _column(
        file.name, own, settings.weight_column, "weight_column", settings.header
    )
    split = settings.split_by_time or settings.split_by_group
    split = split and _column(file.name, own, split, _split_setting(settings), settings.header)
    features = tuple(each for each in _chosen(file.name, own, settings) if each not in (target, weight, split))
    if not features:
        raise TrainingError(f"{file.name}: has no column but the target {target!r}; add at least one feature")
    fields = _fields(file, layout, dialect) if dialect else {}
    kinds = _kinds(file, fields, dialect) | dict(from_paths)
    booleans = {each for each in features if kinds.get(each) is Kind.TRUTH}
    guessed: set[str] = set()
    told = settings.categorical_columns or ()
    categories = {
        _column(file.name, own, each, "categorical_columns", settings.header) for each in told if each not in AUTO
    }
    if other := sorted(categories.difference(features)):
        raise TrainingError(
            f"hyperparameter categorical_columns: {other[0]!r} is the target or the weight, and no feature; "
            f"leave it out"
        )
    booleans -= categories
    if AUTO[0] in told:
        others = (Kind.WORDS, Kind.DATES, Kind.NOTHING)
        guessed = set(features) - categories
        categories |= {each for each in guessed if kinds.get(each, Kind.NOTHING) in others}
        _tell_of_codes(file.name, fields, [each for each in features if each not in categories])
    dates = set[str]()
    if settings.date_columns and settings.date_columns != AUTO:
        _check_there(file.name, own, "date_columns", settings.date_columns, settings.header)
        dates = set(_matching(own, settings.date_columns, settings.header)).intersection(features)
        categories, guessed, booleans = categories | dates, guessed | dates, booleans - dates
    name = settings.estimator
    bits = 32 if name in TASK_OF_FOREST or casts_to_32_bits(find_estimator(name)) else 64
    return Wanted(
        features,
        target,
        settings.task,
        frozenset(categories),
        weight,
        bits,
        frozenset(booleans),
        guessed=frozenset(guessed),
        split=split,
        from_paths=frozenset(from_paths) & {*features, target, weight, split},
        told_dates=frozenset(dates),
    )


def check(name: str, columns: Sequence[str], wanted: Wanted, settings: Hyperparameters) -> None:
    """Raise a TrainingError when a file has other columns than the first one, but for those that nobody reads."""
    # Sets: of very many columns a list would be asked for minutes.
    there, needed = set(columns), {*wanted.columns, *wanted.left_out}
    missing = [repr(each) for each in wanted.columns if each not in there]
    extra = [repr(each) for each in _chosen(name, columns, settings, strict=False) if each not in needed]
    extra = [] if settings.feature_columns else extra
    faults = [f"lacks {', '.join(missing[:10])}"] if missing else []
    faults += [f"has {', '.join(extra[:10])} on top"] if extra else []
    if faults:
        raise TrainingError(
            f"{name}: its columns are not those of the training channel's first file: it {' and '.join(faults)}; "
            f"give all files the same columns"
        )


def _chosen(name: str, own: Sequence[str], settings: Hyperparameters, strict: bool = True) -> list[str]:
    """The columns that feature_columns names, without those that drop_columns does."""
    keep, drop = settings.feature_columns, settings.drop_columns
    if strict:
        _check_there(name, own, "feature_columns", keep or (), settings.header)
        _check_there(name, own, "drop_columns", drop or (), settings.header)
    kept = set(_matching(own, keep, settings.header)) if keep else set(own)
    kept -= set(_matching(own, drop or (), settings.header))
    return [each for each in own if each in kept]


def _check_there(name: str, own: Sequence[str], setting: str, patterns: Sequence[str], header: bool) -> None:
    """Raise a TrainingError when a pattern of a setting fits no column."""
    for pattern in patterns:
        if not _matching(own, [pattern], header):
            if "*" in pattern:
                raise TrainingError(
                    f"{name}: has no column like {pattern!r}; its columns are {_listed(own)}; correct the "
                    f"hyperparameter {setting}"
                )
            _column(name, own, pattern, setting, header)


def _split_setting(settings: Hyperparameters) -> str:
    return "split_by_time" if settings.split_by_time else "split_by_group"


def _matching(own: Sequence[str], patterns: Sequence[str], header: bool) -> list[str]:
    """The columns that some names mean, with `*` for any text, or where no header gives names, by position."""
    exact = set(patterns) if header else {_at(own, each) for each in patterns}
    with_star = [each.replace("[", "[[]") for each in patterns if "*" in each]
    return [each for each in own if each in exact or any(fnmatchcase(each, pattern) for pattern in with_star)]


def _at(own: Sequence[str], text: str) -> str:
    """The column at a position, 1 for the first and -1 for the last; where there is none, the text itself."""
    place = int(text) if text.lstrip("-").isdecimal() else 0
    return own[place - 1 if place > 0 else place] if 0 < abs(place) <= len(own) else text


def _kinds(file: Found, fields: Mapping[str, Sequence[str]], dialect: Dialect | None) -> dict[str, Kind]:
    if dialect is None:
        return parquet_files.kinds(file.path, file.name)
    return {name: column_kinds.kind_of(values, dialect) for name, values in fields.items()}


def _fields(file: Found, layout: Layout, dialect: Dialect) -> dict[str, Sequence[str]]:
    """The first fields of each column of a CSV file; none where there are no rows."""
    rows = islice(csv_text.rows(file.path, file.name, dialect), _LINES)
    body = [row for place, (_, row) in enumerate(rows) if place or not dialect.header]
    fields = list(zip(*(row for row in body if len(row) == len(layout.columns)), strict=True))
    return dict(zip(layout.columns, fields, strict=True)) if fields else {}


def _tell_of_codes(name: str, fields: Mapping[str, Sequence[str]], numbers: Iterable[str]) -> None:
    """Say which numbers begin with 0, because whoever wrote 01067 meant a word."""
    for column in numbers:
        code = next((each for each in fields.get(column, ()) if each[:1] == "0" and _CODE.fullmatch(each)), None)
        if code:
            say(
                f"note: {name}: column {column!r}: {code} begins with 0, as codes do, and is read as the number "
                f"{int(code)}; categorical_columns: auto,{column} reads words"
            )


def _column(name: str, own: Sequence[str], column: str, setting: str, header: bool) -> str:
    """The column that a setting means: by name, or where no header gives names, by position (1 first, -1 last)."""
    what = {"target_column": "target column", "weight_column": "weight column"}.get(setting, "column")
    if not header and column.lstrip("-").isdecimal():
        place = int(column)
        if not 1 <= abs(place) <= len(own):
            raise TrainingError(
                f"{name}: has {len(own)} columns, and hyperparameter {setting} is {place}; "
                f"allowed: 1 to {len(own)}, or -1 to -{len(own)} from the end"
                f"{'; if there are more, set csv_delimiter' if len(own) == 1 else ''}"
            )
        return own[place - 1 if place > 0 else place]
    if column in own:
        return column
    close = difflib.get_close_matches(column.strip().lower(), [each.strip().lower() for each in own], n=1)
    closest = next((each for each in own if close and each.strip().lower() == close[0]), None)
    hint = f", closest is {closest!r}" if closest is not None else ""
    if len(own) == 1:
        hint += (
            "; if there are more, set csv_delimiter; where the first line is none of the table, take it out, or set "
            "csv_comment to how such lines begin"
        )
    raise TrainingError(
        f"{name}: has no {what} {column!r}; its columns are {_listed(own)}{hint}; set the hyperparameter {setting}"
        f"{csv_text.hint_at_no_header(own) if header else ''}"
    )


def _listed(own: Sequence[str]) -> str:
    return ", ".join(map(repr, own[:30])) + (f" and {len(own) - 30} more" if len(own) > 30 else "")
