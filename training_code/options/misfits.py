"""Hyperparameters that are fine by themselves, and not together: what follows from them alone, before there is data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from failure import Fault, shown
from options import estimators
from options.declared_hyperparameters import SPLITS, Hyperparameters
from options.estimators import FOREST, REGRESSION_FOREST, TASK_OF_FOREST
from options.known import judged

Found = Iterator[tuple[str, str]]
_POSITION = re.compile(r"-?[1-9][0-9]*|column_[1-9][0-9]*")
_NAMED = ("weight_column", *SPLITS, "categorical_columns", "date_columns", "feature_columns", "drop_columns")
"""Hyperparameters that name columns, beside the target's."""


def of(settings: Hyperparameters) -> list[Fault]:
    """What does not fit, each with the hyperparameter to change, as far as the settings are known."""
    found = judged(*(partial(rule, settings) for rule in _RULES))
    return [Fault("hyperparameter", name, text) for name, text in found]


def _of_positions(settings: Hyperparameters) -> Found:
    # Columns of directories have names, with and without a header.
    for name, column in () if settings.header or settings.partition_columns else _without_position(settings):
        yield (
            name,
            f"got {shown(column)}, allowed with header none: the column's position, 1 for the first, -1 for the last",
        )


def _of_weight(settings: Hyperparameters) -> Found:
    if settings.weight_column == settings.target_column:
        yield "weight_column", "is the target column; choose another one"


def _of_splits(settings: Hyperparameters) -> Found:
    yield from judged(*(partial(_of_split, settings, split) for split in SPLITS))
    if settings.split_by_time and settings.split_by_group:
        yield "split_by_group", "there is split_by_time as well; leave out one of them"


def _of_split(settings: Hyperparameters, split: str) -> Found:
    if (column := getattr(settings, split)) is None:
        return
    if column == settings.target_column:
        yield split, "is the target column; choose another one"
    elif column == settings.weight_column:
        yield split, "is the weight column; choose another one"


def _of_no_features(settings: Hyperparameters) -> Found:
    for setting in ("categorical_columns", "date_columns"):
        yield from judged(partial(_of_others, settings, setting))


def _of_others(settings: Hyperparameters, setting: str) -> Found:
    columns, others = getattr(settings, setting) or (), _others(settings)
    for column in columns:
        if column in others:
            yield setting, f"{column!r} is the {others[column]} column, and no feature; leave it out"


def _others(settings: Hyperparameters) -> dict[str | None, str]:
    """The columns that are no features -> what they are."""
    others = {settings.target_column: "target", settings.weight_column: "weight"}
    return others | dict.fromkeys((settings.split_by_time, settings.split_by_group), "split")


def _of_feature_columns(settings: Hyperparameters) -> Found:
    features = settings.feature_columns or ()
    if features and set(features) <= _others(settings).keys():
        yield "feature_columns", f"got {shown(', '.join(features))}, and leaves no feature; name columns to learn from"


def _of_drop_columns(settings: Hyperparameters) -> Found:
    dropped = settings.drop_columns or ()
    if "*" in dropped:
        yield "drop_columns", "got '*', and leaves no feature; name columns, or begin with a part of their names"
    if twice := sorted(set(settings.feature_columns or ()) & set(dropped)):
        yield "drop_columns", f"{twice[0]!r} is in feature_columns as well; leave it out of one of them"


def _without_position(settings: Hyperparameters) -> Iterator[tuple[str, str]]:
    """The names that no column has in files without a header."""
    named: dict[str, Iterable[str]] = {"target_column": (settings.target_column,)}
    for name in _NAMED:
        value = getattr(settings, name)
        named[name] = (value,) if isinstance(value, str) else value or ()
    for name, columns in named.items():
        for column in columns:
            known = "*" in column or (column == "auto" and name in ("categorical_columns", "date_columns"))
            if not (known or _POSITION.fullmatch(column)):
                yield name, column


def _of_files(settings: Hyperparameters) -> Found:
    if settings.csv_thousands and settings.csv_thousands == settings.csv_decimal:
        yield "csv_thousands", f"got {shown(settings.csv_thousands)}, which is csv_decimal as well; change one of them"


def _of_quote(settings: Hyperparameters) -> Found:
    if settings.csv_quote and settings.csv_quote == settings.csv_delimiter:
        yield "csv_delimiter", f"got {shown(settings.csv_delimiter)}, which is csv_quote as well; change one of them"


def _of_weights(settings: Hyperparameters) -> Found:
    # Finding the estimator loads it, which takes seconds: only where it is asked.
    if settings.weight_column and not estimators.takes_weights(estimators.find(settings.estimator)):
        yield "weight_column", f"{settings.estimator} takes no weights; leave it out, or choose another one"


def _of_missing_values(settings: Hyperparameters) -> Found:
    keeps = settings.missing_values == "keep"
    if keeps and not estimators.takes_missing_values(estimators.find(settings.estimator)):
        yield (
            "missing_values",
            f"{settings.estimator} takes none; fill them in, drop the rows, or choose another one",
        )


def _of_accelerator(settings: Hyperparameters) -> Found:
    if settings.accelerator and settings.estimator not in TASK_OF_FOREST:
        yield (
            "accelerator",
            f"got {settings.accelerator}, allowed only with {FOREST} and {REGRESSION_FOREST}; leave it out, or choose "
            f"one of these",
        )


def _of_epochs(settings: Hyperparameters) -> Found:
    if settings.partial_fit_epochs and not hasattr(estimators.find(settings.estimator), "partial_fit"):
        yield "partial_fit_epochs", f"{settings.estimator} has no partial_fit; leave it out"


_RULES: tuple[Callable[[Hyperparameters], Iterable[tuple[str, str]]], ...] = (
    _of_positions,
    _of_weight,
    _of_splits,
    _of_no_features,
    _of_feature_columns,
    _of_drop_columns,
    _of_files,
    _of_quote,
    _of_weights,
    _of_missing_values,
    _of_accelerator,
    _of_epochs,
)
"""Each is judged by itself; their order is that of the message."""
