"""Which columns a run learns from, and what they hold: told by settings, or judged by the first lines of a file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import islice

from data import column_kinds, csv_text, parquet_files
from data.column_kinds import Kind
from data.csv_dialect import Dialect
from data.csv_text import LINE_END, ROW_NAMES, Layout
from data.data_file import Wanted
from data.finding import Found
from failure import TrainingError
from options.estimators import TASK_OF_FOREST, casts_to_32_bits
from options.estimators import find as find_estimator
from options.hyperparameters import AUTO, Hyperparameters
from progress import say

_LINES = 300


def wanted(
    file: Found, layout: Layout, dialect: Dialect | None, settings: Hyperparameters, from_paths: Mapping[str, Kind]
) -> Wanted:
    """What every file of the run must have, judged by the first one; `from_paths` are columns in directories' names.

    Raises:
        TrainingError: when a column that the settings name is not there, or nothing is left as a feature.
    """
    own = [*(each for each in layout.columns if each not in (ROW_NAMES, LINE_END)), *from_paths]
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
    kinds = _kinds(file, layout, dialect) | dict(from_paths)
    booleans = {each for each in features if kinds.get(each) is Kind.TRUTH}
    guessed: set[str] = set()
    if settings.categorical_columns == AUTO:
        others = (Kind.WORDS, Kind.DATES, Kind.NOTHING)
        categories = {each for each in features if kinds.get(each, Kind.NOTHING) in others}
        guessed = set(features)
    else:
        chosen = [
            _column(file.name, own, each, "categorical_columns", settings.header)
            for each in settings.categorical_columns or ()
        ]
        if other := [each for each in chosen if each not in features]:
            raise TrainingError(
                f"hyperparameter categorical_columns: {other[0]!r} is the target or the weight, and no feature; "
                f"leave it out"
            )
        categories = set(chosen)
        booleans -= categories
    if settings.date_columns and settings.date_columns != AUTO:
        _check_there(file.name, own, "date_columns", settings.date_columns, settings.header)
        dates = set(_matching(features, settings.date_columns))
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
    )


def is_date(column: str, settings: Hyperparameters) -> bool:
    """Whether the settings name a column as one of dates; `auto` names none by itself."""
    return settings.date_columns != AUTO and bool(_matching([column], settings.date_columns or ()))


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
    kept = set(_matching(own, keep)) if keep else set(own)
    kept -= set(_matching(own, drop or ()))
    return [each for each in own if each in kept]


def _check_there(name: str, own: Sequence[str], setting: str, patterns: Sequence[str], header: bool) -> None:
    """Raise a TrainingError when a pattern of a setting fits no column."""
    for pattern in patterns:
        if not _matching(own, [pattern]):
            if "*" in pattern:
                raise TrainingError(
                    f"{name}: has no column like {pattern!r}; its columns are {_listed(own)}; correct the "
                    f"hyperparameter {setting}"
                )
            _column(name, own, pattern, setting, header)


def _split_setting(settings: Hyperparameters) -> str:
    return "split_by_time" if settings.split_by_time else "split_by_group"


def _matching(own: Iterable[str], patterns: Sequence[str]) -> list[str]:
    exact = set(patterns)
    with_star = [each.replace("[", "[[]") for each in patterns if "*" in each]
    return [each for each in own if each in exact or any(fnmatchcase(each, pattern) for pattern in with_star)]


def _kinds(file: Found, layout: Layout, dialect: Dialect | None) -> dict[str, Kind]:
    if dialect is None:
        return parquet_files.kinds(file.path, file.name)
    rows = islice(csv_text.rows(file.path, file.name, dialect), _LINES)
    body = [row for place, (_, row) in enumerate(rows) if place or not dialect.header]
    fields = list(zip(*(row for row in body if len(row) == len(layout.columns)), strict=False))
    if not fields:
        return {}
    return {name: column_kinds.kind_of(fields[place], dialect) for place, name in enumerate(layout.columns)}


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
    if len(own) == 1:
        hint += "; if there are more, set csv_delimiter, or csv_comment where the first line is none of the table"
    raise TrainingError(
        f"{name}: has no {what} {column!r}; its columns are {_listed(own)}{hint}; set the hyperparameter {setting}"
        f"{csv_text.hint_at_no_header(own) if header else ''}"
    )


def _listed(own: Sequence[str]) -> str:
    return ", ".join(map(repr, own[:30])) + (f" and {len(own) - 30} more" if len(own) > 30 else "")
