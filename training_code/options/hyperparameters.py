"""Hyperparameters: each declared once with its default and its range, all mistakes reported together.

The SageMaker toolkit sends each one as `--name value`, after `json.loads`: `"true"` arrives as `True`, `"null"` as "".
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from failure import Fault, RefusedError, shown
from options import estimators
from options.estimators import CLASSIFICATION, FOREST, REGRESSION, REGRESSION_FOREST, TASK_OF_FOREST
from options.hyperparameter_rules import (
    DATE_PARTS,
    Rule,
    character,
    column_name,
    column_names,
    date_format,
    declared,
    either,
    encoding,
    every_core,
    fraction,
    header,
    literal,
    number,
    one_of,
    or_none,
    patterns,
    several_of,
    text_start,
    whole_number,
    words,
    yes_or_no,
)

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

AUTO = ("auto",)
"""Of `categorical_columns`: those that hold words, but for dates and words that stand in one row only. Of
`date_columns`: those that hold dates or times."""
SPLITS = ("split_by_time", "split_by_group")
"""What decides which rows are held out, where not chance does."""
FILLS = ("mean", "median", "most_frequent", "constant")
"""Of `missing_values`: what a missing number becomes, in the words of scikit-learn's SimpleImputer."""


@dataclass(frozen=True)
class Hyperparameters:
    """What a run can be told about the estimator and its data. The names are scikit-learn's where it has one.

    Those from `n_estimators` to `bootstrap` are the random forest classifier's; `estimator_parameters` has what the
    estimator takes beyond these, or all of what another estimator takes.
    """

    n_estimators: int = declared(100, whole_number(1, 100_000))
    max_depth: int | None = declared(None, or_none(whole_number(1, 10_000)))
    criterion: str = declared("gini", one_of("gini", "entropy", "log_loss"))
    max_features: str | int | float | None = declared(
        "sqrt", or_none(either(one_of("sqrt", "log2", "auto"), whole_number(1, 1_000_000), fraction()))
    )
    min_samples_split: int | float = declared(2, either(whole_number(2, 1_000_000_000), fraction()))
    min_samples_leaf: int | float = declared(1, either(whole_number(1, 1_000_000_000), fraction()))
    class_weight: str | None = declared(None, or_none(one_of("balanced", "balanced_subsample")))
    bootstrap: bool = declared(True, yes_or_no())
    random_state: int = declared(42, whole_number(0, 2**32 - 1))
    n_jobs: int = declared(-1, either(every_core(), whole_number(1, 1024)))
    target_column: str = declared("target", column_name())
    validation_fraction: float = declared(0.2, fraction())
    header: bool = declared(True, header())
    weight_column: str | None = declared(None, or_none(column_name()))
    feature_columns: tuple[str, ...] | None = declared(None, or_none(patterns()))
    drop_columns: tuple[str, ...] | None = declared(None, or_none(patterns()))
    categorical_columns: tuple[str, ...] | None = declared(AUTO, or_none(column_names()))
    category_encoding: str | None = declared(None, or_none(one_of("ordinal", "one_hot")))
    date_columns: tuple[str, ...] | None = declared(None, or_none(patterns(auto="every date")))
    date_format: str | None = declared(None, or_none(date_format()))
    date_parts: tuple[str, ...] = declared(DATE_PARTS, several_of(*DATE_PARTS))
    partition_columns: bool = declared(False, yes_or_no())
    split_by_time: str | None = declared(None, or_none(column_name()))
    split_by_group: str | None = declared(None, or_none(column_name()))
    data_checks: str = declared("advise", one_of("advise", "refuse", "off"))
    missing_values: str = declared("auto", one_of("auto", "error", "keep", *FILLS))
    fill_value: float = declared(0.0, number(-1e9, 1e9))
    csv_delimiter: str | None = declared(None, or_none(character()))
    csv_decimal: str | None = declared(None, or_none(one_of(".", ",")))
    csv_thousands: str | None = declared(None, or_none(character()))
    csv_encoding: str | None = declared(None, or_none(encoding()))
    csv_quote: str | None = declared('"', or_none(character()))
    csv_comment: str | None = declared(None, or_none(text_start()))
    csv_null_values: tuple[str, ...] | None = declared(None, or_none(words()))
    task: str = declared(CLASSIFICATION, one_of(CLASSIFICATION, REGRESSION))
    estimator: str = declared(FOREST, Rule("the dotted name of an estimator", str))  # `estimators.find` judges it
    accelerator: str | None = declared(None, or_none(one_of("intelex")))
    partial_fit_epochs: int | None = declared(None, or_none(whole_number(1, 100_000)))
    checkpoint_seconds: float = declared(5.0, number(0, 3600))
    system_metrics: bool = declared(False, yes_or_no())
    estimator_parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the estimator is made with, but for `random_state` and `n_jobs`."""
        own = {name: getattr(self, name) for name in FOREST_PARAMETERS} if self.estimator == FOREST else {}
        return own | self.estimator_parameters

    @property
    def described(self) -> dict[str, Any]:
        """Everything that was chosen, as flat values for a reader: what the estimator has no use for is left out."""
        run = {name: getattr(self, name) for name in RULES if name not in FOREST_PARAMETERS}
        run |= {name: list(value) for name, value in run.items() if isinstance(value, tuple)}
        if self.accelerator is None:
            del run["accelerator"]
        return self.parameters | run


RULES: dict[str, Rule] = {each.name: each.metadata["rule"] for each in fields(Hyperparameters) if each.metadata}
"""Every declared hyperparameter's rule, by name."""
FOREST_PARAMETERS = tuple(RULES)[: tuple(RULES).index("random_state")]
"""Those that have a rule only when the estimator is the random forest classifier."""

_TOOLKIT_PREFIXES = ("sagemaker_", "_tuning_objective_metric")


@dataclass(frozen=True)
class _Chosen:
    """The estimator that was chosen. It is loaded where something is asked that the rules here do not say."""

    name: str

    @cached_property
    def estimator(self) -> type[BaseEstimator]:
        return estimators.find(self.name)

    @cached_property
    def own(self) -> list[str]:
        return estimators.parameter_names(self.estimator)

    @property
    def task(self) -> str:
        return TASK_OF_FOREST.get(self.name) or estimators.task_of(self.estimator)


def parse(arguments: Sequence[str]) -> tuple[Hyperparameters, list[str], list[Fault]]:
    """Hyperparameters from `--name value` arguments.

    Returns the hyperparameters, notes for the log, and one fault for each mistake; with faults the hyperparameters are
    the defaults for the mistaken ones.
    """
    given, faults = _pairs(arguments)
    given = {name: text for name, text in given.items() if not name.startswith(_TOOLKIT_PREFIXES)}
    chosen, more = _choose(given)
    faults += more
    rules = {
        name: rule
        for name, rule in RULES.items()
        if (chosen and chosen.name == FOREST) or name not in FOREST_PARAMETERS
    }
    values: dict[str, Any] = {}
    others: dict[str, Any] = {}
    notes: list[str] = []
    for name, text in given.items():
        if name in rules:
            try:
                values[name] = rules[name].parse(text)
            except ValueError:
                faults.append(_fault(name, f"got {shown(text)}, allowed: {rules[name].allowed}"))
        elif chosen and name in chosen.own:
            value = literal(text)
            if name == "max_features" and value == "auto":
                value = "sqrt" if "Classifier" in chosen.name else 1.0
                notes.append(_auto_note(value))
            if allowed := estimators.refused(chosen.estimator, name, value):
                faults.append(_fault(name, f"got {shown(text)}, allowed: {allowed}"))
            else:
                others[name] = value
        elif chosen:
            faults.append(_fault(name, _unknown(name, [*rules, *chosen.own])))
    if values.get("max_features") == "auto":
        values["max_features"] = "sqrt"
        notes.append(_auto_note("sqrt"))
    if chosen:
        values |= {"estimator": chosen.name, "task": chosen.task}
    settings = Hyperparameters(**values, estimator_parameters=others)
    return settings, notes, faults + (_misfits(settings, chosen) if chosen else [])


def _fault(name: str, text: str) -> Fault:
    return Fault("hyperparameter", name, text)


def _choose(given: dict[str, str]) -> tuple[_Chosen | None, list[Fault]]:
    """The estimator, and what is wrong with the choice; None if there is no such one."""
    task = given.get("task", "").lower()
    chosen = _Chosen(given.get("estimator", REGRESSION_FOREST if task == REGRESSION else FOREST))
    try:
        actual = chosen.task
    except RefusedError as error:
        return None, list(error.faults)
    if task in (CLASSIFICATION, REGRESSION) and task != actual:
        return chosen, [_fault("task", f"got {shown(task)}, but {chosen.name} does {actual}; leave out task")]
    return chosen, []


def _misfits(settings: Hyperparameters, chosen: _Chosen) -> list[Fault]:
    """Hyperparameters that are fine by themselves, and not together."""
    found: list[tuple[str, str]] = []
    name = chosen.name
    if not settings.header and not settings.target_column.lstrip("-").isdecimal():
        found.append(
            (
                "target_column",
                f"got {shown(settings.target_column)}, allowed with header none: the column's position, 1 for the "
                f"first, -1 for the last",
            )
        )
    if settings.weight_column and not estimators.takes_weights(chosen.estimator):
        found.append(("weight_column", f"{name} takes no weights; leave it out, or choose another one"))
    if settings.weight_column == settings.target_column:
        found.append(("weight_column", "is the target column; choose another one"))
    found += [
        (split, "is the target column; choose another one")
        for split in SPLITS
        if getattr(settings, split) == settings.target_column
    ]
    if settings.split_by_time and settings.split_by_group:
        found.append(("split_by_group", "there is split_by_time as well; leave out one of them"))
    if settings.missing_values == "keep" and not estimators.takes_missing_values(chosen.estimator):
        found.append(
            ("missing_values", f"{name} takes none; fill them in, drop the rows, or choose another one"),
        )
    if settings.accelerator and name not in TASK_OF_FOREST:
        found.append(
            (
                "accelerator",
                f"got {settings.accelerator}, allowed only with {FOREST} and {REGRESSION_FOREST}; leave it out, or "
                f"choose one of these",
            )
        )
    if settings.partial_fit_epochs and not hasattr(chosen.estimator, "partial_fit"):
        found.append(("partial_fit_epochs", f"{name} has no partial_fit; leave it out"))
    return [_fault(*each) for each in found]


def _unknown(name: str, known: Sequence[str]) -> str:
    if name in estimators.RESERVED:
        return "is set by the training code itself; leave it out"
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"not known; {hint}known are {', '.join(sorted(set(known)))}"


def _auto_note(meaning: object) -> str:
    kind = "classifiers" if meaning == "sqrt" else "regressors"
    return f"max_features=auto meant {meaning} for {kind} until scikit-learn 1.3 removed the word: using {meaning}"


def _pairs(arguments: Sequence[str]) -> tuple[dict[str, str], list[Fault]]:
    """`--name value` and `--name=value` as a mapping, with a fault for everything else.

    Not argparse: it stops at the first mistake, exits with 2 and takes abbreviated names.
    """
    given: dict[str, str] = {}
    faults: list[Fault] = []
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        name, equals, text = argument.lstrip("-").partition("=")
        if not argument.startswith("-") or not name:
            faults.append(
                Fault("argument", shown(argument), "stands where --name was expected; write --name value"),
            )
            continue
        if not equals:
            if not rest:
                faults.append(_fault(name, f"has no value; write --{name} value"))
                continue
            text = rest.pop(0)
        if name in given:
            faults.append(_fault(name, f"given twice, as {shown(given[name])} and {shown(text)}"))
        given[name] = text
    return given, faults
