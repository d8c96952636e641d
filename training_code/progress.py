"""What a run prints: progress lines for a reader, metric lines for SageMaker's MetricDefinitions."""

from __future__ import annotations

from scheduled_job.log import METRIC_NAMES, REGRESSION_METRIC_NAMES, metric_line, say

__all__ = ["METRIC_NAMES", "REGRESSION_METRIC_NAMES", "metric_regex", "say", "say_metric"]


def metric_regex(name: str) -> str:
    """The `MetricDefinitions` regex that picks the number out of the metric's one log line."""
    return f"{name}=(-?[0-9.]+)" if name == "validation:r2" else f"{name}=([0-9.]+)"


def say_metric(name: str, value: float) -> None:
    """Print one metric of a run on a line of its own."""
    names = {*METRIC_NAMES, *REGRESSION_METRIC_NAMES}
    if name not in names:
        raise ValueError(f"{name!r} is not one of the metrics of a run: {', '.join(sorted(names))}")
    say(metric_line(name, value))
