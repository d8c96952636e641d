"""The shortest time between two invocations of an EventBridge Scheduler expression.

Forms, as the Scheduler's user guide has them: ``rate(value unit)``, ``at(yyyy-mm-ddThh:mm:ss)`` and
``cron(minutes hours day-of-month month day-of-week year)``, where exactly one of the two days is ``?``. Daylight saving
is left out: where a clock jumps, one period of the year is an hour shorter than computed here.
"""

from __future__ import annotations

import calendar
import itertools
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
# Two years, one of them a leap year, hold every distance of days that a calendar has within a year.
_FIRST_DAY, _LAST_DAY = date(2027, 1, 1), date(2029, 1, 31)


class ExpressionError(ValueError):
    """An expression that the Scheduler would refuse; the message names the part."""


@lru_cache(maxsize=4096)
def shortest_period_in_seconds(expression: str) -> int | None:
    """Compute the shortest distance of two invocations, None when there is at most one.

    Raises:
        ExpressionError: the expression is none of the three forms, or a field is out of range.

    """
    form = re.fullmatch(r"(rate|at|cron)\((.*)\)", expression.strip())
    if not form:
        raise ExpressionError("not a schedule expression")
    if form[1] == "at":
        return None
    return _rate(form[2]) if form[1] == "rate" else _cron(form[2])


def _rate(body: str) -> int:
    parts = re.fullmatch(r"\s*([1-9][0-9]*)\s+(minute|hour|day)s?\s*", body)
    if not parts:
        raise ExpressionError("rate needs a positive number and minutes, hours or days")
    return int(parts[1]) * _UNITS[parts[2]]


def _cron(body: str) -> int | None:
    fields = body.split()
    if len(fields) != 6:
        raise ExpressionError(f"cron needs six fields, not {len(fields)}")
    minutes, hours = _values(fields[0], 0, 59, {}), _values(fields[1], 0, 23, {})
    times = sorted(hour * 3600 + minute * 60 for hour in hours for minute in minutes)
    within_a_day = min((later - earlier for earlier, later in itertools.pairwise(times)), default=None)
    days = list(_days(*fields[2:]))
    distances = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
    overnight = min(distances) * 86400 - times[-1] + times[0] if distances else None
    return min((period for period in (within_a_day if days else None, overnight) if period is not None), default=None)


def _days(day_of_month: str, month: str, day_of_week: str, year: str) -> Iterator[date]:
    if (day_of_month == "?") == (day_of_week == "?"):
        raise ExpressionError("exactly one of day-of-month and day-of-week must be ?")
    months, years = _values(month, 1, 12, _MONTHS), _values(year, 1970, 2199, {})
    is_day = _by_month(day_of_month) if day_of_week == "?" else _by_week(day_of_week)
    first, last = _FIRST_DAY, _LAST_DAY
    if year != "*":
        # Whatever years are named, they lie as these two do: next to each other, or too far apart to matter.
        first, last = date(min(years), 1, 1), date(min(max(years), min(years) + 1), 12, 31)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if day.month in months and (year == "*" or day.year in years) and is_day(day):
            yield day


def _by_month(field: str) -> Callable[[date], bool]:
    field = field.upper()
    if field == "L":
        return lambda day: day.day == _last_of(day)
    if field.startswith("L-"):
        back = min(_values(field.removeprefix("L-"), 1, 30, {}))
        return lambda day: day.day == _last_of(day) - back
    if field.endswith("W"):
        wanted = field.removesuffix("W")
        target = None if wanted == "L" else min(_values(wanted, 1, 31, {}))
        return lambda day: day.day == _nearest_workday(day, target or _last_of(day))
    days = _values(field, 1, 31, {})
    return lambda day: day.day in days


def _by_week(field: str) -> Callable[[date], bool]:
    field = field.upper()
    if "#" in field:
        name, _, nth = field.partition("#")
        weekdays, weeks = _values(name, 1, 7, _DAYS), _values(nth, 1, 5, {})
        return lambda day: _weekday(day) in weekdays and (day.day - 1) // 7 + 1 in weeks
    if field.endswith("L"):
        name = field.removesuffix("L")
        weekdays = _values(name, 1, 7, _DAYS) if name else {7}
        return lambda day: _weekday(day) in weekdays and (not name or day.day > _last_of(day) - 7)
    weekdays = _values(field, 1, 7, _DAYS)
    return lambda day: _weekday(day) in weekdays


def _weekday(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _last_of(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_workday(day: date, wanted: int) -> int:
    """The workday nearest to a day of the month, in which it stays; 0 where the month has no such day."""
    last = _last_of(day)
    if wanted > last:
        return 0
    weekday = day.replace(day=wanted).weekday()
    if weekday == 5:
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == 6:
        return wanted + 1 if wanted < last else wanted - 2
    return wanted


def _values(field: str, lowest: int, highest: int, names: dict[str, int]) -> set[int]:
    values: set[int] = set()
    for part in field.upper().split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            start, stop = lowest, highest
        else:
            start = _number(first, names, field)
            stop = _number(last, names, field) if last else (highest if step else start)
        width = _number(step, {}, field) if step else 1
        if not (lowest <= start <= highest and lowest <= stop <= highest and width >= 1):
            raise ExpressionError(f"the field {field} must lie between {lowest} and {highest}")
        # FRI-MON goes over the end of the week, and so do its steps.
        span_of = range(start, stop + 1) if start <= stop else [*range(start, highest + 1), *range(lowest, stop + 1)]
        values.update(span_of[::width])
    return values


def _number(text: str, names: dict[str, int], field: str) -> int:
    if text in names:
        return names[text]
    if not (text.isascii() and text.isdigit()):
        raise ExpressionError(f"the field {field} is not a cron field")
    return int(text)
