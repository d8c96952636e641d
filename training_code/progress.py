"""What a run prints: progress lines for a reader, metric lines for SageMaker's MetricDefinitions."""

from __future__ import annotations

METRIC_NAMES = (
    "validation:accuracy",
    "validation:balanced_accuracy",
    "validation:f1",
    "validation:roc_auc",
    "validation:log_loss",
    "training:trees",
)
"""Every metric a run prints, once each. The same names are used in MLflow and in model.json."""


def metric_regex(name: str) -> str:
    """The `MetricDefinitions` regex that picks the number out of the metric's one log line."""
    return f"{name}=([0-9.]+)"


def say(line: str) -> None:
    """Print one line at once: CloudWatch shows a line when it is flushed, not when it is written."""
    print(line, flush=True)


def say_metric(name: str, value: float) -> None:
    """Print one metric on a line of its own, in fixed notation: the regex knows no exponent and no sign."""
    if name not in METRIC_NAMES:
        raise ValueError(f"{name!r} is not one of the metrics of a run: {', '.join(METRIC_NAMES)}")
    say(f"{name}={value:d}" if isinstance(value, int) else f"{name}={value:.6f}")
