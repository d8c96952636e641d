"""A cron expression as Unix writes it, in EventBridge Scheduler's words: what most people try first."""

import re
from typing import Final

from .cron_expression import CronExpression

_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
"""Unix counts the days of a week from 0, Sunday, and has a 7 for it as well; EventBridge Scheduler counts from 1."""
_FIELDS: Final = 5


def from_unix(text: str) -> str:
    """`cron(0 3 ? * MON-FRI *)` of `0 3 * * 1-5`; "" for what is no such expression, or has both kinds of days."""
    fields = text.split()
    if len(fields) != _FIELDS:
        return ""
    minutes, hours, day_of_month, month, day_of_week = fields
    if day_of_week == "*":
        day_of_week = "?"
    elif day_of_month == "*" and "/" not in day_of_week:
        day_of_month, day_of_week = "?", re.sub(r"\b[0-7]\b", lambda found: _DAYS[int(found[0])], day_of_week.upper())
    else:
        return ""
    body = f"{minutes} {hours} {day_of_month} {month} {day_of_week} *"
    try:
        CronExpression.parse(body)
    except ValueError:
        return ""
    return f"cron({body})"
