"""What the training jobs of a stack came to: plain values, read from what ListTrainingJobs and DescribeTrainingJob say.

Source of members and statuses: SageMaker API, DescribeTrainingJob.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from components.aws_names import EXECUTION_ID_LENGTH
from components.tracking_mode import AFTERWARDS, NONE

RUNNING: Final = frozenset({"InProgress", "Stopping"})
"""TrainingJobStatus of a job that has not ended."""
SUCCESS: Final = "Completed"
"""The one TrainingJobStatus that is success."""
INTERRUPTED: Final = "Interrupted"
"""SecondaryStatus of a job whose spot machines were taken away; it goes on when there are others."""
SHORT_NAME_LENGTH: Final = 8
"""Characters of an execution id that people read and type: a UUID's first group."""
Described = Mapping[str, Any]
"""An answer of DescribeTrainingJob."""


def is_of_prefix(name: str, prefix: str) -> bool:
    """Whether a training job's name is a job's: its prefix, `-` and an execution id, and not a longer prefix's."""
    return name.startswith(f"{prefix}-") and len(name) == len(prefix) + 1 + EXECUTION_ID_LENGTH


def short_name(name: str) -> str:
    """The beginning of a training job's execution id, which tells it from its job's others: `90fb6764`."""
    return name[-EXECUTION_ID_LENGTH:][:SHORT_NAME_LENGTH]


@dataclass(frozen=True)
class JobSummary:
    """A training job as ListTrainingJobs tells of it: cheap, a hundred with one call."""

    name: str
    status: str
    """TrainingJobStatus: InProgress, Completed, Failed, Stopping or Stopped."""
    secondary_status: str
    created: datetime
    ended: datetime | None = None
    """None while it runs, and of a job that never came to a machine."""

    @classmethod
    def read(cls, listed: Mapping[str, Any]) -> Self:
        """Take what is needed of an entry of TrainingJobSummaries."""
        return cls(
            name=listed["TrainingJobName"],
            status=listed["TrainingJobStatus"],
            secondary_status=listed.get("SecondaryStatus", ""),
            created=_in_utc(listed["CreationTime"]),
            ended=_in_utc(listed["TrainingEndTime"]) if "TrainingEndTime" in listed else None,
        )

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.status not in RUNNING


@dataclass(frozen=True)
class JobRun(JobSummary):
    """A training job as DescribeTrainingJob tells of it. Times are in UTC; what is not told is None, "" or empty."""

    started: datetime | None = None
    """When it had its machines; what it waited before is not paid."""
    training_seconds: int | None = None
    billable_seconds: int | None = None
    """Of one machine: what is paid is this times `instance_count`."""
    is_spot: bool = False
    interruptions: int = 0
    """How often spot machines were taken away."""
    failure_reason: str = ""
    """SageMaker's FailureReason, as it is."""
    instance_type: str = ""
    """"" of a job with groups of machines."""
    instance_count: int = 1
    image: str = ""
    schedule_arn: str = ""
    """Which schedule's invocation it is: with `scheduled_time` what a model version has as its tags."""
    scheduled_time: str = ""
    """When it was due, such as `2026-11-26T03:00:00Z`."""
    max_runtime_seconds: int | None = None
    max_wait_seconds: int | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    """The last value of each metric that a metric definition picked from the log."""
    model_artifact: str = ""
    """S3 URI of its model.tar.gz."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Its container's variables, as the request names them: where it tracks, and more."""
    hyperparameters: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, described: Described) -> Self:
        """Take what is needed of an answer of DescribeTrainingJob."""
        told: Mapping[str, str] = described.get("Environment") or {}
        resources, stopping = described.get("ResourceConfig") or {}, described.get("StoppingCondition") or {}
        groups = resources.get("InstanceGroups") or []
        return cls(
            name=described["TrainingJobName"],
            status=described["TrainingJobStatus"],
            secondary_status=described.get("SecondaryStatus", ""),
            created=_in_utc(described["CreationTime"]),
            ended=_in_utc(described["TrainingEndTime"]) if "TrainingEndTime" in described else None,
            started=_in_utc(described["TrainingStartTime"]) if "TrainingStartTime" in described else None,
            training_seconds=described.get("TrainingTimeInSeconds"),
            billable_seconds=described.get("BillableTimeInSeconds"),
            is_spot=bool(described.get("EnableManagedSpotTraining")),
            interruptions=sum(each["Status"] == INTERRUPTED for each in _transitions(described)),
            failure_reason=described.get("FailureReason", ""),
            instance_type=resources.get("InstanceType", ""),
            instance_count=sum(each["InstanceCount"] for each in groups) or resources.get("InstanceCount", 1),
            image=(described.get("AlgorithmSpecification") or {}).get("TrainingImage", ""),
            schedule_arn=_filled_in(told, "SCHEDULE_ARN"),
            scheduled_time=_filled_in(told, "SCHEDULED_TIME"),
            max_runtime_seconds=stopping.get("MaxRuntimeInSeconds"),
            max_wait_seconds=stopping.get("MaxWaitTimeInSeconds"),
            metrics={each["MetricName"]: each["Value"] for each in described.get("FinalMetricDataList") or []},
            model_artifact=(described.get("ModelArtifacts") or {}).get("S3ModelArtifacts", ""),
            environment=told,
            hyperparameters=described.get("HyperParameters") or {},
        )

    @property
    def spot_savings(self) -> float | None:
        """What spot saved, from 0 to 1, as SageMaker counts it; None where nobody can tell, and without spot.

        Source: SageMaker API, DescribeTrainingJob, BillableTimeInSeconds.
        """
        if not self.is_spot or not self.training_seconds or self.billable_seconds is None:
            return None
        return 1 - self.billable_seconds / self.training_seconds

    @property
    def tracks(self) -> bool:
        """Whether it has a version of a registered model in MLflow, or will have, if all goes well."""
        return bool(self.registered_model) and self.environment.get("TRACKING") != NONE

    @property
    def tracks_afterwards(self) -> bool:
        """Whether it is for `training-jobs register` to bring it into MLflow."""
        return self.environment.get("TRACKING") == AFTERWARDS

    @property
    def registered_model(self) -> str:
        """Name of the registered model that it is for; "" where there is none."""
        return self.environment.get("REGISTERED_MODEL_NAME", "")

    @property
    def schedule_name(self) -> str:
        """Name of its schedule on AWS; "" of a job that somebody started otherwise."""
        return self.schedule_arn.rpartition("/")[2]

    def duration(self, now: datetime) -> timedelta | None:
        """How long it had its machines, so far where it runs; None where it never had any."""
        if self.training_seconds is not None and self.ended is not None:
            return timedelta(seconds=self.training_seconds)
        return (self.ended or now) - self.started if self.started else None


@dataclass(frozen=True)
class History:
    """The newest training jobs of one job of a stack, the newest first."""

    prefix: str
    runs: tuple[JobRun, ...] = ()
    is_whole: bool = True
    """Whether there are no older ones."""
    cut_after: int = 0
    """Above 0: so many names were looked at, and there may be more of this job's among the rest."""
    gone: tuple[JobSummary, ...] = ()
    """Those that were deleted while the history was read: listed, and not described."""
    notes: tuple[str, ...] = ()
    """What a person should know of the reading."""

    @property
    def newest(self) -> JobRun | None:
        """The one that was created last; None where there is none."""
        return self.runs[0] if self.runs else None


def _transitions(described: Described) -> Sequence[Mapping[str, Any]]:
    return described.get("SecondaryStatusTransitions") or []


def _filled_in(told: Mapping[str, str], name: str) -> str:
    """A variable; "" where somebody started the job by hand and left the context attribute in it."""
    value = told.get(name, "")
    return "" if value.startswith("<aws.scheduler.") else value


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
