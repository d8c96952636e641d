"""When a schedule was due last: what a missed run, and data by date, are judged by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from components.schedule_spec import ScheduleSpec

_LOOKED_BACK: Final = (
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=8),
    timedelta(days=32),
    timedelta(days=370),
)
"""A narrow look first: a schedule of every minute has many times in a year."""
_AT_ONCE: Final = 61


def last_due(schedule: ScheduleSpec, now: datetime) -> datetime | None:
    """The last time before `now` (aware); None where none is within a year, or AWS alone knows from when it counts."""
    if (period := schedule.rate_period) is not None:
        start = schedule.start_date
        return start + (now - start) // period * period if start and start <= now else None
    for back in _LOOKED_BACK:
        found, after = list[datetime](), now - back
        while passed := [each for each in schedule.next_fire_times(after, _AT_ONCE) if each <= now]:
            found, after = passed, passed[-1]
        if found:
            return found[-1]
    return None
