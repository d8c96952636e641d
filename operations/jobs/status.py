"""What `training-jobs status` tells of a stack: its schedules, its newest training jobs, what became of their models.

Plain values; what asks AWS is in status_asking, how they look is in status_printing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from components.schedule_spec import FireTime
from operations.jobs.history import History, JobRun
from operations.jobs.model_versions import StandingVersion
from operations.jobs.reasons import Reason, reason_of, unregistered
from operations.next_times import in_utc

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""


@dataclass(frozen=True)
class ScheduleStatus:
    """One schedule: as GetSchedule tells of it, and when it fires next."""

    name: str
    """Its name on AWS."""
    state: str
    """ENABLED or DISABLED; "" of one that is not deployed."""
    expression: str = ""
    time_zone: str = "UTC"
    next_times: tuple[FireTime, ...] = ()
    fault: str = ""
    """What is wrong with it, in a sentence with its cure."""
    missed: FireTime | None = None
    """The last time that it named, where no training job came of it."""


@dataclass(frozen=True)
class JobStatus:
    """One job of the stack."""

    name: str
    prefix: str
    schedules: tuple[ScheduleStatus, ...]
    history: History


@dataclass(frozen=True)
class StackStatus:
    """All of it at one moment."""

    stack: str
    asked: datetime
    jobs: tuple[JobStatus, ...]
    versions: Mapping[str, StandingVersion] = field(default_factory=dict)
    """By the name of a training job."""
    notes: tuple[str, ...] = ()
    knows_versions: bool = False
    """Whether each MLflow has answered, so that a training job that is not in `versions` has none."""

    def reason(self, run: JobRun) -> Reason | None:
        """Why a training job has not succeeded, or what is left to do for one that has."""
        is_missing = self.knows_versions and run.name not in self.versions
        return reason_of(run) or (unregistered(run) if is_missing else None)


def as_document(status: StackStatus) -> dict[str, Any]:
    """The same for programs; times are ISO 8601 in UTC, members without a value are null."""
    return {
        "version": JSON_VERSION,
        "stack": status.stack,
        "asked": in_utc(status.asked),
        "jobs": [_job_document(each, status) for each in status.jobs],
        "notes": list(status.notes),
    }


def _job_document(job: JobStatus, status: StackStatus) -> dict[str, Any]:
    return {
        "name": job.name,
        "training_job_name_prefix": job.prefix,
        "schedules": [_schedule_document(each) for each in job.schedules],
        "training_jobs": [
            run_document(run, status.asked, status.versions.get(run.name), status.reason(run))
            for run in job.history.runs
        ],
    }


def _schedule_document(schedule: ScheduleStatus) -> dict[str, Any]:
    return {
        "name": schedule.name,
        "state": schedule.state or None,
        "expression": schedule.expression or None,
        "time_zone": schedule.time_zone,
        "next_times": [in_utc(each.moment) for each in schedule.next_times],
        "missed": in_utc(schedule.missed.moment) if schedule.missed else None,
        "fault": schedule.fault or None,
    }


def run_document(
    run: JobRun, now: datetime, version: StandingVersion | None, reason: Reason | None = None
) -> dict[str, Any]:
    """One training job; `reason` where more is known of it than it says itself."""
    reason, duration = reason or reason_of(run), run.duration(now)
    return {
        "name": run.name,
        "status": run.status,
        "secondary_status": run.secondary_status or None,
        "schedule": run.schedule_name or None,
        "scheduled_time": run.scheduled_time or None,
        "created": in_utc(run.created),
        "started": in_utc(run.started) if run.started else None,
        "ended": in_utc(run.ended) if run.ended else None,
        "duration_in_seconds": round(duration.total_seconds()) if duration is not None else None,
        "billable_seconds": run.billable_seconds,
        "instance_count": run.instance_count,
        "spot_savings": round(run.spot_savings, 4) if run.spot_savings is not None else None,
        "interruptions": run.interruptions,
        "reason": reason.words if reason else None,
        "look_further": f"training-jobs {reason.command}" if reason and reason.command else None,
        "failure_reason": run.failure_reason or None,
        "model": _version_document(version, run) if version else None,
    }


def _version_document(version: StandingVersion, run: JobRun) -> dict[str, Any]:
    return {
        "name": version.model,
        "version": version.version,
        "aliases": list(version.aliases),
        "promotion": version.promotion or None,
        "is_of_this_job": version.training_job_name == run.name,
        "training_job_name": version.training_job_name or None,
        "run_id": version.run_id or None,
    }
