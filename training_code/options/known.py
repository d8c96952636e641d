"""What is known of a job's settings where some are wrong by themselves: a rule that asks for one of these ends there.

So one mistake hides no other, and nothing is said that depends on a mistake (docs/adr/0065).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from failure import Fault
from options.declared_hyperparameters import RULES, Hyperparameters

Finding = TypeVar("Finding")
_ALMOST = 0.75
"""Likeness of two names, from 0 to 1, of which one is the other misspelt."""


class UnjudgedError(Exception):
    """A rule asked for a setting that is wrong by itself, so that nobody can tell what the rule would say."""


def judged(*rules: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What rules find, each of them as far as its settings are known."""
    found: list[Finding] = []
    for rule in rules:
        try:
            for each in rule():
                found.append(each)  # noqa: PERF402  # what was found until then is kept
        except UnjudgedError:
            continue
    return found


class _PartlyKnown(Hyperparameters):
    """Hyperparameters of which some are wrong; these have no value."""

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401  # of whatever hyperparameter
        if name in object.__getattribute__(self, "__dict__").get("wrong", ()):
            raise UnjudgedError
        return object.__getattribute__(self, name)


def without_wrong(settings: Hyperparameters, given: Collection[str], faults: Iterable[Fault]) -> Hyperparameters:
    """The settings without what the faults are about; `given` are the names of all that were told."""
    named = {each.name for each in faults if each.kind == "hyperparameter"}
    wrong = set(named)
    for name in named - RULES.keys():
        # Of the estimator's own, or no name at all: then it is the one that was meant, or any of those that are absent.
        wrong |= {"estimator_parameters", *([meant(name)] if meant(name) else RULES.keys() - set(given))}
    if "task" in wrong:
        wrong.add("estimator")  # one of the two is wrong, or the estimator would follow from the task
    if not wrong:
        return settings
    made = object.__new__(_PartlyKnown)
    made.__dict__.update(vars(settings), wrong=frozenset(wrong))
    return made


def meant(name: str) -> str:
    """The declared hyperparameter that an unknown name is almost; "" for none."""
    return next(iter(difflib.get_close_matches(name, RULES, n=1, cutoff=_ALMOST)), "")
