"""What `training-jobs next` tells: each schedule's next times, what the clocks do to them, and runs that may overlap.

Plain values; how they look is in next_printing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from components.run_overlaps import Overlap, ScheduledRun, counted_from, longest_run, overlaps_at
from components.schedule_spec import FireTime
from operations.costs.machines import longest_training
from rehearsal.errors import RehearsalError
from rehearsal.invoking.dated_channels import dated_channels, uri_of
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.judging.judgement import DEFAULT_GROUP, sample_request

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""


class ScheduleTimesError(RehearsalError):
    """A schedule of the stack cannot be read; the message names it."""


@dataclass(frozen=True)
class NextTime:
    """A time that a schedule names, and the runs of its job that may not be over then."""

    time: FireTime
    overlaps: tuple[Overlap, ...] = ()
    reads: Mapping[str, str] = field(default_factory=dict)
    """Channel whose location depends on the time -> where the run looks for its data."""


@dataclass(frozen=True)
class ScheduleTimes:
    """One schedule with its next times; `notes` say what counts for all of them."""

    schedule: DeployedSchedule
    run: ScheduledRun
    times: tuple[NextTime, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_missed(self) -> bool:
        """Whether somebody relies on a schedule that never fires again."""
        return self.run.schedule.enabled and not any(each.time.fires for each in self.times)


def next_times(schedules: Sequence[DeployedSchedule], after: datetime, count: int) -> list[ScheduleTimes]:
    """The next times of a stack's schedules later than `after` (aware), up to `count` of each that fire.

    Raises:
        ScheduleTimesError: a schedule is none that EventBridge Scheduler takes, or starts no training job.
    """
    runs = {schedule.arn: _run(schedule, after) for schedule in schedules}
    told = []
    for schedule in schedules:
        run = runs[schedule.arn]
        of_the_job = [runs[other.arn] for other in schedules if _are_of_one_job(schedule, other)]
        times = tuple(
            NextTime(
                time,
                tuple(overlaps_at(time.moment, run, of_the_job)) if time.fires else (),
                _reads(schedule, time.moment) if time.fires else {},
            )
            for time in _until_so_many_fire(run, after, count)
        )
        told.append(ScheduleTimes(schedule, run, times, tuple(_notes(schedule, run, times, after))))
    return told


def _reads(schedule: DeployedSchedule, due: datetime) -> dict[str, str]:
    return {channel["ChannelName"]: uri_of(channel) for channel in dated_channels(schedule, due)}


def _are_of_one_job(one: DeployedSchedule, other: DeployedSchedule) -> bool:
    """A schedule group is a job's own, but for the default one: other jobs may run at the same time."""
    return one.arn == other.arn or (one.group_name == other.group_name != DEFAULT_GROUP)


def _run(schedule: DeployedSchedule, after: datetime) -> ScheduledRun:
    try:
        request = sample_request(schedule)
        stopping: Mapping[str, Any] = request.get("StoppingCondition") or {}
        longest = longest_run(longest_training(request), stopping.get("MaxWaitTimeInSeconds"))
        return ScheduledRun(schedule.name, counted_from(schedule.spec, after), longest)
    except (ValueError, TypeError, AttributeError) as error:
        raise ScheduleTimesError(
            f"schedule {schedule.group_name}/{schedule.name} cannot be read: {what_is_wrong(error)}; training-jobs "
            "check says more"
        ) from None


def what_is_wrong(error: Exception) -> str:
    """What an error of a schedule's validation says, on one line."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(
        f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors()
    )


def _until_so_many_fire(run: ScheduledRun, after: datetime, count: int) -> tuple[FireTime, ...]:
    """The next times, those that are skipped as well, up to the last of `count` that fire."""
    spec, wanted = run.schedule, count
    while True:
        times = spec.named_times(after, wanted)
        missing = count - sum(time.fires for time in times)
        if not missing or len(times) < wanted:
            return times
        wanted += missing


def _notes(schedule: DeployedSchedule, run: ScheduledRun, times: Sequence[NextTime], after: datetime) -> Iterator[str]:
    if not run.schedule.enabled:
        yield f"is {schedule.state}: it does not fire by itself until schedule.enabled is true"
    if not any(each.time.fires for each in times):
        yield schedule.never_due(after)
    if run.schedule.kind == "rate" and schedule.start_date is None:
        yield "counts from the moment of its deployment, and enabled fires then as well; the times here count from now"
    if (minutes := run.schedule.flexible_time_window_in_minutes) is not None:
        yield f"has a flexible time window: each invocation comes up to {minutes} minutes later"


def as_document(stack: str, after: datetime, told: Sequence[ScheduleTimes]) -> dict[str, Any]:
    """The same for programs; times are ISO 8601, in UTC with `Z` and in the schedule's zone with its offset."""
    return {
        "version": JSON_VERSION,
        "stack": stack,
        "after": in_utc(after),
        "schedules": [_schedule_document(each) for each in told],
    }


def _schedule_document(told: ScheduleTimes) -> dict[str, Any]:
    return {
        "name": told.schedule.name,
        "group": told.schedule.group_name,
        "state": told.schedule.state,
        "expression": told.schedule.expression,
        "time_zone": told.schedule.time_zone,
        "longest_run_in_seconds": int(told.run.longest_run / timedelta(seconds=1)),
        "times": [_time_document(each, told.schedule.time_zone) for each in told.times],
        "notes": list(told.notes),
    }


def _time_document(each: NextTime, time_zone: str) -> dict[str, Any]:
    time = each.time
    offset = time.moment.astimezone(ZoneInfo(time_zone)) if time.fires else None
    return {
        "fires": time.fires,
        "clock": time.clock,
        "local": offset.isoformat() if offset else time.local.isoformat(),
        "utc": in_utc(time.moment) if time.fires else None,
        "overlaps": [
            {"schedule": overlap.run.name, "fired": in_utc(overlap.fired), "may_run_until": in_utc(overlap.until)}
            for overlap in each.overlaps
        ],
        "reads": dict(each.reads),
    }


def in_utc(moment: datetime) -> str:
    """A moment as `2026-01-31T03:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
