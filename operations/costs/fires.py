"""How often a schedule fires a month."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from components.cron_expression import CronExpression
from components.run_overlaps import counted_from
from components.schedule_spec import ScheduleSpec

MONTH: Final = timedelta(days=365) / 12
_COUNTED: Final = 1000
"""Of a schedule that fires more often a month than this, each time is not looked at."""


def fires_a_month(schedule: ScheduleSpec, after: datetime) -> float:
    """The mean of the months of a year, in a month in which the schedule is in force; 0 for one that is over.

    One that has fewer times left than that has these. What daylight saving skips is not subtracted.
    """
    counted = counted_from(schedule, after)
    first = counted.next_fire_times(after, 1)
    if not first:
        return 0.0
    mean = _mean(counted, first[0])
    if mean > _COUNTED:
        return mean
    return min(mean, float(len(counted.next_fire_times(after, math.ceil(mean)))))


def _mean(schedule: ScheduleSpec, first: datetime) -> float:
    period = schedule.rate_period
    if period is not None:
        return MONTH / period
    if schedule.kind == "at":
        return 1.0
    fields = schedule.expression.removeprefix("cron(").removesuffix(")")
    return CronExpression.parse(fields).number_of_times(first.year) / 12
