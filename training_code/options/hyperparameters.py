"""Hyperparameters from a script's arguments: all mistakes reported together.

The SageMaker toolkit sends each one as `--name value`, after `json.loads`: `"true"` arrives as `True`, `"null"` as "".
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from failure import Fault, RefusedError, shown
from options import estimators, misfits
from options.declared_hyperparameters import AUTO, FILLS, FOREST_PARAMETERS, RULES, SPLITS, Hyperparameters
from options.estimators import CLASSIFICATION, FOREST, REGRESSION, REGRESSION_FOREST, TASK_OF_FOREST
from options.hyperparameter_rules import literal

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

__all__ = ["AUTO", "FILLS", "FOREST_PARAMETERS", "RULES", "SPLITS", "Hyperparameters", "parse"]

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
    return settings, notes, faults + (misfits.of(settings) if chosen else [])


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
