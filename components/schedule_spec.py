"""When a training job starts: the schedule's expression, window, retries, and the times it names.

Limits: EventBridge Scheduler API, CreateSchedule. Each is declared once, on the field it limits.
What daylight saving does to a time: EventBridge Scheduler User Guide, "Daylight savings time on EventBridge Scheduler".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, takewhile
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

from .clock_changes import change_between
from .cron_expression import YEAR
from .fitting import FittingModel
from .moments import Moment
from .schedule_expression import FORM, at_of, check_expression, cron_of, rate_of

TIME_ZONE_MAX_LENGTH: Final = 50
"""Source: EventBridge Scheduler API, `ScheduleExpressionTimezone`."""
_OF_NO_PLACE: Final = {"Factory", "localtime"}
"""Files beside the database's zones: of a machine whose zone nobody has set, and of this machine."""


@cache
def _time_zones() -> set[str]:
    return available_timezones() - _OF_NO_PLACE  # walks the database: 13 ms


def _check_time_zone(name: str) -> str:
    if name not in _time_zones():
        raise ValueError("allowed: a name of the IANA time zone database, such as UTC or Europe/Berlin")
    return name


TimeZone = Annotated[str, Field(max_length=TIME_ZONE_MAX_LENGTH), AfterValidator(_check_time_zone)]
"""The IANA name of a zone."""


@dataclass(frozen=True)
class FireTime:
    """A time that a schedule names: as the clocks of its zone show it (naive), and in UTC.

    Clocks may show it `once`; it may be `skipped` (they jump over it at `moment`, and nothing fires) or `repeated`
    (they show it twice, and it fires once; AWS does not say when: here the first time, `moment`).
    """

    local: datetime
    moment: datetime
    clock: Literal["once", "skipped", "repeated"] = "once"

    @property
    def fires(self) -> bool:
        """Whether an invocation comes of it."""
        return self.clock != "skipped"


class ScheduleSpec(FittingModel):
    """One EventBridge Scheduler schedule; off until `enabled`."""

    expression: Annotated[
        str,
        Field(max_length=256, json_schema_extra={"pattern": f"^{FORM.pattern}$"}),
        AfterValidator(check_expression),
    ]
    """`cron(minutes hours day-of-month month day-of-week year)`, `rate(value unit)` or `at(yyyy-mm-ddThh:mm:ss)`."""
    time_zone: TimeZone = "UTC"
    """The IANA name of the zone that the expression's times are in."""
    enabled: bool = False
    """Whether it fires."""
    description: Annotated[str, Field(max_length=512)] | None = None
    """Any text, shown beside the schedule."""
    start_date: Moment | None = None
    """With a time zone, such as `2026-01-31T03:00:00Z`; before it, nothing fires. One that has passed is not sent, and
    a note says so. An enabled `rate` without a start date fires at once."""
    end_date: Moment | None = None
    """With a time zone. After it, nothing fires."""
    flexible_time_window_in_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    """The invocation may start this much later; absent: at the exact time."""
    maximum_retry_attempts: Annotated[int, Field(ge=0, le=185)] = 2
    """How often an invocation that failed is tried again. Few on purpose (the API's default is 185): every attempt may
    start a training job of its own."""
    maximum_event_age_in_seconds: Annotated[int, Field(ge=60, le=86400)] = 3600
    """How long it is tried again."""
    action_after_completion: Literal["NONE", "DELETE"] | None = None
    """What AWS does with a schedule that will not fire again: `DELETE` it, or `NONE`, and it stays; absent: as
    `NONE`."""

    def misfits(self) -> Iterator[str]:
        """Dates of which nobody knows when they are, and an end before the start."""
        without = list(self._dates_without_a_zone())
        yield from without
        if not without and self.start_date and self.end_date and self.start_date >= self.end_date:
            start, end = (moment.isoformat().replace("+00:00", "Z") for moment in (self.start_date, self.end_date))
            yield f"end_date {end} is not after start_date {start}; correct one of them"

    def _dates_without_a_zone(self) -> Iterator[str]:
        for name in ("start_date", "end_date"):
            moment: datetime | None = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                yield f"{name} has no time zone; write it as 2026-01-31T03:00:00Z"

    @property
    def state(self) -> Literal["ENABLED", "DISABLED"]:
        """The API's word for `enabled`."""
        return "ENABLED" if self.enabled else "DISABLED"

    @property
    def kind(self) -> str:
        """`cron`, `rate` or `at`."""
        return self.expression.partition("(")[0]

    @property
    def is_over_some_day(self) -> bool:
        """Whether it completes: what has no end never does."""
        return self.kind == "at" or self.end_date is not None

    @property
    def rate_period(self) -> timedelta | None:
        """The time between two invocations of a `rate`."""
        return rate_of(self._body) if self.kind == "rate" else None

    def as_sent(self, now: datetime) -> Self:
        """The schedule without a start date that has passed, which EventBridge Scheduler refuses, also at an update."""
        passed = self.start_date is not None and self.start_date <= now
        return self.model_copy(update={"start_date": None}) if passed else self

    def next_fire_times(self, after: datetime, count: int = 1) -> tuple[datetime, ...]:
        """Up to `count` times at which the schedule fires, later than `after` (aware); in UTC.

        A wall-clock time that daylight saving skips does not fire; one that it repeats fires once.
        A `rate` counts from its start date, or from `after` where it has none (AWS counts from its creation); an `at`
        heeds neither start nor end date.
        """
        return tuple(islice((time.moment for time in self._times_after(after) if time.fires), count))

    def named_times(self, after: datetime, count: int = 1) -> tuple[FireTime, ...]:
        """The same with those that daylight saving skips, and as the zone's clocks show them."""
        return tuple(islice(self._times_after(after), count))

    def local_times(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The wall-clock times (naive) from `start` to before `end` that the expression names; a `rate` names none."""
        if self.kind == "cron":
            yield from takewhile(lambda local: local < end, cron_of(self._body).local_times(start))
        elif self.kind == "at":
            yield from (local for local in [at_of(self._body)] if start <= local < end)

    @property
    def _body(self) -> str:
        return self.expression.partition("(")[2][:-1]

    def _times_after(self, after: datetime) -> Iterator[FireTime]:
        times: Iterator[FireTime] = (time for time in self._times(after) if time.moment > after)
        end = self.end_date
        if end is not None and self.kind != "at":
            times = takewhile(lambda time: time.moment <= end, times)
        return times

    def _times(self, after: datetime) -> Iterator[FireTime]:
        zone = ZoneInfo(self.time_zone)
        start = max(after, self.start_date) if self.start_date else after
        if self.kind == "rate":
            period = rate_of(self._body)
            moment = (self.start_date or after).astimezone(UTC)
            if moment < after:
                moment += (after - moment) // period * period
            while moment.year <= YEAR.high:
                yield FireTime(moment.astimezone(zone).replace(tzinfo=None), moment)
                moment += period
        elif self.kind == "at":
            yield from _on_the_clock([at_of(self._body)], zone)
        else:
            local_start = start.astimezone(zone).replace(tzinfo=None, fold=0, second=0, microsecond=0)
            local_times = cron_of(self._body).local_times(local_start)
            yield from (time for time in _on_the_clock(local_times, zone) if time.moment >= start)


def _on_the_clock(local_times: Iterable[datetime], zone: ZoneInfo) -> Iterator[FireTime]:
    for local in local_times:
        first = local.replace(tzinfo=zone).astimezone(UTC)
        second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
        if first == second:
            yield FireTime(local, first)
        elif first < second:
            yield FireTime(local, first, "repeated")
        else:
            yield FireTime(local, change_between(zone, second, first).moment, "skipped")
