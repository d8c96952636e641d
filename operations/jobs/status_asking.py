"""Asks AWS and MLflow what `training-jobs status` tells, with a number of calls that does not grow with the history.

Calls: GetSchedule for each schedule; for each job ListTrainingJobs, mostly one page, and DescribeTrainingJob for each
training job that is shown; one process that asks MLflow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from operations.deployed_jobs import StackJob
from operations.jobs.deployed_schedules import Found, find_schedule
from operations.jobs.history import History, JobRun
from operations.jobs.history_asking import read_history
from operations.jobs.missed_times import missed_time
from operations.jobs.model_versions import Versions, standing_versions
from operations.jobs.status import JobStatus, ScheduleStatus, StackStatus
from operations.next_times import what_is_wrong
from operations.places import Place

_OFF: Final = "it does not fire by itself: set schedule.enabled to true and run pulumi up (training-jobs enable)"
_OFF_BY_HAND: Final = (
    "it does not fire by itself, and the stack declares it as enabled: somebody has disabled it by hand; run pulumi "
    "refresh and pulumi up"
)
AskForVersions = Callable[[Path, Place, Sequence[JobRun]], Versions]
"""Answers as `standing_versions`."""


@dataclass(frozen=True)
class Wanted:
    """How much of it: training jobs of each job, next times of each schedule, and whether MLflow is asked."""

    runs: int = 10
    next_times: int = 3
    with_models: bool = True


def read_status(  # noqa: PLR0913, PLR0917 - of what, how much of it, and how MLflow is asked
    project_dir: Path,
    stack: str,
    place: Place,
    jobs: Iterable[StackJob],
    wanted: Wanted = Wanted(),
    ask_for_versions: AskForVersions = standing_versions,
) -> StackStatus:
    """The status of these jobs of a stack, now."""
    asked = datetime.now(UTC).replace(microsecond=0)
    found = tuple(_job_status(place, job, wanted, asked) for job in jobs)
    runs = [run for job in found for run in job.history.runs]
    versions = ask_for_versions(project_dir, place, runs) if wanted.with_models else Versions({})
    notes = [
        f"{job.name}: only the newest {job.history.cut_after} training jobs whose names contain "
        f"{job.prefix}- were looked at; name the job's in full, or look at fewer (-n)"
        for job in found
        if job.history.cut_after
    ]
    notes += [f"{job.name}: {note}" for job in found for note in job.history.notes]
    knows_versions = wanted.with_models and not versions.notes
    return StackStatus(stack, asked, found, versions.of_jobs, (*notes, *versions.notes), knows_versions)


def _job_status(place: Place, job: StackJob, wanted: Wanted, now: datetime) -> JobStatus:
    prefix = job.training_job_name_prefix
    history = read_history(place.sagemaker, prefix, wanted.runs)
    found = [find_schedule(place.scheduler, name, exported) for name, exported in job.schedules.items()]
    return JobStatus(
        job.name, prefix, tuple(schedule_status(each, history, wanted.next_times, now) for each in found), history
    )


def schedule_status(found: Found, history: History, count: int, now: datetime) -> ScheduleStatus:
    """What is to be told of a schedule, beside the newest training jobs of its job."""
    schedule = found.deployed
    if schedule is None:
        fault = "it is not deployed: nothing fires; run pulumi up"
        return ScheduleStatus(found.exported.schedule_name, "", fault=fault)
    try:
        spec = schedule.spec
    except ValueError as error:
        fault = f"it cannot be read: {what_is_wrong(error)}; training-jobs check says more"
        return ScheduleStatus(schedule.name, schedule.state, schedule.expression, schedule.time_zone, fault=fault)
    times = tuple(time for time in spec.named_times(now, count * 2) if time.fires)[:count]
    fault = ""
    if not times:
        fault = schedule.never_due(now)
    elif not spec.enabled:
        fault = _OFF_BY_HAND if found.exported.schedule_state == "ENABLED" else _OFF
    missed = missed_time(spec, schedule.arn, history, found.changed, now)
    return ScheduleStatus(schedule.name, schedule.state, schedule.expression, schedule.time_zone, times, fault, missed)
