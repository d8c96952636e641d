"""When the clocks of a time zone are put forward or back, and which times of the day that skips or repeats.

Source: the IANA time zone database, as Python's zoneinfo reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_STEP: Final = timedelta(days=1)
_EXACT: Final = timedelta(seconds=1)


@dataclass(frozen=True)
class ClockChange:
    """At `moment` (UTC) clocks that would show `before` show `after` (both naive)."""

    moment: datetime
    before: datetime
    after: datetime

    @property
    def skips(self) -> bool:
        """Whether clocks are put forward: the times from `before` to `after` never come. Else they come twice."""
        return self.after > self.before

    @property
    def first(self) -> datetime:
        """The first wall-clock time that is skipped or repeated."""
        return min(self.before, self.after)

    @property
    def end(self) -> datetime:
        """The first one behind them, which comes once."""
        return max(self.before, self.after)


def clock_changes(zone: ZoneInfo, start: datetime, days: int) -> Iterator[ClockChange]:
    """The changes in so many days from `start` (aware) on, in order; two on one day would be missed."""
    low = start.astimezone(UTC).replace(microsecond=0)
    for _ in range(days):
        high = low + _STEP
        if _offset(zone, low) != _offset(zone, high):
            yield change_between(zone, low, high)
        low = high


def change_between(zone: ZoneInfo, low: datetime, high: datetime) -> ClockChange:
    """The one change after `low` and not after `high` (UTC, whole seconds), before and after which offsets differ."""
    before = _offset(zone, low)
    while high - low > _EXACT:
        middle = low + (high - low) // 2 // _EXACT * _EXACT
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    naive = high.replace(tzinfo=None)
    return ClockChange(high, naive + before, naive + _offset(zone, high))


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
