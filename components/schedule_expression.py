"""The three forms of a schedule's expression: `cron(…)`, `rate(…)` and `at(…)`.

Source: EventBridge Scheduler User Guide, "Schedule types".
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from .cron_expression import YEAR, CronExpression
from .unix_cron import from_unix

RATE_UNITS: Final[dict[str, timedelta]] = {
    "minute": timedelta(minutes=1),
    "minutes": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "hours": timedelta(hours=1),
    "day": timedelta(days=1),
    "days": timedelta(days=1),
}
RATE_MAX: Final = timedelta(days=36500)
"""Ours, not the API's: what is longer never fires again, and would leave Python's range of dates."""
FORM: Final = re.compile(r"(cron|rate|at)\((.*)\)")
_AT_FORMAT = "%Y-%m-%dT%H:%M:%S"
EXPRESSION_FORMS: Final = (
    "cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss)"
)


def check_expression(text: str) -> str:
    """The expression itself.

    Raises:
        ValueError: EventBridge Scheduler would refuse it.
    """
    match = FORM.fullmatch(text)
    if match is None:
        meant = from_unix(text)
        cure = f"; write {meant}, which is that expression of Unix" if meant else ""
        raise ValueError(f"allowed: {EXPRESSION_FORMS}, for example cron(0 3 * * ? *){cure}")
    kind, body = match.groups()
    if kind == "cron":
        try:
            cron_of(body)
        except ValueError as error:
            raise ValueError(f"{error}; write {meant}" if (meant := from_unix(body)) else str(error)) from None
    elif kind == "rate":
        rate_of(body)
    else:
        at_of(body)
    return text


@lru_cache(maxsize=1024)
def cron_of(body: str) -> CronExpression:
    """What stands between the parentheses of a `cron`; raises ValueError."""
    return CronExpression.parse(body)


def rate_of(body: str) -> timedelta:
    """What stands between those of a `rate`; raises ValueError."""
    value, _, unit = body.partition(" ")
    if not (value.isascii() and value.isdigit() and int(value) > 0) or unit not in RATE_UNITS:
        raise ValueError(f"rate({body}) is not a whole number above 0 and a unit: {', '.join(RATE_UNITS)}")
    if (value == "1") == unit.endswith("s"):
        raise ValueError(f"rate({body}) needs a singular unit for 1 and a plural one otherwise, as in rate(12 hours)")
    if int(value) > RATE_MAX // RATE_UNITS[unit]:
        raise ValueError(f"rate({body}) is longer than 100 years; allowed: up to {RATE_MAX // RATE_UNITS[unit]} {unit}")
    return int(value) * RATE_UNITS[unit]


def at_of(body: str) -> datetime:
    """What stands between those of an `at`, as the clocks of the schedule's zone show it; raises ValueError."""
    try:
        moment = datetime.strptime(body, _AT_FORMAT)  # naive: the schedule's own time zone applies
    except ValueError:
        moment = None
    # strptime also takes 2026-1-5 and letters in the other case.
    if moment is None or moment.isoformat() != body:
        raise ValueError(f"at({body}) is not a date and time of the form at(yyyy-mm-ddThh:mm:ss)")
    YEAR.number(str(moment.year))
    return moment
