"""Whether a new model version becomes the champion: minimums, and a comparison with the champion on the same rows."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .failure import Fault, shown

_ALMOST = 0.9
"""Likeness of two metrics' names, which all begin alike, that is a slip of the finger."""
MINIMUMS, MAXIMUMS = "PROMOTION_MINIMUM_METRICS", "PROMOTION_MAXIMUM_METRICS"

DEFAULT_METRICS = ("validation:accuracy", "validation:r2")
"""What is compared where the gate names no metric: the first of these that there is. On the same rows R2 orders two
regressions as their RMSE does, and the margin is a share of one for both tasks.
"""


@dataclass(frozen=True)
class Gate:
    """What a version must reach: minimums of metrics of which more is better, maximums of those of which less is.

    `margin` is how much worse than the champion is still good.
    """

    minimum_metrics: dict[str, float] = field(default_factory=dict)
    maximum_metrics: dict[str, float] = field(default_factory=dict)
    margin: float = 0.0

    def is_as_good(self, name: str, value: float, other: float) -> bool:
        """Whether `value` of the metric is no more than the margin worse than `other`; NaN never is."""
        if name in self.maximum_metrics:
            return value <= other + self.margin
        return value >= other - self.margin


@dataclass(frozen=True)
class Champion:
    """The present champion, judged on the held-out rows of this job; `metrics` is empty where `problem` says why.

    Where only the script knows how a model is judged, they are those that the champion recorded of itself.
    """

    version: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    problem: str = ""
    is_recorded: bool = False

    @property
    def rows(self) -> str:
        """On which rows it was judged, in words."""
        return "its own held-out rows" if self.is_recorded else "the same held-out rows"


OPEN_GATE = Gate()
NO_CHAMPION = Champion()


@dataclass(frozen=True)
class Decision:
    """Whether the alias `champion` moves, and why in words."""

    promoted: bool
    why: str


def read(environ: Mapping[str, str], faults: list[Fault]) -> Gate:
    """The gate that the job was told; what is wrong with it is added to `faults`."""
    minimums = _limits(environ, MINIMUMS, faults)
    maximums = _limits(environ, MAXIMUMS, faults)
    text = environ.get("PROMOTION_MARGIN") or "0"
    try:
        margin = float(text)
        if not 0 <= margin < math.inf:
            raise ValueError
    except ValueError:
        faults.append(_fault("PROMOTION_MARGIN", f"got {shown(text)}, allowed: a number of 0 or more"))
        margin = 0.0
    return Gate(minimums, maximums, margin)


def unknown_metrics(gate: Gate, names: Sequence[str]) -> list[Fault]:
    """Limits on metrics that no evaluation will have; `names` are those that it may have."""
    found = []
    for variable, limits in ((MINIMUMS, gate.minimum_metrics), (MAXIMUMS, gate.maximum_metrics)):
        for name in [each for each in limits if each not in names]:
            close = difflib.get_close_matches(name, names, n=1, cutoff=_ALMOST)
            meant = f"did you mean {close[0]}? " if close else ""
            found.append(_fault(variable, f"got {shown(name, 80)}; {meant}allowed: {', '.join(names)}"))
    return found


def _fault(variable: str, text: str) -> Fault:
    return Fault("environment variable", variable, text)


def _limits(environ: Mapping[str, str], variable: str, faults: list[Fault]) -> dict[str, float]:
    text = environ.get(variable) or "{}"
    try:
        return {str(name): float(value) for name, value in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        faults.append(_fault(variable, f"got {shown(text)}, allowed: a JSON object of numbers"))
        return {}


def decide(  # noqa: PLR0911  # one return for each reason
    gate: Gate, metrics: Mapping[str, float], present: str | None, judged: Champion
) -> Decision:
    """Whether a version with `metrics` becomes the champion.

    `present` is the version that the alias names now, None where there is none; `judged` what this job found out about
    the champion that it saw.
    """
    if problem := _beyond_a_limit(gate, metrics):
        return Decision(False, problem)
    if present is None:
        return Decision(True, "it keeps all limits, and there was no champion")
    if judged.version != present:
        return Decision(False, f"champion version {present} was not evaluated on this version's held-out rows")
    if judged.problem:
        return Decision(False, f"champion version {present} cannot be evaluated on the held-out rows: {judged.problem}")
    told = []
    compared = _compared(gate, metrics)
    if judged.is_recorded and not {*compared} & {*metrics}:
        return Decision(True, f"it keeps all limits, and has no metric to hold against champion version {present}")
    for name in compared:
        if name not in metrics:
            return Decision(False, f"the evaluation has no {name} to compare champion version {present} by")
        if name not in judged.metrics:
            return Decision(False, f"champion version {present} has no {name} to compare with")
        if not gate.is_as_good(name, metrics[name], judged.metrics[name]):
            return Decision(
                False,
                f"{name} is {metrics[name]:.6f}, and champion version {present} has {judged.metrics[name]:.6f} on "
                f"{judged.rows} (margin {gate.margin:g})",
            )
        told.append(f"{name} {metrics[name]:.6f} against {judged.metrics[name]:.6f}")
    return Decision(
        True,
        f"not worse than champion version {present} on {judged.rows} (margin {gate.margin:g}): {', '.join(told)}",
    )


def _beyond_a_limit(gate: Gate, metrics: Mapping[str, float]) -> str:
    """The first minimum or maximum that the metrics do not keep, in words; NaN keeps none."""
    limits = [(name, "minimum", limit) for name, limit in gate.minimum_metrics.items()]
    limits += [(name, "maximum", limit) for name, limit in gate.maximum_metrics.items()]
    for name, kind, limit in limits:
        if name not in metrics:
            return f"{name} has a {kind} of {limit:g}, but the evaluation has no such metric"
        value = metrics[name]
        if kind == "minimum" and not value >= limit:
            return f"{name} is {value:.6f}, less than the minimum of {limit:g}"
        if kind == "maximum" and not value <= limit:
            return f"{name} is {value:.6f}, more than the maximum of {limit:g}"
    return ""


def _compared(gate: Gate, metrics: Mapping[str, float]) -> list[str]:
    named = [*gate.minimum_metrics, *gate.maximum_metrics]
    return named or [next((name for name in DEFAULT_METRICS if name in metrics), DEFAULT_METRICS[0])]
