"""Whether the last time that a schedule named has brought a training job."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from components.schedule_spec import FireTime, ScheduleSpec
from operations.jobs.history import History
from operations.next_times import in_utc

_LOOKS_BACK: Final = (timedelta(hours=2), timedelta(days=2), timedelta(days=35), timedelta(days=400))
"""The shortest of these in which a schedule has named a time is looked at: most name one each day."""
_GRACE: Final = timedelta(minutes=5)
"""What EventBridge Scheduler may take to call, and SageMaker to show a job; the schedule is exact to the minute."""
_TIMES_AT_ONCE: Final = 64


def last_time(spec: ScheduleSpec, now: datetime) -> FireTime | None:
    """The newest time at which the schedule was to fire, up to `now` (aware); None where there was none in a year."""
    for days in _LOOKS_BACK:
        newest: FireTime | None = None
        after: datetime | None = now - days
        while after is not None:
            times = spec.named_times(after, _TIMES_AT_ONCE)
            past = [time for time in times if time.moment <= now]
            newest = next((time for time in reversed(past) if time.fires), newest)
            after = past[-1].moment if len(past) == _TIMES_AT_ONCE else None
        if newest is not None:
            return newest
    return None


def missed_time(
    spec: ScheduleSpec, schedule_arn: str, history: History, changed: datetime | None, now: datetime
) -> FireTime | None:
    """The last time of an enabled schedule, where it brought no training job; None where it did or nobody can tell.

    Nobody can tell of a `rate` without a start date, which AWS counts from a moment of its own, nor before `changed`,
    when the schedule may have been another one or off.
    """
    if not spec.enabled or (spec.kind == "rate" and spec.start_date is None) or changed is None:
        return None
    late = timedelta(minutes=spec.flexible_time_window_in_minutes or 0) + _GRACE
    due = last_time(spec, now - late)
    if due is None or due.moment <= changed.astimezone(UTC):
        return None
    wanted = in_utc(due.moment)
    if any(run.schedule_arn == schedule_arn and run.scheduled_time == wanted for run in history.runs):
        return None
    # One that was deleted while the history was read may have been of that time.
    if any(job.created >= due.moment for job in history.gone):
        return None
    # More jobs than were read may have come since: those of a backfill, or of other schedules.
    reaches_back = bool(history.runs) and history.runs[-1].created <= due.moment
    return due if history.is_whole or reaches_back else None
