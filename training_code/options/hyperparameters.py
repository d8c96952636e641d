"""Hyperparameters from a script's arguments: all mistakes reported together.

The SageMaker toolkit sends each one as `--name value`, after `json.loads`: `"true"` arrives as `True`, `"null"` as "".
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from failure import Fault, RefusedError, shown
from options import estimators, misfits
from options.declared_hyperparameters import AUTO, FILLS, FOREST_PARAMETERS, RULES, SPLITS, Hyperparameters
from options.estimators import CLASSIFICATION, FOREST, REGRESSION, REGRESSION_FOREST, TASK_OF_FOREST
from options.hyperparameter_rules import literal
from options.known import meant, without_wrong

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

__all__ = ["AUTO", "FILLS", "FOREST_PARAMETERS", "RULES", "SPLITS", "Hyperparameters", "look", "parse"]

_CHOOSING = ("estimator", "task")
"""What all that is said of the others depends on."""
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


@dataclass(frozen=True)
class Look:
    """Hyperparameters with defaults for the mistaken ones, and `known` without these; notes, and what is wrong."""

    settings: Hyperparameters
    known: Hyperparameters
    notes: list[str]
    faults: list[Fault]


def parse(arguments: Sequence[str]) -> tuple[Hyperparameters, list[str], list[Fault]]:
    """Hyperparameters from `--name value` arguments.

    Returns the hyperparameters, notes for the log, and one fault for each mistake; with faults the hyperparameters are
    the defaults for the mistaken ones.
    """
    found = look(arguments)
    return found.settings, found.notes, found.faults


def look(arguments: Sequence[str]) -> Look:
    """Hyperparameters from `--name value` arguments, and what is wrong with them: one fault for each mistake."""
    given, faults = _pairs(arguments)
    given = {name: text for name, text in given.items() if not name.startswith(_TOOLKIT_PREFIXES)}
    chosen, more = _choose(given)
    reading = _Reading(chosen)
    for name, text in given.items():
        reading.read(name, text)
    settings = reading.settings()
    faults += [*more, *reading.faults]
    faults += misfits.of(without_wrong(settings, given, faults))
    return Look(settings, without_wrong(settings, given, faults), reading.notes, faults)


@dataclass(frozen=True)
class _Reading:
    """What is made of the texts: declared hyperparameters, those of the estimator's own, notes and faults."""

    chosen: _Chosen | None
    values: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def read(self, name: str, text: str) -> None:
        """One of the hyperparameters."""
        is_forest = self.chosen and self.chosen.name == FOREST
        if name in RULES and (is_forest or name not in FOREST_PARAMETERS):
            try:
                self.values[name] = RULES[name].parse(text)
            except ValueError:
                self.faults.append(_fault(name, f"got {shown(text)}, allowed: {RULES[name].allowed}"))
        elif self.chosen and name in self.chosen.own:
            self._read_own(self.chosen, name, text)
        elif self.chosen:
            known = [each for each in RULES if is_forest or each not in FOREST_PARAMETERS]
            self.faults.append(_fault(name, _unknown(name, [*known, *self.chosen.own])))
        elif meant(name) in _CHOOSING:
            self.faults.append(_fault(name, _unknown(name, list(RULES))))

    def _read_own(self, chosen: _Chosen, name: str, text: str) -> None:
        value = literal(text)
        if name == "max_features" and value == "auto":
            value = "sqrt" if "Classifier" in chosen.name else 1.0
            self.notes.append(_auto_note(value))
        if allowed := estimators.refused(chosen.estimator, name, value):
            self.faults.append(_fault(name, f"got {shown(text)}, allowed: {allowed}"))
        else:
            self.others[name] = value

    def settings(self) -> Hyperparameters:
        """All of them, with defaults for those that are wrong."""
        if self.values.get("max_features") == "auto":
            self.values["max_features"] = "sqrt"
            self.notes.append(_auto_note("sqrt"))
        if self.chosen:
            self.values.update(estimator=self.chosen.name, task=self.chosen.task)
        return Hyperparameters(**self.values, estimator_parameters=self.others)


def _fault(name: str, text: str) -> Fault:
    return Fault("hyperparameter", name, text)


def _choose(given: dict[str, str]) -> tuple[_Chosen | None, list[Fault]]:
    """The estimator, and what is wrong with the choice; None if there is no such one, or nobody knows which."""
    task = given.get("task", "").lower()
    if "estimator" not in given and (
        task not in ("", CLASSIFICATION, REGRESSION) or any(meant(name) in _CHOOSING for name in given.keys() - RULES)
    ):
        return None, []
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
