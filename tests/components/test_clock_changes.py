from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.clock_changes import ClockChange, clock_changes

YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def told(zone: str, start: datetime = YEAR, days: int = 365) -> list[str]:
    return [
        f"{change.moment:%m-%dT%H:%MZ} {change.before:%H:%M}>{change.after:%H:%M} "
        f"{'skips' if change.skips else 'repeats'}"
        for change in clock_changes(ZoneInfo(zone), start, days)
    ]


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("UTC", []),
        ("Asia/Kolkata", []),
        ("Europe/Berlin", ["03-29T01:00Z 02:00>03:00 skips", "10-25T01:00Z 03:00>02:00 repeats"]),
        ("America/New_York", ["03-08T07:00Z 02:00>03:00 skips", "11-01T06:00Z 02:00>01:00 repeats"]),
        ("Australia/Lord_Howe", ["04-04T15:00Z 02:00>01:30 repeats", "10-03T15:30Z 02:00>02:30 skips"]),
    ],
)
def test_a_year_has_the_changes_of_its_zone(zone: str, changes: list[str]) -> None:
    assert told(zone) == changes


def test_a_day_that_a_zone_leaves_out_is_skipped_as_a_whole() -> None:
    (change,) = clock_changes(ZoneInfo("Pacific/Apia"), datetime(2011, 12, 20, tzinfo=UTC), 20)

    assert change == ClockChange(datetime(2011, 12, 30, 10, tzinfo=UTC), datetime(2011, 12, 30), datetime(2011, 12, 31))
    assert (change.first, change.end) == (datetime(2011, 12, 30), datetime(2011, 12, 31))


def test_a_change_at_the_start_is_over_and_one_at_the_end_is_told() -> None:
    moment = datetime(2026, 3, 29, 1, tzinfo=UTC)

    assert told("Europe/Berlin", moment, 1) == []
    assert told("Europe/Berlin", moment - timedelta(days=1), 1) == ["03-29T01:00Z 02:00>03:00 skips"]


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza"]),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
)
def test_a_second_before_a_change_clocks_show_what_comes_before_it(zone: str, start: datetime) -> None:
    for change in clock_changes(ZoneInfo(zone), start, 200):
        earlier = (change.moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert earlier == change.before - timedelta(seconds=1)
        assert change.moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == change.after
        assert change.before != change.after
