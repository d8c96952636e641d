"""Dates in the S3 locations of channels, as the training code fills them in: its own functions, read from its file.

So what is allowed, shown and written into a role's policy is what a job does (training_code/scheduled_dates.py).
"""

import re
import runpy
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from .s3_keys import as_iam_text
from .shipped_code import shipped_code_directory

_FILE: Final = "scheduled_dates.py"
_SOME_TIME: Final = datetime(2026, 11, 26, 3, tzinfo=UTC)


@cache
def _functions() -> dict[str, Any]:
    return runpy.run_path(str(shipped_code_directory() / _FILE))


def is_dated(text: str) -> bool:
    """Whether a text has a date to fill in, or something that looks like one."""
    return "{" in text and bool(_functions()["is_dated"](text))


def is_whole_time(text: str) -> bool:
    """Whether all that is to be filled in is the whole time, which EventBridge Scheduler does by itself."""
    return "{" in text and bool(_functions()["is_whole_time"](text))


def date_faults(text: str) -> list[str]:
    """What is wrong with the dates in a text, as sentences that say what is allowed; none for a good one."""
    return list(_functions()["faults"](text)) if "{" in text else []


def dated_path(text: str, scheduled_time: datetime, time_zone: str) -> str:
    """The text for the time (aware) that a schedule was due, its dates by the clocks of a zone (IANA name)."""
    return str(_functions()["resolved"](text, scheduled_time, ZoneInfo(time_zone))) if "{" in text else text


def a_dated_path(text: str) -> str:
    """The text for some time: all others give one of the same length and shape."""
    return dated_path(text, _SOME_TIME, "UTC")


def dated_pattern(text: str) -> str:
    """IAM's pattern for all that a text can become; a text without dates stands for itself."""
    return str(_functions()["iam_pattern"](text, as_iam_text)) if "{" in text else as_iam_text(text)


def may_begin_with(location: str, beginning: str) -> bool:
    """Whether a location begins with a text, whatever dates are filled in there."""
    if "{" not in beginning:
        return location.startswith(beginning)
    return re.match(_functions()["expression"](beginning), location) is not None
