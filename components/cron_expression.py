"""AWS's cron dialect: six fields, `?`, `L`, `W`, `#`, and the local times they name.

Source: EventBridge Scheduler User Guide, "Schedule types", cron-based schedules. Fields: minutes, hours, day of month,
month, day of week (1 = Sunday), year. Exactly one of the two day fields is `?`.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAY_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
SATURDAY, SUNDAY = 7, 1


@dataclass(frozen=True)
class _Field:
    """One of the six: its name in messages, its range, and the words that may stand for numbers."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()
    wraps: bool = True

    def number(self, text: str) -> int:
        if text.upper() in self.words:
            return self.words.index(text.upper()) + 1
        if text.isascii() and text.isdigit() and self.low <= int(text) <= self.high:
            return int(text)
        words = f" or {self.words[0]}-{self.words[-1]}" if self.words else ""
        raise ValueError(f"{self.name} {text!r} is not {self.low}-{self.high}{words}")

    def numbers(self, text: str) -> frozenset[int]:
        """All numbers that a list of `*`, `a`, `a-b`, and any of these with `/step`, names."""
        found: set[int] = set()
        for item in text.split(","):
            span, slash, step = item.partition("/")
            if slash and not (step.isascii() and step.isdigit() and int(step) > 0):
                raise ValueError(f"{self.name} {item!r} has the step {step!r}, which is not a whole number above 0")
            if span == "*":
                low, high = self.low, self.high
            elif "-" in span:
                first, _, last = span.partition("-")
                low, high = self.number(first), self.number(last)
                if low > high and not self.wraps:
                    raise ValueError(f"{self.name} {span!r} ends before it starts")
            else:
                low = self.number(span)
                high = self.high if slash else low
            # SAT-SUN and 22-2 wrap around the end of the range.
            wrapped = range(low, high + 1) if low <= high else [*range(low, self.high + 1), *range(self.low, high + 1)]
            found.update(list(wrapped)[:: int(step) if slash else 1])
        return frozenset(found)


MINUTES = _Field("minutes", 0, 59)
HOURS = _Field("hours", 0, 23)
DAY_OF_MONTH = _Field("day-of-month", 1, 31)
MONTH = _Field("month", 1, 12, MONTH_NAMES)
DAY_OF_WEEK = _Field("day-of-week", 1, 7, DAY_NAMES)
YEAR = _Field("year", 1970, 2199, wraps=False)


@dataclass(frozen=True)
class CronExpression:
    """A parsed `cron(...)`; iterate `local_times` for the wall-clock times it names."""

    minutes: frozenset[int]
    hours: frozenset[int]
    day_of_month: str
    months: frozenset[int]
    day_of_week: str
    years: frozenset[int]

    @classmethod
    def parse(cls, fields_text: str) -> "CronExpression":
        """Parse what stands between the parentheses.

        Raises:
            ValueError: says which field is wrong, what it holds and what it may hold.
        """
        if others := sorted({each for each in fields_text if each.isspace() and each not in " \t"}):
            raise ValueError(
                f"cron has U+{ord(others[0]):04X} between its fields, which looks like a blank; allowed: blanks"
            )
        fields = fields_text.split()
        if len(fields) != 6:
            raise ValueError(
                f"cron has {len(fields)} fields, not the six: minutes hours day-of-month month day-of-week year"
            )
        minutes, hours, day_of_month, month, day_of_week, year = fields
        if (day_of_month == "?") == (day_of_week == "?"):
            raise ValueError(
                f"exactly one of day-of-month ({day_of_month!r}) and day-of-week ({day_of_week!r}) has to be '?'"
            )
        expression = cls(
            minutes=MINUTES.numbers(minutes),
            hours=HOURS.numbers(hours),
            day_of_month=day_of_month,
            months=MONTH.numbers(month),
            day_of_week=day_of_week,
            years=YEAR.numbers(year),
        )
        # Every day form is evaluated once, so that a malformed one is found here and not at a fire time.
        expression._days(2028, 2)
        return expression

    def local_times(self, start: datetime) -> Iterator[datetime]:
        """Naive wall-clock times from `start` on (inclusive), in order; ends with the last year of the expression."""
        day = start.date()
        for year in sorted(year for year in self.years if year >= day.year):
            for month in sorted(self.months):
                if (year, month) < (day.year, day.month):
                    continue
                for day_number in sorted(self._days(year, month)):
                    for hour in sorted(self.hours):
                        for minute in sorted(self.minutes):
                            moment = datetime.combine(date(year, month, day_number), time(hour, minute))
                            if moment >= start:
                                yield moment

    def number_of_times(self, year: int) -> int:
        """How many wall-clock times of a year it names."""
        days = sum(len(self._days(year, month)) for month in self.months) if year in self.years else 0
        return days * len(self.hours) * len(self.minutes)

    def _days(self, year: int, month: int) -> frozenset[int]:
        """The days of one month that fire."""
        if self.day_of_week == "?":
            return _days_of_month(self.day_of_month, year, month)
        return _days_of_week(self.day_of_week, year, month)


def _weekday(year: int, month: int, day: int) -> int:
    """AWS's number of a weekday: 1 = Sunday."""
    return date(year, month, day).isoweekday() % 7 + 1


def _days_of_month(text: str, year: int, month: int) -> frozenset[int]:
    last = calendar.monthrange(year, month)[1]
    upper = text.upper()
    if upper == "L":
        return frozenset({last})
    if upper == "LW":
        return frozenset({_nearest_weekday(year, month, last, last)})
    if upper.startswith("L-"):
        back = upper.removeprefix("L-")
        if not (back.isascii() and back.isdigit() and 1 <= int(back) <= 30):
            raise ValueError(f"day-of-month {text!r} counts back from the last day by {back!r}, which is not 1-30")
        return frozenset({last - int(back)} if last > int(back) else set())
    if upper.endswith("W"):
        day = DAY_OF_MONTH.number(upper.removesuffix("W"))
        return frozenset({_nearest_weekday(year, month, day, last)} if day <= last else set())
    return frozenset(day for day in DAY_OF_MONTH.numbers(upper) if day <= last)


def _nearest_weekday(year: int, month: int, day: int, last: int) -> int:
    """The weekday nearest to a day, never leaving the month."""
    weekday = _weekday(year, month, day)
    if weekday == SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == SUNDAY:
        return day + 1 if day < last else day - 2
    return day


def _days_of_week(text: str, year: int, month: int) -> frozenset[int]:
    last = calendar.monthrange(year, month)[1]
    upper = text.upper()
    if "#" in upper:
        name, _, nth = upper.partition("#")
        weekday = DAY_OF_WEEK.number(name)
        if nth not in {"1", "2", "3", "4", "5"}:
            raise ValueError(f"day-of-week {text!r} asks for week {nth!r} of the month, which is not 1-5")
        return frozenset(
            [day for day in range(1, last + 1) if _weekday(year, month, day) == weekday][int(nth) - 1 :][:1]
        )
    if upper != "L" and upper.endswith("L"):
        weekday = DAY_OF_WEEK.number(upper.removesuffix("L"))
        return frozenset({max(day for day in range(1, last + 1) if _weekday(year, month, day) == weekday)})
    # By itself L is the last day of each week; behind a day it is that day's last one in the month.
    weekdays = {SATURDAY} if upper == "L" else DAY_OF_WEEK.numbers(upper)
    return frozenset(day for day in range(1, last + 1) if _weekday(year, month, day) in weekdays)
