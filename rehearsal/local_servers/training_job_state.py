"""The life of one training job as SageMaker tells it: what was requested, and what has been reported since."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

RUNNING_STATUSES: Final = frozenset({"InProgress", "Stopping"})
FINAL_STATUSES: Final = frozenset({"Completed", "Failed", "Stopped"})

REPORTABLE: Final = frozenset(
    {
        "TrainingJobStatus",
        "SecondaryStatus",
        "StatusMessage",
        "FailureReason",
        "ModelArtifacts",
        "FinalMetricDataList",
        "TrainingStartTime",
        "TrainingEndTime",
        "TrainingTimeInSeconds",
        "BillableTimeInSeconds",
        "OutputModelPackageArn",
    }
)
"""What a report may say of a job: members of DescribeTrainingJob, and the message of the secondary status."""

_DEFAULTS: Final = {
    "EnableNetworkIsolation": False,
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
}
_TIMES: Final = ("TrainingStartTime", "TrainingEndTime")


class ReportError(Exception):
    """A report that cannot be true; `status` is the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class TrainingJob:
    """One training job: the request as it came and what has been reported since."""

    arn: str
    request: dict[str, Any]
    created: datetime
    reported: dict[str, Any] = field(default_factory=dict)
    transitions: list[dict[str, Any]] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    _changing: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)
    """Held while it changes: somebody may ask to stop it at the moment at which its end is reported."""

    @classmethod
    def create(cls, arn: str, request: dict[str, Any]) -> TrainingJob:
        """Make a job that is `InProgress`, `Starting`, as one is when CreateTrainingJob answers."""
        job = cls(arn=arn, request=request, created=_now(), tags=list(request.get("Tags") or []))
        job._enter("Starting", "Starting the training job")
        job.reported = {
            "TrainingJobStatus": "InProgress",
            "SecondaryStatus": "Starting",
            "LastModifiedTime": job.created,
        }
        return job

    @property
    def training_job_name(self) -> str:
        """Name of the job; moto's `Search` reads it under this name."""
        return str(self.request["TrainingJobName"])

    @property
    def status(self) -> str:
        """`InProgress`, `Stopping`, `Completed`, `Failed` or `Stopped`."""
        return str(self.reported["TrainingJobStatus"])

    @property
    def response_object(self) -> dict[str, Any]:
        """The answer of DescribeTrainingJob."""
        requested = {name: value for name, value in self.request.items() if name != "Tags"}
        described = _DEFAULTS | requested | self.reported
        described |= {
            "TrainingJobArn": self.arn,
            "CreationTime": self.created,
            "SecondaryStatusTransitions": self.transitions,
        }
        return described

    @property
    def summary(self) -> dict[str, Any]:
        """The job's entry in ListTrainingJobs."""
        members = ("TrainingJobStatus", "SecondaryStatus", "LastModifiedTime", "TrainingEndTime")
        described = {name: self.reported[name] for name in members if name in self.reported}
        return described | {
            "TrainingJobName": self.training_job_name,
            "TrainingJobArn": self.arn,
            "CreationTime": self.created,
        }

    def stop(self) -> None:
        """Begin to stop; whoever runs the job sees `Stopping` and reports `Stopped` when it has ended."""
        with self._changing:
            if self.status == "InProgress":
                self.report({"TrainingJobStatus": "Stopping", "SecondaryStatus": "Stopping"})

    def report(self, report: dict[str, Any]) -> None:
        """Take over a report; a job that is being stopped stays `Stopping` until its end is reported, as `Stopped`.

        Source: SageMaker API, StopTrainingJob: whatever the job does with its last seconds, that is its status.

        Raises ReportError for an unknown member, an unknown status, or a job that has ended already.
        """
        with self._changing:
            self._take_over(report)

    def _take_over(self, report: dict[str, Any]) -> None:
        if unknown := sorted(set(report) - REPORTABLE):
            raise ReportError(400, f"cannot report {', '.join(unknown)}; allowed: {', '.join(sorted(REPORTABLE))}")
        if self.status in FINAL_STATUSES:
            raise ReportError(409, f"training job {self.training_job_name} has ended: it is {self.status}")
        status = report.get("TrainingJobStatus", self.status)
        if status not in RUNNING_STATUSES | FINAL_STATUSES:
            allowed = ", ".join(sorted(RUNNING_STATUSES | FINAL_STATUSES))
            raise ReportError(400, f"TrainingJobStatus {status!r} is not a status; allowed: {allowed}")
        news = {name: value for name, value in report.items() if name != "StatusMessage"}
        news |= {name: as_time(news[name]) for name in _TIMES if name in news}
        if "FinalMetricDataList" in news:
            news["FinalMetricDataList"] = [_with_time(metric) for metric in news["FinalMetricDataList"]]
        if self.status == "Stopping" and status == "InProgress":
            news = {name: value for name, value in news.items() if name not in ("TrainingJobStatus", "SecondaryStatus")}
        elif self.status == "Stopping" and status in ("Completed", "Failed"):
            status, news = "Stopped", news | {"TrainingJobStatus": "Stopped", "SecondaryStatus": "Stopped"}
        if (secondary := news.get("SecondaryStatus", self.reported["SecondaryStatus"])) != self.transitions[-1][
            "Status"
        ]:
            self._enter(secondary, str(report.get("StatusMessage", secondary)))
        self.reported |= news | {"LastModifiedTime": _now()}
        if status in FINAL_STATUSES:
            self._finish()

    def _enter(self, secondary: str, message: str) -> None:
        now = _now()
        if self.transitions:
            self.transitions[-1].setdefault("EndTime", now)
        self.transitions.append({"Status": secondary, "StartTime": now, "StatusMessage": message})

    def _finish(self) -> None:
        ended = self.reported.setdefault("TrainingEndTime", _now())
        self.transitions[-1].setdefault("EndTime", ended)
        if (started := self.reported.get("TrainingStartTime")) is not None:
            seconds = max(0, round((ended - started).total_seconds()))
            for name in ("TrainingTimeInSeconds", "BillableTimeInSeconds"):  # a stopped job is paid for as well
                self.reported.setdefault(name, seconds)


def _with_time(metric: dict[str, Any]) -> dict[str, Any]:
    return metric | {"Timestamp": as_time(metric["Timestamp"]) if "Timestamp" in metric else _now()}


def as_time(value: object) -> datetime:
    """Read a time with its zone from a datetime, ISO 8601 text or seconds since 1970; UTC if no zone is given."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    try:
        time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ReportError(400, f"{value!r} is not a time; give ISO 8601 or seconds since 1970") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)
