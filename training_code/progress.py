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
"""Every metric that a run of a forest of classifiers prints, once each. The same names are used in MLflow and in
model.json; other classifiers leave out those that they cannot know.
"""
REGRESSION_METRIC_NAMES = ("validation:rmse", "validation:mae", "validation:r2", "training:trees")
"""The same for a forest of regressors."""


def metric_regex(name: str) -> str:
    """The `MetricDefinitions` regex that picks the number out of the metric's one log line."""
    return f"{name}=(-?[0-9.]+)" if name == "validation:r2" else f"{name}=([0-9.]+)"


def say(line: str) -> None:
    """Print one line at once: CloudWatch shows a line when it is flushed, not when it is written."""
    print(line, flush=True)


def say_metric(name: str, value: float) -> None:
    """Print one metric on a line of its own, in fixed notation: the regex knows no exponent.

    A share of one has six digits after the point, an error in the target's own unit eight digits that count.
    """
    names = {*METRIC_NAMES, *REGRESSION_METRIC_NAMES}
    if name not in names:
        raise ValueError(f"{name!r} is not one of the metrics of a run: {', '.join(sorted(names))}")
    if isinstance(value, int):
        say(f"{name}={value:d}")
    elif name in ("validation:rmse", "validation:mae"):
        import numpy

        say(f"{name}={numpy.format_float_positional(value, precision=8, unique=False, fractional=False)}")
    else:
        say(f"{name}={value:.6f}")
