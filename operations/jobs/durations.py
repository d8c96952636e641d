"""Times and shares, as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def in_words(time: timedelta) -> str:
    """`1 h 30 min`, `2 min 5 s`; the two greatest units."""
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"), (seconds, "s")]
    first = next((number for number, (count, _) in enumerate(parts) if count), len(parts) - 1)
    told = [f"{count} {unit}" for count, unit in parts[first : first + 2] if count]
    return " ".join(told) or "0 s"


def share(value: float) -> str:
    """`80 %`."""
    return f"{value * 100:.0f} %"


def utc(moment: datetime) -> str:
    """`2026-11-26 03:00:07`."""
    return f"{moment.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M:%S}"


def local(moment: datetime, time_zone: str) -> str:
    """`Thu 2026-11-26 03:00 CET`."""
    return f"{moment.astimezone(ZoneInfo(time_zone)):%a %Y-%m-%d %H:%M %Z}"
