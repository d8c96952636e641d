"""When a training job may still run as the next one of the same job starts.

A run takes at most what its stopping condition says; with a flexible time window it may begin as late as the window
ends. Retries of the Scheduler are not counted: they are for invocations that failed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from .schedule_spec import ScheduleSpec

_LOOKED_AT: Final = 60
"""Invocations of each schedule among which an overlap is looked for; two that meet once a year may not be found."""


@dataclass(frozen=True)
class ScheduledRun:
    """A schedule by its name, and the longest time that what it starts may take."""

    name: str
    schedule: ScheduleSpec
    longest_run: timedelta

    @property
    def busy(self) -> timedelta:
        """From an invocation's time to the latest end of its run."""
        return self.longest_run + timedelta(minutes=self.schedule.flexible_time_window_in_minutes or 0)


@dataclass(frozen=True)
class Overlap:
    """What `run` started at `fired` may take until `until`, later than `meets`, when `starts` starts another."""

    run: ScheduledRun
    fired: datetime
    until: datetime
    starts: ScheduledRun
    meets: datetime


def longest_run(runtime_in_seconds: int, wait_in_seconds: int | None) -> timedelta:
    """The longest time of one training job: with managed spot training its waiting counts."""
    return timedelta(seconds=wait_in_seconds if wait_in_seconds is not None else runtime_in_seconds)


def counted_from(schedule: ScheduleSpec, now: datetime) -> ScheduleSpec:
    """A `rate` without a start date counted from now: when AWS counts from is known only once it is deployed."""
    if schedule.kind != "rate" or schedule.start_date is not None:
        return schedule
    return schedule.model_copy(update={"start_date": now})


def overlaps_at(moment: datetime, starts: ScheduledRun, runs: Iterable[ScheduledRun]) -> Iterator[Overlap]:
    """The runs that may not be over when `starts` starts one at `moment`: the longest there of each schedule."""
    for run in runs:
        earlier = run.schedule.next_fire_times(moment - run.busy, 1)
        if earlier and (earlier[0] < moment or (earlier[0] == moment and run != starts)):
            yield Overlap(run, earlier[0], earlier[0] + run.busy, starts, moment)


def first_overlaps(runs: Iterable[ScheduledRun], now: datetime) -> list[Overlap]:
    """The first overlap from now on of each pair of different schedules, in either order."""
    counted = [replace(run, schedule=counted_from(run.schedule, now)) for run in runs]
    found: dict[tuple[str, str], Overlap] = {}
    for starts in counted:
        for moment in starts.schedule.next_fire_times(now, _LOOKED_AT):
            for overlap in overlaps_at(moment, starts, [run for run in counted if run is not starts]):
                found.setdefault((overlap.run.name, starts.name), overlap)
    return sorted(found.values(), key=lambda overlap: overlap.meets)
