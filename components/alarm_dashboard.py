"""The dashboard of a job, as CloudWatch takes it: runs, durations, what spot training saved, the model's metrics.

Source: CloudWatch API, "Dashboard body structure and syntax".
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from .alarm_machine import DIMENSION, METRICS_NAMESPACE
from .alarm_names import AlarmNames
from .training_job_spec import TrainingJobSpec

_WIDTH: Final = 12
"""Half of the 24 columns that a dashboard has."""
_HEIGHT: Final = 6
_PERIOD_IN_SECONDS: Final = 86400
METRICS_MAX_COUNT: Final = 20
"""Lines of one picture that people can still tell apart; ours."""


def dashboard_body(spec: TrainingJobSpec, names: AlarmNames, alarm_names: Sequence[str], stack: str) -> str:
    """The body as JSON, the same bytes for the same job."""
    region, account = names.job.scope.region, names.job.scope.account_id
    alarms = [names.job.scope.arn("cloudwatch", f"alarm:{name}") for name in alarm_names]
    group = {"ScheduleGroup": names.job.schedule_group_name}
    savings = [{"expression": "100 * (1 - billable / trained)", "label": "saved (%)", "id": "saved", "yAxis": "right"}]
    pictures: list[tuple[str, str, list[list[Any]]]] = [
        ("Runs", "Sum", [_own(names, name) for name in ("Succeeded", "Failed", "Stopped")]),
        ("Duration, % of the limit", "Maximum", [_own(names, "ShareOfLimit")]),
        (
            "Trained and billed (s), saved (%)",
            "Sum",
            [_own(names, "DurationInSeconds", id="trained"), _own(names, "BillableSeconds", id="billable"), savings],
        ),
        ("Model", "Average", [_own(names, name) for name in sorted(spec.metric_definitions)[:METRICS_MAX_COUNT]]),
        (
            "Schedule",
            "Sum",
            [
                _metric("AWS/Scheduler", name, group)
                for name in ("InvocationAttemptCount", "TargetErrorCount", "InvocationDroppedCount")
            ],
        ),
    ]
    widgets: list[dict[str, Any]] = [
        {"type": "alarm", "properties": {"title": "Alarms", "alarms": alarms}},
        *(
            {
                "type": "metric",
                "properties": {
                    "title": title,
                    "region": region,
                    "accountId": account,
                    "stat": statistic,
                    "period": _PERIOD_IN_SECONDS,
                    "view": "timeSeries",
                    "metrics": metrics,
                },
            }
            for title, statistic, metrics in pictures
            if metrics
        ),
        {"type": "text", "properties": {"markdown": f"`training-jobs status --stack {stack}`"}},
    ]
    placed = [
        {"x": place % 2 * _WIDTH, "y": place // 2 * _HEIGHT, "width": _WIDTH, "height": _HEIGHT, **widget}
        for place, widget in enumerate(widgets)
    ]
    return json.dumps({"widgets": placed}, separators=(",", ":"))


def _own(names: AlarmNames, metric: str, **rendering: str) -> list[Any]:
    return _metric(METRICS_NAMESPACE, metric, {DIMENSION: names.job.prefix}, **rendering)


def _metric(namespace: str, metric: str, dimensions: dict[str, str], **rendering: str) -> list[Any]:
    pairs = [part for pair in dimensions.items() for part in pair]
    return [namespace, metric, *pairs, *([rendering] if rendering else [])]
