"""Log lines of a training job, on their way to CloudWatch Logs, and the metrics that are picked from them."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from components.metric_expressions import metric_expression
from rehearsal.errors import ContainerError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

LOG_GROUP: Final = "/aws/sagemaker/TrainingJobs"
_BATCH_LINES: Final = 200
_BATCH_SECONDS: Final = 1.0
_EVENT_MAX_BYTES: Final = 256 * 1024
_BATCH_MAX_BYTES: Final = 1_048_576
_EVENT_OVERHEAD_BYTES: Final = 26
"""Limits of PutLogEvents: CloudWatch Logs API reference."""


@dataclass(frozen=True)
class Metric:
    """One value that a metric definition picked from the log."""

    name: str
    value: float
    timestamp: datetime


@dataclass
class MetricPicker:
    """Finds metrics in log lines; `latest` holds the last value of each, as FinalMetricDataList does."""

    expressions: Mapping[str, re.Pattern[str]]
    latest: dict[str, Metric] = field(default_factory=dict)

    @classmethod
    def of_request(cls, request: Mapping[str, Any]) -> "MetricPicker":
        """Take the metric definitions of a CreateTrainingJob request.

        Raises:
            ContainerError: one of them is no regular expression.

        """
        definitions = request["AlgorithmSpecification"].get("MetricDefinitions", [])
        return cls({definition["Name"]: _compiled(definition) for definition in definitions})

    def look_at(self, line: str, timestamp: datetime) -> None:
        """Pick what the line holds; a group that is no number is no metric."""
        for name, expression in self.expressions.items():
            match = expression.search(line)
            value = _number(match[1]) if match is not None and expression.groups else None
            if value is not None:
                self.latest[name] = Metric(name, value, timestamp)


def _compiled(definition: Mapping[str, str]) -> re.Pattern[str]:
    try:
        return metric_expression(definition["Regex"])
    except re.error as error:
        raise ContainerError(
            f"the metric definition {definition['Name']!r} is no regular expression: {definition['Regex']!r}: {error}"
        ) from None


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


class LogStream:
    """Writes one job's log to CloudWatch Logs in batches. Its name is JOB/algo-N-EPOCH, as SageMaker names it."""

    def __init__(
        self, logs: "CloudWatchLogsClient", job_name: str, host: str = "algo-1", *, now: Callable[[], float] = time.time
    ) -> None:
        self.name = f"{job_name}/{host}-{int(now())}"
        self._logs = logs
        self._now = now
        self._waiting: list[InputLogEventTypeDef] = []
        self._waiting_bytes = 0
        self._sent_at = now()
        # All training jobs of an account share the group.
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(logGroupName=LOG_GROUP)
        logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=self.name)

    def write(self, line: str) -> datetime:
        """Take one line; it is sent with the next full or due batch. Answers with the line's time."""
        moment = self._now()
        # An empty event is refused, one that is too long is cut.
        message = line.encode()[: _EVENT_MAX_BYTES - _EVENT_OVERHEAD_BYTES].decode(errors="ignore") or " "
        size = len(message.encode()) + _EVENT_OVERHEAD_BYTES
        if self._waiting_bytes + size > _BATCH_MAX_BYTES:
            self.flush()
        self._waiting.append({"timestamp": int(moment * 1000), "message": message})
        self._waiting_bytes += size
        if len(self._waiting) >= _BATCH_LINES or moment - self._sent_at >= _BATCH_SECONDS:
            self.flush()
        return datetime.fromtimestamp(moment, UTC)

    def flush(self) -> None:
        """Send what is waiting."""
        if self._waiting:
            self._logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=self.name, logEvents=self._waiting)
        self._waiting, self._waiting_bytes, self._sent_at = [], 0, self._now()


def latest_metrics(metrics: Iterable[Metric]) -> tuple[Metric, ...]:
    """Order metrics by name."""
    return tuple(sorted(metrics, key=lambda metric: metric.name))
