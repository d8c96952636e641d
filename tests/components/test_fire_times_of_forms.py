"""When each form of a schedule expression fires: cron, rate, at; a minute-by-minute watch says so independently."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from components.schedule_expression import RATE_UNITS
from components.schedule_spec import ScheduleSpec

BERLIN = "Europe/Berlin"  # 2026: forward on 29 March at 02:00, back on 25 October at 03:00


def spec(**changes: object) -> ScheduleSpec:
    return ScheduleSpec(**({"expression": "cron(0 3 * * ? *)"} | changes))


def fires(schedule: ScheduleSpec, after: str, count: int) -> list[str]:
    moments = schedule.next_fire_times(datetime.fromisoformat(after), count)
    assert all(moment.tzinfo is UTC for moment in moments)
    return [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in moments]


def test_a_cron_expression_fires_in_the_schedules_time_zone() -> None:
    schedule = spec(time_zone="Asia/Kolkata")

    assert fires(schedule, "2026-01-01T00:00:00+00:00", 2) == ["2026-01-01T21:30:00Z", "2026-01-02T21:30:00Z"]


def test_a_fire_time_is_later_than_the_moment_asked_about() -> None:
    assert fires(spec(), "2026-01-01T03:00:00+00:00", 1) == ["2026-01-02T03:00:00Z"]
    assert fires(spec(), "2026-01-01T02:59:59+00:00", 1) == ["2026-01-01T03:00:00Z"]


def test_a_time_that_daylight_saving_skips_does_not_fire() -> None:
    schedule = spec(expression="cron(30 2 * * ? *)", time_zone=BERLIN)

    assert fires(schedule, "2026-03-27T12:00:00+00:00", 3) == [
        "2026-03-28T01:30:00Z",
        "2026-03-30T00:30:00Z",
        "2026-03-31T00:30:00Z",
    ]


def test_a_time_that_daylight_saving_repeats_fires_once() -> None:
    schedule = spec(expression="cron(30 2 * * ? *)", time_zone=BERLIN)

    assert fires(schedule, "2026-10-24T12:00:00+00:00", 2) == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    assert fires(schedule, "2026-10-25T00:45:00+00:00", 1) == ["2026-10-26T01:30:00Z"], "asked in between"
    assert fires(schedule, "2026-10-25T01:15:00+00:00", 1) == ["2026-10-26T01:30:00Z"], "asked in the repeated hour"


def test_a_one_time_schedule_fires_once_or_never() -> None:
    schedule = spec(expression="at(2026-07-01T12:00:00)", time_zone=BERLIN)

    assert fires(schedule, "2026-01-01T00:00:00+00:00", 5) == ["2026-07-01T10:00:00Z"]
    assert fires(schedule, "2026-07-01T10:00:00+00:00", 5) == []


def test_a_one_time_schedule_at_a_skipped_time_does_not_fire() -> None:
    schedule = spec(expression="at(2026-03-29T02:30:00)", time_zone=BERLIN)

    assert fires(schedule, "2026-01-01T00:00:00+00:00", 5) == []


def test_a_one_time_schedule_heeds_neither_start_nor_end_date() -> None:
    dates = {"start_date": "2026-08-01T00:00:00Z", "end_date": "2026-09-01T00:00:00Z"}

    for day in ("2026-07-01", "2026-10-01"):
        schedule = spec(expression=f"at({day}T12:00:00)", **dates)
        assert fires(schedule, "2026-01-01T00:00:00+00:00", 5) == [f"{day}T12:00:00Z"]


def test_a_rate_counts_from_its_start_date() -> None:
    schedule = spec(expression="rate(12 hours)", start_date="2026-01-01T05:00:00+02:00")

    assert fires(schedule, "2026-01-10T00:00:00+00:00", 2) == ["2026-01-10T03:00:00Z", "2026-01-10T15:00:00Z"]
    assert fires(schedule, "2025-01-10T00:00:00+00:00", 1) == ["2026-01-01T03:00:00Z"]


def test_a_rate_without_a_start_date_counts_from_the_moment_asked_about() -> None:
    assert fires(spec(expression="rate(1 day)"), "2026-01-10T07:00:00+00:00", 2) == [
        "2026-01-11T07:00:00Z",
        "2026-01-12T07:00:00Z",
    ]


def test_the_longest_rate_ends_with_the_calendar_of_cron() -> None:
    assert fires(spec(expression="rate(36500 days)"), "2026-01-01T00:00:00+00:00", 9) == ["2125-12-08T00:00:00Z"]


def test_start_and_end_date_bound_the_fire_times() -> None:
    schedule = spec(start_date="2026-01-02T03:00:00Z", end_date="2026-01-04T03:00:00Z")

    assert fires(schedule, "2025-01-01T00:00:00+00:00", 9) == [
        "2026-01-02T03:00:00Z",
        "2026-01-03T03:00:00Z",
        "2026-01-04T03:00:00Z",
    ]


def test_a_schedule_that_has_ended_is_not_searched_to_the_end_of_the_calendar() -> None:
    schedule = spec(expression="cron(* * * * ? *)", end_date="2026-01-01T00:00:00Z")

    assert fires(schedule, "2026-01-01T00:00:00+00:00", 1) == []


def minute_by_minute(
    zone: ZoneInfo, minutes: set[int], hours: set[int], after: datetime, until: datetime
) -> Iterator[datetime]:
    """The oracle: a clock on the wall is watched; a time that it has shown already is passed over."""
    seen: set[datetime] = set()
    moment = after - timedelta(hours=3)  # what an hour that is repeated showed the first time
    while moment <= until:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        if wall.minute in minutes and wall.hour in hours and wall not in seen:
            seen.add(wall)
            if moment > after:
                yield moment
        moment += timedelta(minutes=1)


TRANSITIONS = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # by half an hour
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Asia/Kolkata", datetime(2026, 6, 1, tzinfo=UTC)),
]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(TRANSITIONS),
    st.sets(st.integers(0, 59), min_size=1, max_size=4),
    st.sets(st.integers(0, 23), min_size=1) | st.just(set(range(24))),
    st.integers(-6 * 60, 6 * 60),
)
def test_fire_times_around_a_change_of_the_clock_agree_with_watching_it(
    transition: tuple[str, datetime], minutes: set[int], hours: set[int], offset: int
) -> None:
    zone, change = transition
    after = change + timedelta(minutes=offset)
    until = after + timedelta(hours=12)
    expression = f"cron({','.join(map(str, minutes))} {','.join(map(str, hours))} * * ? *)"

    got = [m for m in spec(expression=expression, time_zone=zone).next_fire_times(after, 12 * 5) if m <= until]

    assert got == list(minute_by_minute(ZoneInfo(zone), minutes, hours, after, until))


@given(st.integers(2, 10_000), st.sampled_from([unit for unit in RATE_UNITS if unit.endswith("s")]))
def test_every_rate_of_the_grammar_fires_at_its_period(value: int, unit: str) -> None:
    after = datetime(2026, 1, 1, tzinfo=UTC)

    first, second = spec(expression=f"rate({value} {unit})").next_fire_times(after, 2)

    assert first - after == second - first == value * RATE_UNITS[unit]


@given(st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30)).map(lambda moment: moment.replace(microsecond=0)))
def test_every_date_of_the_grammar_fires_at_its_time(moment: datetime) -> None:
    schedule = spec(expression=f"at({moment.isoformat()})")

    assert schedule.next_fire_times(datetime(1970, 1, 1, tzinfo=UTC)) == (moment.replace(tzinfo=UTC),)
