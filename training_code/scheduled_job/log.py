"""What a job prints: progress lines for a reader, metric lines for SageMaker's MetricDefinitions."""

from __future__ import annotations

from decimal import Decimal

METRIC_NAMES = (
    "validation:accuracy",
    "validation:balanced_accuracy",
    "validation:f1",
    "validation:roc_auc",
    "validation:log_loss",
    "training:trees",
)
"""Every metric that a run of a forest of classifiers prints, once each. The same names are used in MLflow and in
model.json; other classifiers leave out those that they cannot know.
"""
REGRESSION_METRIC_NAMES = ("validation:rmse", "validation:mae", "validation:r2", "training:trees")
"""The same for a forest of regressors."""

_SHARES = frozenset({*METRIC_NAMES, "validation:r2"})
"""Those that are shares of one, or almost; any other may be of any size."""


def say(line: str) -> None:
    """Print one line at once: CloudWatch shows a line when it is flushed, not when it is written."""
    print(line, flush=True)


def metric_line(name: str, value: float) -> str:
    """One metric as `name=value`, in fixed notation: the expressions that look for it know no exponent.

    A share of one has six digits after the point, anything else, such as an error in the target's own unit, eight
    digits that count.
    """
    if isinstance(value, int):
        return f"{name}={value:d}"
    return f"{name}={value:.6f}" if name in _SHARES else f"{name}={Decimal(f'{value:.7e}'):f}"


def number_of(name: str, value: object) -> float:
    """What is reported for a metric, as a number.

    Raises:
        TrainingError: it is none.
    """
    try:
        return float(value)  # type: ignore[arg-type]  # NumPy's and PyTorch's numbers, and anything else that is one
    except (TypeError, ValueError, OverflowError):
        # Here: what starts code of the team's own has this module by itself.
        from .failure import TrainingError, shown

        raise TrainingError(f"report: got {name}={shown(value)}; allowed: a number") from None
