"""The moments from which and until which a schedule fires."""

import re
from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from .cron_expression import YEAR

_OF_GO: Final = re.compile(r"(?P<day>\d{4}-\d\d-\d\d) (?P<time>[\d:.]+) (?P<zone>[+-]\d{4}) \S+")
"""As the engine hands a date over that stands in YAML without quotes: `2026-01-31 03:00:00 +0000 UTC`."""
_NUMBER: Final = re.compile(r"\s*[+-]?[\d._]+\s*")


def _check_moment(value: object) -> object:
    """Numbers too are moments for pydantic, of Unix time: a date without its dashes, `20270131`, is one of 1970."""
    if isinstance(value, str) and (found := _OF_GO.fullmatch(value)):
        return "".join((found["day"], "T", found["time"], found["zone"]))
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise ValueError("allowed: a date and time with its time zone, such as 2026-01-31T03:00:00Z")
    return value


def _check_year(moment: datetime) -> datetime:
    if not YEAR.low <= moment.year <= YEAR.high:
        raise ValueError(f"allowed: the years {YEAR.low} to {YEAR.high}, as in the expressions themselves")
    return moment


Moment = Annotated[datetime, Field(strict=False), BeforeValidator(_check_moment), AfterValidator(_check_year)]
"""A date and time, written as ISO 8601 has it."""
