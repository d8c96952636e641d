"""What a script has reported: each value as MLflow takes it, with the time at which it was said."""

from __future__ import annotations

import operator
import posixpath
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .failure import TrainingError, shown
from .log import METRIC_NAMES, REGRESSION_METRIC_NAMES, number_of

_KNOWN = {name.partition(":")[2]: name for name in (*METRIC_NAMES, *REGRESSION_METRIC_NAMES)}
"""`accuracy` -> the name by which the default metric definitions look for it."""
_NAME = re.compile(r"[\w./:-]{1,250}")
_PARAMETER_NAME = re.compile(r"[\w./: -]{1,250}")
"""Source: MLflow 3.17.2, mlflow/utils/validation.py."""
_ODD = re.compile(r"[^\w./: -]")
_STEP_LIMIT = 2**63
"""MLflow keeps a step in 64 bits."""


@dataclass(frozen=True)
class Value:
    """One value of one metric; without a step it is told with the model. The time is in milliseconds since 1970."""

    name: str
    number: float
    step: int | None
    timestamp: int

    def as_metric(self) -> dict[str, Any]:
        """As a record has it."""
        return {"name": self.name, "value": self.number, "timestamp": self.timestamp, "step": self.step or 0}


@dataclass
class Reports:
    """All that one script has reported and that MLflow has not been told yet."""

    last: dict[str, float] = field(default_factory=dict)
    """Metric -> its last value, by which the version is judged."""
    at_end: dict[str, Value] = field(default_factory=dict)
    """Those without a step."""
    early: list[Value] = field(default_factory=list)
    """Those with a step, from before there is a run."""

    def take(self, values: Mapping[str, object], step: object) -> list[Value]:
        """Remember values, and give them as they are.

        Raises:
            TrainingError: what is wrong with them, all at once; none of them is taken.
        """
        faults: list[str] = []
        at, now = _step(step, faults), int(time.time() * 1000)
        taken = [Value(_metric(name, faults), _number(name, value, faults), at, now) for name, value in values.items()]
        if faults:
            raise TrainingError("report: " + "; ".join(faults))
        for each in taken:
            self.last[each.name] = each.number
            if at is None:
                self.at_end[each.name] = each
        return taken

    def as_metrics(self) -> list[dict[str, Any]]:
        """What is told with the model: the values without a step, and the early ones."""
        return [each.as_metric() for each in (*self.at_end.values(), *self.early)]


def parameters_of(given: object) -> tuple[dict[str, str], list[str]]:
    """Parameters as MLflow takes them, and for those whose names it would refuse what was made of them, in words.

    A name costs no model: the training is done when it is looked at.

    Raises:
        TrainingError: it is no mapping.
    """
    if not isinstance(given, Mapping):
        raise TrainingError(
            f"register_once: got {type(given).__name__} as parameters; allowed: a mapping of names to values, such as "
            "vars(arguments) of argparse"
        )
    found, notes = dict[str, str](), list[str]()
    for name, value in given.items():
        kept = _parameter(str(name))
        if kept != name:
            notes.append(f"{shown(name)} is recorded as {shown(kept)}")
        found[kept] = str(value)
    return found, notes


def _parameter(name: str) -> str:
    if _PARAMETER_NAME.fullmatch(name) and _is_plain(name):
        return name
    return re.sub(r"^[./ ]+|[./ ]+$|(?<=/)/+", "", _ODD.sub("_", name))[:250] or "_"


def _metric(given: str, faults: list[str]) -> str:
    name = _KNOWN.get(given, given)
    if not _NAME.fullmatch(str(name)):
        faults.append(
            f"got the metric {shown(name)}; allowed: letters, digits and _ . / : -, as the log's lines are read by it"
        )
    elif not _is_plain(name):
        faults.append(f"got the metric {shown(name)}; allowed: a name that is no path, without / at its ends")
    return name


def _is_plain(name: str) -> bool:
    """Whether MLflow takes a name that has dots and slashes: it is where a file of the same name would be."""
    return posixpath.normpath(name) == name and name != "." and not name.startswith(("..", "/"))


def _number(name: str, value: object, faults: list[str]) -> float:
    try:
        number = number_of(name, value)
        return int(value) if isinstance(value, int) else number
    except TrainingError as error:
        faults.append(str(error).partition("report: ")[2])
        return 0.0


def _step(given: object, faults: list[str]) -> int | None:
    if given is None:
        return None
    try:
        step = int(given) if isinstance(given, float) and given.is_integer() else operator.index(given)  # type: ignore[arg-type]  # a wrong one is told below
        if not -_STEP_LIMIT <= step < _STEP_LIMIT:
            raise ValueError
    except (TypeError, ValueError):
        faults.append(f"got step={shown(given)}; allowed: a whole number")
        return None
    return step
