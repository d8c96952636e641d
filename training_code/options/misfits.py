"""Hyperparameters that are fine by themselves, and not together: what follows from them alone, before there is data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from failure import Fault, shown
from options import estimators
from options.declared_hyperparameters import SPLITS, Hyperparameters
from options.estimators import FOREST, REGRESSION_FOREST, TASK_OF_FOREST

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

_POSITION = re.compile(r"-?[1-9][0-9]*|column_[1-9][0-9]*")
_NAMED = ("weight_column", *SPLITS, "categorical_columns", "date_columns", "feature_columns", "drop_columns")
"""Hyperparameters that name columns, beside the target's."""


def of(settings: Hyperparameters) -> list[Fault]:
    """What does not fit, each with the hyperparameter to change."""
    found = [*_of_columns(settings), *_of_features(settings), *_of_files(settings), *_of_estimator(settings)]
    return [Fault("hyperparameter", name, text) for name, text in found]


def _of_columns(settings: Hyperparameters) -> Iterator[tuple[str, str]]:
    target, weight = settings.target_column, settings.weight_column
    # Columns of directories have names, with and without a header.
    for name, column in () if settings.header or settings.partition_columns else _without_position(settings):
        yield (
            name,
            f"got {shown(column)}, allowed with header none: the column's position, 1 for the first, -1 for the last",
        )
    if weight == target:
        yield "weight_column", "is the target column; choose another one"
    for split in SPLITS:
        if getattr(settings, split) == target:
            yield split, "is the target column; choose another one"
        elif weight and getattr(settings, split) == weight:
            yield split, "is the weight column; choose another one"
    if settings.split_by_time and settings.split_by_group:
        yield "split_by_group", "there is split_by_time as well; leave out one of them"


def _of_features(settings: Hyperparameters) -> Iterator[tuple[str, str]]:
    others = {settings.target_column: "target", settings.weight_column: "weight"}
    others |= dict.fromkeys((settings.split_by_time, settings.split_by_group), "split")
    for setting in ("categorical_columns", "date_columns"):
        for column in getattr(settings, setting) or ():
            if column in others:
                yield setting, f"{column!r} is the {others[column]} column, and no feature; leave it out"
    features, dropped = settings.feature_columns or (), settings.drop_columns or ()
    if features and set(features) <= others.keys():
        yield "feature_columns", f"got {shown(', '.join(features))}, and leaves no feature; name columns to learn from"
    if twice := sorted(set(features) & set(dropped)):
        yield "drop_columns", f"{twice[0]!r} is in feature_columns as well; leave it out of one of them"
    if "*" in dropped:
        yield "drop_columns", "got '*', and leaves no feature; name columns, or begin with a part of their names"


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


def _of_files(settings: Hyperparameters) -> Iterator[tuple[str, str]]:
    if settings.csv_thousands and settings.csv_thousands == settings.csv_decimal:
        yield "csv_thousands", f"got {shown(settings.csv_thousands)}, which is csv_decimal as well; change one of them"
    if settings.csv_quote and settings.csv_quote == settings.csv_delimiter:
        yield "csv_delimiter", f"got {shown(settings.csv_delimiter)}, which is csv_quote as well; change one of them"


def _of_estimator(settings: Hyperparameters) -> Iterator[tuple[str, str]]:
    name = settings.estimator

    def found() -> type[BaseEstimator]:
        return estimators.find(name)  # loads it, which takes seconds: only where it is asked

    if settings.weight_column and not estimators.takes_weights(found()):
        yield "weight_column", f"{name} takes no weights; leave it out, or choose another one"
    if settings.missing_values == "keep" and not estimators.takes_missing_values(found()):
        yield "missing_values", f"{name} takes none; fill them in, drop the rows, or choose another one"
    if settings.accelerator and name not in TASK_OF_FOREST:
        yield (
            "accelerator",
            f"got {settings.accelerator}, allowed only with {FOREST} and {REGRESSION_FOREST}; leave it out, or choose "
            f"one of these",
        )
    if settings.partial_fit_epochs and not hasattr(found(), "partial_fit"):
        yield "partial_fit_epochs", f"{name} has no partial_fit; leave it out"
