"""Which invocations of a past range are to be made up for: each once, and none that has brought a training job already.

Plain values; what asks AWS is in backfill_asking, who starts the jobs in backfilling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from operations.jobs.history import RUNNING, SUCCESS, JobRun
from operations.jobs.invocations import InvocationError, execution_id_of
from operations.jobs.model_versions import StandingVersion
from operations.next_times import in_utc, what_is_wrong
from rehearsal.errors import OptionError
from rehearsal.invoking.deployed_schedule import DeployedSchedule

INVOCATIONS_AT_MOST: Final = 1000
"""Ours: more is a slip in a date rather than a wish."""


@dataclass(frozen=True)
class Range:
    """From a moment to another, both included."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class PlannedInvocation:
    """An invocation of the range, and what stands against making up for it: "" where nothing does."""

    due: datetime
    attempt_number: int
    """1, or more after training jobs of earlier backfills that have not succeeded."""
    execution_id: str
    skipped: str = ""


def read_range(start: str, end: str, time_zone: str, now: datetime) -> Range:
    """The range that two texts name; without a time zone they are in the schedule's, and a day as an end is all of it.

    Raises:
        OptionError: a text is no date or time, or the range is empty or not past.
    """
    zone = ZoneInfo(time_zone)
    first = _moment(start, zone, "--from", time.min)
    last = min(_moment(end, zone, "--to", time.max), now)
    if first > last:
        raise OptionError(
            f"--from {start} is not before --to {end}, or is not past: allowed: two dates or times, the earlier first, "
            f"such as --from 2026-11-20 --to 2026-11-22"
        )
    return Range(first, last)


def _moment(text: str, zone: ZoneInfo, option: str, of_a_day: time) -> datetime:
    """A day becomes `of_a_day` on it: to be asked first, for datetime reads a day as its midnight."""
    try:
        moment = datetime.combine(date.fromisoformat(text), of_a_day)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise OptionError(
                f"{option} got {text!r}; allowed: a date or a time, such as 2026-11-20 or 2026-11-20T03:00:00+01:00"
            ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def past_times(schedule: DeployedSchedule, wanted: Range) -> list[datetime]:
    """When the schedule named times in the range, in UTC; what daylight saving skips did not fire.

    Raises:
        InvocationError: it names none that anybody knows, or more than can be meant.
    """
    name = f"schedule {schedule.group_name}/{schedule.name}"
    try:
        spec = schedule.spec
    except ValueError as error:
        raise InvocationError(f"{name} cannot be read: {what_is_wrong(error)}; training-jobs check says more") from None
    if spec.kind == "rate" and spec.start_date is None:
        raise InvocationError(
            f"{name} is {spec.expression} without a start date: AWS counts it from a moment of its own, so nobody "
            "knows its past times; start one job now with training-jobs run, or give schedule.start_date"
        )
    times = spec.next_fire_times(wanted.start - timedelta(seconds=1), INVOCATIONS_AT_MOST + 1)
    found = [each for each in times if wanted.start <= each <= wanted.end]
    if len(found) > INVOCATIONS_AT_MOST:
        raise InvocationError(
            f"{name} names more than {INVOCATIONS_AT_MOST} times from {in_utc(wanted.start)} to {in_utc(wanted.end)}; "
            "narrow --from and --to, and backfill in parts"
        )
    return found


def plan(
    schedule_arn: str,
    times: Iterable[datetime],
    runs: Iterable[JobRun],
    versions: Mapping[str, StandingVersion],
) -> list[PlannedInvocation]:
    """What to do about each of the times, the earliest first.

    `runs` are training jobs that may be of these invocations, those of earlier backfills among them, and `versions`
    the model versions that stand, by time as `2026-11-20T03:00:00Z`. An invocation whose training jobs have all failed,
    or were stopped, is made up for once more.
    """
    of_invocations: dict[str, list[JobRun]] = {}
    for run in runs:
        if run.schedule_arn == schedule_arn:
            of_invocations.setdefault(run.scheduled_time, []).append(run)
    return [
        _planned(schedule_arn, due, of_invocations.get(in_utc(due), []), versions.get(in_utc(due)))
        for due in sorted(times)
    ]


def _planned(
    schedule_arn: str, due: datetime, runs: Iterable[JobRun], version: StandingVersion | None
) -> PlannedInvocation:
    own, attempt = {run.name[-36:]: run for run in runs}, 1
    while execution_id_of(schedule_arn, due, attempt) in own:
        attempt += 1
    skipped = ""
    if version is not None:
        skipped = f"version {version.version} of {version.model} stands"
    for run in own.values():
        if run.status == SUCCESS:
            skipped = skipped or f"training job {run.name} has succeeded"
        elif run.status in RUNNING:
            skipped = f"training job {run.name} is under way"
    return PlannedInvocation(due, attempt, execution_id_of(schedule_arn, due, attempt), skipped)


def planned_document(planned: PlannedInvocation, training_job: str) -> dict[str, Any]:
    """The same for programs."""
    return {
        "scheduled_time": in_utc(planned.due),
        "training_job": None if planned.skipped else training_job,
        "attempt": planned.attempt_number,
        "skipped": planned.skipped or None,
    }
