"""What a schedule names, with what clocks skip and repeat; python-dateutil says independently when cron fires."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule, tz
from hypothesis import given, settings
from hypothesis import strategies as st

from components.schedule_spec import FireTime, ScheduleSpec

BERLIN = "Europe/Berlin"  # 2026: forward on 29 March at 02:00, back on 25 October at 03:00


def spec(**changes: object) -> ScheduleSpec:
    return ScheduleSpec(**({"expression": "cron(30 2 * * ? *)", "time_zone": BERLIN} | changes))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def test_a_time_that_clocks_skip_is_named_at_the_moment_of_the_jump_and_does_not_fire() -> None:
    (skipped,) = spec().named_times(utc("2026-03-28T12:00"))

    assert skipped == FireTime(datetime(2026, 3, 29, 2, 30), utc("2026-03-29T01:00"), "skipped")
    assert not skipped.fires


def test_a_time_that_clocks_show_twice_is_named_once_at_the_first_of_them() -> None:
    repeated, after = spec().named_times(utc("2026-10-24T12:00"), 2)

    assert repeated == FireTime(datetime(2026, 10, 25, 2, 30), utc("2026-10-25T00:30"), "repeated")
    assert repeated.fires
    assert after == FireTime(datetime(2026, 10, 26, 2, 30), utc("2026-10-26T01:30"), "once")


def test_a_one_time_schedule_at_a_time_that_never_comes_is_named_and_does_not_fire() -> None:
    schedule = spec(expression="at(2026-03-29T02:30:00)")

    assert [time.clock for time in schedule.named_times(utc("2026-01-01T00:00"), 5)] == ["skipped"]
    assert schedule.next_fire_times(utc("2026-01-01T00:00"), 5) == ()


def test_a_rate_knows_no_clock() -> None:
    schedule = spec(expression="rate(1 day)", start_date="2026-03-28T01:30:00Z")

    assert schedule.named_times(utc("2026-03-28T00:00"), 2) == (
        FireTime(datetime(2026, 3, 28, 2, 30), utc("2026-03-28T01:30")),
        FireTime(datetime(2026, 3, 29, 3, 30), utc("2026-03-29T01:30")),
    )


def test_an_end_date_between_the_jump_and_what_was_skipped_takes_nothing_away() -> None:
    schedule = spec(expression="cron(30 2-3 29 3 ? 2026)", end_date="2026-03-29T01:30:00Z")

    assert [time.clock for time in schedule.named_times(utc("2026-03-29T00:00"), 9)] == ["skipped", "once"]


def test_a_start_date_that_has_passed_is_left_out_of_what_is_sent_and_one_to_come_is_not() -> None:
    schedule = spec(start_date="2026-01-31T03:00:00Z")

    assert schedule.as_sent(utc("2026-01-31T03:00")) == spec()
    assert schedule.as_sent(utc("2026-01-31T02:59")) == schedule
    assert spec().as_sent(utc("2026-01-31T03:00")) == spec()


@pytest.mark.parametrize(
    ("changes", "is_over"),
    [
        ({}, False),
        ({"expression": "rate(1 day)"}, False),
        ({"end_date": "2026-01-31T03:00:00Z"}, True),
        ({"expression": "at(2026-01-31T03:00:00)"}, True),
    ],
)
def test_what_ends_completes_some_day(changes: dict[str, object], is_over: bool) -> None:
    assert spec(**changes).is_over_some_day is is_over


@pytest.mark.parametrize("action", ["NONE", "DELETE"])
def test_the_action_after_completion_is_one_of_the_apis(action: str) -> None:
    assert spec(action_after_completion=action).action_after_completion == action
    with pytest.raises(ValueError, match="Input should be 'NONE' or 'DELETE'"):
        spec(action_after_completion=action.lower())


def test_local_times_are_those_between_two_clock_times() -> None:
    start, end = datetime(2026, 3, 29, 2), datetime(2026, 3, 29, 3)

    assert list(spec(expression="cron(0/30 * * * ? *)").local_times(start, end)) == [
        start,
        start + timedelta(minutes=30),
    ]
    assert list(spec(expression="at(2026-03-29T03:00:00)").local_times(start, end)) == []
    assert list(spec(expression="at(2026-03-29T02:00:00)").local_times(start, end)) == [start]
    assert list(spec(expression="rate(1 minute)").local_times(start, end)) == []


ZONES = ["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"]
LISTS = {
    "minutes": st.sets(st.integers(0, 59), min_size=1, max_size=3),
    "hours": st.sets(st.integers(0, 23), min_size=1, max_size=4),
    "months": st.sets(st.integers(1, 12), min_size=1, max_size=6),
    "days": st.sets(st.integers(1, 31), min_size=1, max_size=6),
    "weekdays": st.none() | st.sets(st.integers(1, 7), min_size=1, max_size=3),
}


def listed(numbers: set[int]) -> str:
    return ",".join(map(str, sorted(numbers)))


def fires_by_dateutil(lists: dict[str, set[int]], zone: str, after: datetime) -> list[datetime]:
    """The next three times, fewer where there are fewer in the next 400 days; its weekdays count from Monday, 0."""
    start = after.replace(hour=0, minute=0, second=0, tzinfo=None) - timedelta(days=2)
    weekdays = lists["weekdays"]
    rule = rrule.rrule(
        rrule.DAILY,
        dtstart=start,
        until=start + timedelta(days=402),
        bysecond=0,
        byminute=sorted(lists["minutes"]),
        byhour=sorted(lists["hours"]),
        bymonth=sorted(lists["months"]),
        bymonthday=None if weekdays else sorted(lists["days"]),
        byweekday=[(day - 2) % 7 for day in sorted(weekdays)] if weekdays else None,
    )
    aware = (local.replace(tzinfo=tz.gettz(zone)) for local in rule)
    moments = (moment.astimezone(UTC) for moment in aware if tz.datetime_exists(moment))
    return list(islice((moment for moment in moments if moment > after), 3))


@settings(max_examples=150)
@given(
    st.fixed_dictionaries(LISTS),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
)
def test_cron_fires_when_dateutil_says_so(lists: dict[str, set[int]], zone: str, after: datetime) -> None:
    minutes, hours, months, days = (listed(lists[name]) for name in ("minutes", "hours", "months", "days"))
    on = f"? {months} {listed(lists['weekdays'])}" if lists["weekdays"] else f"{days} {months} ?"
    schedule = ScheduleSpec(expression=f"cron({minutes} {hours} {on} *)", time_zone=zone)

    expected = fires_by_dateutil(lists, zone, after)

    within = after + timedelta(days=395)
    assert [each for each in schedule.next_fire_times(after, 3) if each < within] == [
        each for each in expected if each < within
    ]


@given(
    st.sampled_from(["cron(0/15 * * * ? *)", "cron(30 1-3 * * ? *)", "rate(35 minutes)", "cron(59 2 L * ? *)"]),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
)
def test_named_times_are_later_than_asked_and_in_order_and_those_that_fire_are_shown_by_their_zones_clocks(
    expression: str, zone: str, after: datetime
) -> None:
    schedule = ScheduleSpec(expression=expression, time_zone=zone)

    times = schedule.named_times(after, 30)

    moments = [time.moment for time in times]
    assert after < moments[0]
    assert moments == sorted(moments)
    assert len({time.local for time in times}) == len(times)
    fires = [time for time in times if time.fires]
    assert all(time.moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == time.local for time in fires)
    assert schedule.next_fire_times(after, len(fires)) == tuple(time.moment for time in fires)
