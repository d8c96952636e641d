"""Dates in S3 locations, filled in from the time that a schedule was due: `datasets/dt={scheduled_date-1d:%Y/%m/%d}/`.

Plain functions of what they are given, from the standard library alone. The program reads this very file as well
(components/dated_paths.py): what it allows, shows and limits a role to is what a job does.

`{scheduled_date}` is the date, `2026-11-26`; it takes offsets (`-1d`, `+6h`, `-2w`, `-1mo`) and, behind a colon, a
format of the codes in `PATTERNS`. `{scheduled_time}` is the whole time as EventBridge Scheduler writes it, in UTC.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone, tzinfo

PATTERNS = {
    "%Y": ("20??", r"20\d\d"),
    "%m": ("??", r"\d\d"),
    "%d": ("??", r"\d\d"),
    "%H": ("??", r"\d\d"),
    "%M": ("??", r"\d\d"),
    "%S": ("??", r"\d\d"),
    "%j": ("???", r"\d{3}"),
    "%y": ("??", r"\d\d"),
    "%G": ("20??", r"20\d\d"),
    "%V": ("??", r"\d\d"),
}
"""Codes of strftime whose text is always as long, and the same on every machine: with IAM's pattern of it, in which `?`
is any one character, and a regular expression. `%G` and `%V` are year and week of ISO 8601."""

_UTC = timezone.utc  # noqa: UP017 - images of Python 3.9 and 3.10 know no datetime.UTC, and this goes there as well
_WHOLE_TIME = "%Y-%m-%dT%H:%M:%SZ"
_DATE = "%Y-%m-%d"
_PLACEHOLDER = re.compile(r"\{(\s*[^\W\d][^{}]*)\}")
"""What looks like something to be filled in. A brace that stands for itself has no word and no partner."""
_OTHERS_MARK = re.compile(r"[${]\{\s*[^\W\d][^{}]*\}+|\{\s*[^\W\d][^{}]*\}\}+")
"""The same as shells, Terraform (`${…}`) and Jinja (`{{…}}`) write it."""
_BODY = re.compile(r"scheduled_date(?P<offsets>(?:[+-][1-9]\d{0,2}(?:h|d|w|mo))*)(?P<format>:.*)?")
_OFFSET = re.compile(r"([+-]\d+)(h|d|w|mo)")
_CODE = re.compile(r"%.?")
_LARGEST = {"h": 999, "d": 999, "w": 99, "mo": 99}
_EXAMPLES = "{scheduled_date}, {scheduled_date-1d:%Y/%m/%d} or {scheduled_time}"


def is_dated(text: str) -> bool:
    """Whether there is a date to fill in."""
    return _PLACEHOLDER.search(text) is not None


def is_whole_time(text: str) -> bool:
    """Whether all that is to be filled in is the whole time, which EventBridge Scheduler does by itself."""
    bodies = _PLACEHOLDER.findall(text)
    return bool(bodies) and all(body == "scheduled_time" for body in bodies)


def faults(text: str) -> list[str]:
    """What is wrong with the dates in a text, as sentences that say what is allowed; none for a good one."""
    found = [fault for body in _PLACEHOLDER.findall(text) for fault in _faults(body)]
    return found or [
        f"it has {mark!r}, of which a part would stay in the path; allowed: one brace at each end, as in {_EXAMPLES}"
        for mark in _OTHERS_MARK.findall(text)
    ]


def _faults(body: str) -> Iterator[str]:
    if body == "scheduled_time":
        return
    shown, match = f"{{{body}}}", _BODY.fullmatch(body)
    if match is None:
        yield (
            f"it has {shown!r}, and nothing fills that in; allowed: {_EXAMPLES}, with offsets such as -1d, +6h, -2w "
            "and -1mo"
        )
        return
    units = [unit for _, unit in _OFFSET.findall(match["offsets"])]
    for number, unit in _OFFSET.findall(match["offsets"]):
        if abs(int(number)) > _LARGEST[unit]:
            yield f"{shown!r} has the offset {number}{unit}; allowed with {unit}: up to {_LARGEST[unit]}"
    if len(set(units)) < len(units):
        yield f"{shown!r} has a unit twice; allowed: one offset of each of h, d, w and mo"
    codes = _CODE.findall(match["format"] or f":{_DATE}")
    if wrong := [code for code in codes if code not in PATTERNS]:
        yield (
            f"{shown!r} has {wrong[0]!r}; allowed: {' '.join(PATTERNS)}, whose text is always as long, so that the "
            "role can be limited to it"
        )
    if not codes:
        yield f"{shown!r} has a format without a part of a date; allowed: {' '.join(PATTERNS)}"


def resolved(text: str, scheduled_time: datetime, zone: tzinfo) -> str:
    """The text for the time (aware) that a schedule was due, its dates by the clocks of `zone`.

    Months are moved first, to the last day where there is no such day (`2026-03-31` less `1mo` is `2026-02-28`), then
    weeks and days, by the calendar: at the same time of day, and an hour later where clocks skip that time. Hours are
    moved last, as they pass.
    """
    return _PLACEHOLDER.sub(lambda found: _filled_in(found[1], scheduled_time, zone), text)


def _filled_in(body: str, scheduled_time: datetime, zone: tzinfo) -> str:
    if body == "scheduled_time":
        return scheduled_time.astimezone(_UTC).strftime(_WHOLE_TIME)
    match = _BODY.fullmatch(body)
    if match is None:
        raise ValueError(f"{{{body}}} is no date")
    offsets = {unit: int(number) for number, unit in _OFFSET.findall(match["offsets"])}
    moved = _moved(scheduled_time.astimezone(zone), offsets)
    format_ = (match["format"] or f":{_DATE}")[1:]
    return _CODE.sub(lambda code: moved.strftime(code[0]), format_)


def _moved(moment: datetime, offsets: dict[str, int]) -> datetime:
    zone = moment.tzinfo
    days = 7 * offsets.get("w", 0) + offsets.get("d", 0)
    if months := offsets.get("mo", 0):
        year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        moment = moment.replace(year=year, month=month + 1, day=min(moment.day, last))
    if days:  # arithmetic on the times of one zone is by its calendar, and forgets which of two equal hours it is
        moment += timedelta(days=days)
    # The way over UTC makes a real time of it, and counts hours as they pass.
    passed = moment.astimezone(_UTC) + timedelta(hours=offsets.get("h", 0))
    return passed.astimezone(zone)


def iam_pattern(text: str, literal: Callable[[str], str]) -> str:
    """The pattern of IAM for all that a text can become; `literal` writes what stands for itself."""
    return _with_patterns(text, 0, literal)


def expression(text: str) -> str:
    """The regular expression for all that a text can become."""
    return _with_patterns(text, 1, re.escape)


def _with_patterns(text: str, which: int, literal: Callable[[str], str]) -> str:
    parts = []
    for place, part in enumerate(_PLACEHOLDER.split(text)):
        if place % 2 == 0:
            parts.append(literal(part))
            continue
        match = _BODY.fullmatch(part)
        written = _WHOLE_TIME if match is None else (match["format"] or f":{_DATE}")[1:]
        end = 0
        for code in _CODE.finditer(written):
            parts += [literal(written[end : code.start()]), PATTERNS[code[0]][which]]
            end = code.end()
        parts.append(literal(written[end:]))
    return "".join(parts)
