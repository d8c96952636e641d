"""Hyperparameters: each declared once with its default and its range, all mistakes reported together.

The SageMaker toolkit sends each one as `--name value`, after `json.loads`: `"true"` arrives as `True`, `"null"` as "".
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from failure import shown

Value = TypeVar("Value")


@dataclass(frozen=True)
class Rule:
    """What a hyperparameter may be: `allowed` in words, `parse` raising ValueError for everything else."""

    allowed: str
    parse: Callable[[str], Any]


def _none(text: str) -> bool:
    return text.lower() in ("none", "null", "")


def whole_number(low: int, high: int) -> Rule:
    """A whole number from `low` to `high`, both included."""

    def parse(text: str) -> int:
        if not low <= (number := int(text)) <= high:
            raise ValueError
        return number

    return Rule(f"a whole number from {low} to {high}", parse)


def fraction() -> Rule:
    """A number between 0 and 1, both excluded."""

    def parse(text: str) -> float:
        if not 0 < (number := float(text)) < 1:
            raise ValueError
        return number

    return Rule("a number between 0 and 1", parse)


def one_of(*words: str) -> Rule:
    """One of `words`, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError
        return text.lower()

    return Rule(" or ".join(words), parse)


def either(*rules: Rule) -> Rule:
    """What the first fitting one of `rules` makes of the text."""

    def parse(text: str) -> object:
        for rule in rules:
            try:
                return rule.parse(text)
            except ValueError:
                continue
        raise ValueError

    return Rule(", or ".join(rule.allowed for rule in rules), parse)


def or_none(rule: Rule) -> Rule:
    """`rule`, or `none`."""
    return Rule(f"{rule.allowed}, or none", lambda text: None if _none(text) else rule.parse(text))


def yes_or_no() -> Rule:
    """`true` or `false`."""
    return Rule("true or false", lambda text: {"true": True, "false": False}[one_of("true", "false").parse(text)])


def every_core() -> Rule:
    """The -1 of scikit-learn and joblib."""

    def parse(text: str) -> int:
        if text != "-1":
            raise ValueError
        return -1

    return Rule("-1 (every core)", parse)


def column_name() -> Rule:
    """Any text that is not empty."""

    def parse(text: str) -> str:
        if not text:
            raise ValueError
        return text

    return Rule("the name of a column", parse)


def declared(default: Value, rule: Rule) -> Value:
    """A dataclass field with its default and its rule."""
    return field(default=default, metadata={"rule": rule})


@dataclass(frozen=True)
class Hyperparameters:
    """What a run can be told about the forest and its data. The names are scikit-learn's where it has one."""

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


RULES: dict[str, Rule] = {each.name: each.metadata["rule"] for each in fields(Hyperparameters)}
"""Every hyperparameter's rule, by name."""

_TOOLKIT_PREFIXES = ("sagemaker_", "_tuning_objective_metric")


def parse(arguments: Sequence[str]) -> tuple[Hyperparameters, list[str], list[str]]:
    """Hyperparameters from `--name value` arguments.

    Returns the hyperparameters, notes for the log, and one problem for each mistake; with problems the hyperparameters
    are the defaults for the mistaken ones.
    """
    given, problems = _pairs(arguments)
    values: dict[str, Any] = {}
    notes: list[str] = []
    for name, text in given.items():
        if name.startswith(_TOOLKIT_PREFIXES):
            continue
        if name not in RULES:
            close = difflib.get_close_matches(name, RULES, n=1)
            hint = f"did you mean {close[0]}? " if close else ""
            problems.append(f"hyperparameter {name}: not known; {hint}known are {', '.join(sorted(RULES))}")
            continue
        try:
            values[name] = RULES[name].parse(text)
        except ValueError:
            problems.append(f"hyperparameter {name}: got {shown(text)}, allowed: {RULES[name].allowed}")
    if values.get("max_features") == "auto":
        values["max_features"] = "sqrt"
        notes.append("max_features=auto meant sqrt for classifiers until scikit-learn 1.3 removed the word: using sqrt")
    return Hyperparameters(**values), notes, problems


def _pairs(arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """`--name value` and `--name=value` as a mapping, with a problem for everything else.

    Not argparse: it stops at the first mistake, exits with 2 and takes abbreviated names.
    """
    given: dict[str, str] = {}
    problems: list[str] = []
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        name, equals, text = argument.lstrip("-").partition("=")
        if not argument.startswith("-") or not name:
            problems.append(f"argument {shown(argument)}: stands where --name was expected; write --name value")
            continue
        if not equals:
            if not rest:
                problems.append(f"hyperparameter {name}: has no value; write --{name} value")
                continue
            text = rest.pop(0)
        if name in given:
            problems.append(f"hyperparameter {name}: given twice, as {shown(given[name])} and {shown(text)}")
        given[name] = text
    return given, problems
