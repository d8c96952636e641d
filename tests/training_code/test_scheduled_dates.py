"""What a location with dates becomes: arithmetic, time zones, and what a role and a reader of settings are told."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import scheduled_dates
from scheduled_dates import expression, faults, iam_pattern, is_dated, is_whole_time, resolved

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/St_Johns")
TIMES = st.datetimes(datetime(2022, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
OFFSETS = st.builds(
    lambda *parts: "".join(part for part in parts if part),
    *(
        st.sampled_from(["", *(f"{sign}{n}{unit}" for sign in "+-" for n in numbers)])
        for unit, numbers in (
            ("mo", (1, 12, 99)),
            ("w", (1, 99)),
            ("d", (1, 31, 999)),
            ("h", (1, 23, 999)),
        )
    ),
)
FORMATS = (
    st.lists(
        st.sampled_from([*scheduled_dates.PATTERNS, "-", "/", "T", "dt=", " ", "ä", ":", "$", "."]),
        min_size=1,
        max_size=8,
    )
    .map("".join)
    .filter(lambda text: "%" in text)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("placeholder", "due", "zone", "becomes"),
    [
        ("{scheduled_date}", "2026-11-26T03:00:00Z", "UTC", "2026-11-26"),
        ("{scheduled_date-1d:%Y/%m/%d}", "2026-03-01T03:00:00Z", "UTC", "2026/02/28"),
        ("{scheduled_date-1d}", "2028-03-01T03:00:00Z", "UTC", "2028-02-29"),
        ("{scheduled_date-1mo}", "2026-03-31T03:00:00Z", "UTC", "2026-02-28"),
        ("{scheduled_date-1mo:%Y-%m}", "2026-01-31T03:00:00Z", "UTC", "2025-12"),
        ("{scheduled_date+1mo-1d}", "2026-01-31T03:00:00Z", "UTC", "2026-02-27"),
        ("{scheduled_date-2w:week=%G-%V}", "2027-01-10T03:00:00Z", "UTC", "week=2026-52"),
        ("{scheduled_date:%y%j}", "2026-12-31T03:00:00Z", "UTC", "26365"),
        # The clock of the schedule says the next day already.
        ("{scheduled_date}", "2026-11-25T23:30:00Z", "Europe/Berlin", "2026-11-26"),
        ("{scheduled_date}", "2026-11-26T03:00:00Z", "America/New_York", "2026-11-25"),
        # The night on which clocks are put forward: 03:00 CEST is an hour after 01:00 CET and a day after 03:00 CET.
        ("{scheduled_date-2h:%d %H}", "2026-03-29T01:00:00Z", "Europe/Berlin", "29 00"),
        ("{scheduled_date-1d:%d %H}", "2026-03-29T01:00:00Z", "Europe/Berlin", "28 03"),
        # 02:30 does not exist on the 29th: it is the time an hour later.
        ("{scheduled_date-1d:%d %H:%M}", "2026-03-30T00:30:00Z", "Europe/Berlin", "29 03:30"),
        # The hour that comes twice is told apart by hours that pass.
        ("{scheduled_date-1h:%H}", "2026-10-25T01:30:00Z", "Europe/Berlin", "02"),
        ("{scheduled_date-1h:%H}", "2026-10-25T00:30:00Z", "Europe/Berlin", "01"),
        ("{scheduled_time}", "2026-11-26T03:00:00Z", "Europe/Berlin", "2026-11-26T03:00:00Z"),
        ("a{b/{scheduled_date:%H}/c}d", "2026-11-26T03:00:00Z", "UTC", "a{b/03/c}d"),
    ],
)
def test_a_date_is_moved_by_the_calendar_and_hours_as_they_pass(
    placeholder: str, due: str, zone: str, becomes: str
) -> None:
    assert faults(placeholder) == []
    assert resolved(placeholder, at(due), ZoneInfo(zone)) == becomes


@settings(max_examples=300, deadline=None)
@given(TIMES, st.integers(-999, 999).filter(bool), st.sampled_from(ZONES))
def test_days_are_the_calendars(due: datetime, days: int, zone: str) -> None:
    read = date.fromisoformat(resolved(f"{{scheduled_date{days:+d}d}}", due, ZoneInfo(zone)))

    assert read - due.astimezone(ZoneInfo(zone)).date() == timedelta(days=days)


@settings(max_examples=300, deadline=None)
@given(TIMES, st.integers(-99, 99).filter(bool), st.sampled_from(ZONES))
@example(datetime(2026, 3, 31, tzinfo=UTC), -1, "UTC")
def test_months_go_to_the_same_day_or_the_last(due: datetime, months: int, zone: str) -> None:
    local = due.astimezone(ZoneInfo(zone)).date()
    read = date.fromisoformat(resolved(f"{{scheduled_date{months:+d}mo}}", due, ZoneInfo(zone)))

    assert (read.year - local.year) * 12 + read.month - local.month == months
    assert read.day == local.day or (read.day < local.day and (read + timedelta(days=1)).day == 1)


@settings(max_examples=300, deadline=None)
@given(TIMES, st.integers(-999, 999).filter(bool), st.sampled_from(ZONES))
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), -1, "Europe/Berlin")
@example(datetime(2026, 3, 29, 1, tzinfo=UTC), -1, "Europe/Berlin")
def test_hours_are_those_that_pass(due: datetime, hours: int, zone: str) -> None:
    read = resolved(f"{{scheduled_date{hours:+d}h:%Y-%m-%dT%H:%M}}", due, ZoneInfo(zone))

    assert read == f"{(due + timedelta(hours=hours)).astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


@settings(max_examples=500, deadline=None)
@given(TIMES, OFFSETS, FORMATS, st.sampled_from(ZONES))
def test_all_that_a_location_can_become_is_what_the_role_is_limited_to(
    due: datetime, offsets: str, format_: str, zone: str
) -> None:
    text = f"data/[a]{{scheduled_date{offsets}:{format_}}}/x/"

    became = resolved(text, due, ZoneInfo(zone))

    assert faults(text) == []
    assert re.fullmatch(expression(text), became)
    pattern = iam_pattern(text, lambda literal: literal.replace("[", "[[]"))
    assert fnmatchcase(became, pattern)
    assert len(became) == len(resolved(text, at("2026-01-01T00:00:00Z"), ZoneInfo("UTC")))
    assert "*" not in pattern


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{date}", "it has '{date}', and nothing fills that in"),
        ("{schedule_date}", "it has '{schedule_date}', and nothing fills that in"),
        ("{scheduled_date-0d}", "and nothing fills that in"),
        ("{scheduled_date-1y}", "and nothing fills that in"),
        ("{scheduled_date - 1d}", "and nothing fills that in"),
        ("{scheduled_time-1h}", "and nothing fills that in"),
        ("{scheduled_time:%H}", "and nothing fills that in"),
        ("{scheduled_date-1d-2d}", "'{scheduled_date-1d-2d}' has a unit twice; allowed: one offset of each"),
        ("{scheduled_date-100mo}", "'{scheduled_date-100mo}' has the offset -100mo; allowed with mo: up to 99"),
        ("{scheduled_date:%B}", "'{scheduled_date:%B}' has '%B'; allowed: %Y %m %d %H"),
        ("{scheduled_date:%-d}", "has '%-'; allowed: %Y"),
        ("{scheduled_date:%}", "has '%'; allowed: %Y"),
        ("{scheduled_date:%%}", "has '%%'; allowed: %Y"),
        ("{scheduled_date:day}", "has a format without a part of a date"),
        ("{scheduled_date:}", "has a format without a part of a date"),
        ("{ scheduled_date }", "it has '{ scheduled_date }', and nothing fills that in"),
        ("{{ ds }}", "it has '{ ds }', and nothing fills that in"),
        ("{{scheduled_date}}", "it has '{{scheduled_date}}', of which a part would stay in the path; allowed"),
        ("${scheduled_date}", "it has '${scheduled_date}', of which a part would stay in the path"),
        ("{scheduled_time}}", "it has '{scheduled_time}}', of which a part would stay in the path"),
    ],
)
def test_what_nothing_fills_in_is_said(text: str, fault: str) -> None:
    (said,) = faults(f"a/{text}/")

    assert fault in said


def test_all_faults_are_told_at_once() -> None:
    assert len(faults("{ds}/{scheduled_date:%B}/{scheduled_date}")) == 2


def test_only_words_in_braces_are_dates() -> None:
    assert not any(map(is_dated, ("a{b", "{1}", "{}", "{ }", "}a{")))
    assert is_dated("{scheduled_date}")
    assert is_dated("{x}")


def test_the_scheduler_fills_in_whole_times_alone() -> None:
    assert is_whole_time("a/{scheduled_time}/{scheduled_time}/")
    assert not is_whole_time("a/{scheduled_time}/{scheduled_date}/")
    assert not is_whole_time("a/")
