"""Whether a new model version becomes the champion: minimums, and a comparison with the champion on the same rows."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from failure import shown

DEFAULT_METRIC = "validation:accuracy"
"""What is compared where no minimum names a metric; a model without it is compared by its first validation metric."""


@dataclass(frozen=True)
class Gate:
    """What a version must reach. All metrics are such that more is better; `margin` is how much less is still good."""

    minimum_metrics: dict[str, float] = field(default_factory=dict)
    margin: float = 0.0


@dataclass(frozen=True)
class Champion:
    """The present champion, judged on the held-out rows of this job; `metrics` is empty where `problem` says why."""

    version: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    problem: str = ""


OPEN_GATE = Gate()
NO_CHAMPION = Champion()


@dataclass(frozen=True)
class Decision:
    """Whether the alias `champion` moves, and why in words."""

    promoted: bool
    why: str


def read(environ: Mapping[str, str], problems: list[str]) -> Gate:
    """The gate that the job was told; what is wrong with it is added to `problems`."""
    minimums: dict[str, float] = {}
    text = environ.get("PROMOTION_MINIMUM_METRICS") or "{}"
    try:
        minimums = {str(name): float(value) for name, value in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        problems.append(
            f"environment variable PROMOTION_MINIMUM_METRICS: got {shown(text)}, allowed: a JSON object of numbers"
        )
    text = environ.get("PROMOTION_MARGIN") or "0"
    try:
        margin = float(text)
        if not 0 <= margin < math.inf:
            raise ValueError
    except ValueError:
        problems.append(f"environment variable PROMOTION_MARGIN: got {shown(text)}, allowed: a number of 0 or more")
        margin = 0.0
    return Gate(minimums, margin)


def decide(  # noqa: PLR0911  # one return for each reason
    gate: Gate, metrics: Mapping[str, float], present: str | None, judged: Champion
) -> Decision:
    """Whether a version with `metrics` becomes the champion.

    `present` is the version that the alias names now, None where there is none; `judged` what this job found out about
    the champion that it saw.
    """
    for name, least in gate.minimum_metrics.items():
        if name not in metrics:
            return Decision(False, f"{name} has a minimum of {least:g}, but the evaluation has no such metric")
        if not metrics[name] >= least:
            return Decision(False, f"{name} is {metrics[name]:.6f}, less than the minimum of {least:g}")
    if present is None:
        return Decision(True, "it reaches the minimums, and there was no champion")
    if judged.version != present:
        return Decision(False, f"champion version {present} was not evaluated on this version's held-out rows")
    if judged.problem:
        return Decision(False, f"champion version {present} cannot be evaluated on the held-out rows: {judged.problem}")
    told = []
    for name in _compared(gate, metrics):
        if name not in judged.metrics:
            return Decision(False, f"champion version {present} has no {name} to compare with")
        if not metrics[name] >= judged.metrics[name] - gate.margin:
            return Decision(
                False,
                f"{name} is {metrics[name]:.6f}, and champion version {present} has {judged.metrics[name]:.6f} on the "
                f"same held-out rows (margin {gate.margin:g})",
            )
        told.append(f"{name} {metrics[name]:.6f} against {judged.metrics[name]:.6f}")
    return Decision(
        True,
        f"not worse than champion version {present} on the same held-out rows (margin {gate.margin:g}): "
        f"{', '.join(told)}",
    )


def _compared(gate: Gate, metrics: Mapping[str, float]) -> list[str]:
    if gate.minimum_metrics:
        return list(gate.minimum_metrics)
    others = [name for name in metrics if name.startswith("validation:") and "loss" not in name and "error" not in name]
    return [DEFAULT_METRIC] if DEFAULT_METRIC in metrics else others[:1]
