"""Which training job this is, what started it, and where it records: read from the container's variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from .failure import Fault, shown

LEASE_SECONDS = 60.0
"""How long a training job may give no sign of life before another one takes its invocation over."""

PATIENCE_SECONDS = 300.0
"""How long a finished job waits for an MLflow server that is away."""

TRACKING, NONE, AFTERWARDS = "TRACKING", "none", "afterwards"
"""Variable that tells a job without an MLflow that it reaches: to track nowhere, or to leave a record in its output."""

DATED_CHANNEL_URIS = "DATED_CHANNEL_URIS"
"""Variable that whoever fetches channels by date leaves: JSON, channel -> the S3 location that was read."""

_UNRENDERED = "<aws.scheduler."
"""A context attribute that the Scheduler has not filled in: the job was started by hand from the schedule's input."""


@dataclass(frozen=True)
class TrainingJob:
    """Which training job this is, and what started it. Absent values are ""."""

    name: str
    schedule_arn: str = ""
    scheduled_time: str = ""
    schedule_execution_id: str = ""
    schedule_attempt_number: str = ""
    source_bundle_digest: str = ""
    training_image: str = ""
    git_commit: str = ""
    dated_channel_uris: Mapping[str, str] = field(default_factory=dict)
    """Channel whose S3 location depends on the scheduled time -> the one that was read."""

    @property
    def is_scheduled(self) -> bool:
        """Whether a schedule started it, rather than a person."""
        return bool(self.schedule_arn and self.scheduled_time)


@dataclass(frozen=True)
class TrackingSettings:
    """Where and for whom a job records: all that sending a record takes."""

    tracking_uri: str
    experiment_name: str
    registered_model_name: str
    job: TrainingJob
    lease_seconds: float = LEASE_SECONDS
    """How long another job for the same invocation waits for this one's sign of life."""
    patience_seconds: float = PATIENCE_SECONDS
    """How long MLflow may be away when the model is trained; at the start, without a checkpoint, a tenth of it."""


def training_job(environ: Mapping[str, str]) -> TrainingJob:
    """The job that the variables tell of."""

    def value(name: str) -> str:
        text = environ.get(name, "")
        return "" if _UNRENDERED in text else text

    return TrainingJob(
        name=value("TRAINING_JOB_NAME"),
        schedule_arn=value("SCHEDULE_ARN"),
        scheduled_time=value("SCHEDULED_TIME"),
        schedule_execution_id=value("SCHEDULE_EXECUTION_ID"),
        schedule_attempt_number=value("SCHEDULE_ATTEMPT_NUMBER"),
        source_bundle_digest=value("SOURCE_BUNDLE_DIGEST"),
        training_image=value("TRAINING_IMAGE"),
        git_commit=value("GIT_COMMIT"),
        dated_channel_uris=json.loads(environ.get(DATED_CHANNEL_URIS) or "{}"),
    )


def lease_seconds(environ: Mapping[str, str], faults: list[Fault]) -> float:
    """The lease that the job was told; what is wrong with it is added to `faults`."""
    return _seconds(environ, "INVOCATION_LEASE_SECONDS", LEASE_SECONDS, faults)


def patience_seconds(environ: Mapping[str, str], faults: list[Fault]) -> float:
    """The patience that the job was told; what is wrong with it is added to `faults`."""
    return _seconds(environ, "TRACKING_PATIENCE_SECONDS", PATIENCE_SECONDS, faults)


def _seconds(environ: Mapping[str, str], name: str, default: float, faults: list[Fault]) -> float:
    text = environ.get(name) or str(default)
    try:
        seconds = float(text)
        if not 1 <= seconds <= 86400:
            raise ValueError
    except ValueError:
        faults.append(Fault("environment variable", name, f"got {shown(text)}, allowed: seconds from 1 to 86400"))
        return default
    return seconds
