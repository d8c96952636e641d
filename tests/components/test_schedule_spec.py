from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from components.schedule_spec import RATE_UNITS, ScheduleSpec

GOOD = {"expression": "cron(0 3 * * ? *)"}
BERLIN = "Europe/Berlin"  # 2026: forward on 29 March at 02:00, back on 25 October at 03:00
FORMS = "cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss)"


def spec(**changes: object) -> ScheduleSpec:
    return ScheduleSpec(**(GOOD | changes))


def refusal(**changes: object) -> str:
    with pytest.raises(ValidationError) as refused:
        spec(**changes)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


def fires(schedule: ScheduleSpec, after: str, count: int) -> list[str]:
    moments = schedule.next_fire_times(datetime.fromisoformat(after), count)
    assert all(moment.tzinfo is UTC for moment in moments)
    return [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in moments]


def test_a_schedule_is_off_in_utc_and_exact_with_few_retries_until_told_otherwise() -> None:
    assert spec().model_dump() == {
        "expression": "cron(0 3 * * ? *)",
        "time_zone": "UTC",
        "enabled": False,
        "description": None,
        "start_date": None,
        "end_date": None,
        "flexible_time_window_in_minutes": None,
        "maximum_retry_attempts": 2,
        "maximum_event_age_in_seconds": 3600,
        "action_after_completion": None,
    }


@pytest.mark.parametrize(("enabled", "state"), [(True, "ENABLED"), (False, "DISABLED")])
def test_the_state_is_the_apis_word_for_enabled(enabled: bool, state: str) -> None:
    assert spec(enabled=enabled).state == state


@pytest.mark.parametrize(
    "expression",
    ["rate(1 minute)", "rate(5 minutes)", "rate(36500 days)", "at(2026-12-31T23:59:59)", "cron(0 0 L * ? *)"],
)
def test_each_form_of_expression_is_taken_as_it_is(expression: str) -> None:
    assert spec(expression=expression).expression == expression


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("0 3 * * ? *", f"allowed: {FORMS}, for example cron(0 3 * * ? *)"),
        ("banana", f"allowed: {FORMS}, for example cron(0 3 * * ? *)"),
        ("", f"allowed: {FORMS}, for example cron(0 3 * * ? *)"),
        ("cron(0 3 * * ? *", f"allowed: {FORMS}, for example cron(0 3 * * ? *)"),
        ("Cron(0 3 * * ? *)", f"allowed: {FORMS}, for example cron(0 3 * * ? *)"),
        ("cron(0 3 * * ? *)\n", f"allowed: {FORMS}, for example cron(0 3 * * ? *)"),
        ("cron(0 25 * * ? *)", "hours '25' is not 0-23"),
        (
            "rate(0 hours)",
            "rate(0 hours) is not a whole number above 0 and a unit: minute, minutes, hour, hours, day, days",
        ),
        (
            "rate(12hours)",
            "rate(12hours) is not a whole number above 0 and a unit: minute, minutes, hour, hours, day, days",
        ),
        (
            "rate(1.5 hours)",
            "rate(1.5 hours) is not a whole number above 0 and a unit: minute, minutes, hour, hours, day, days",
        ),
        (
            "rate(2 weeks)",
            "rate(2 weeks) is not a whole number above 0 and a unit: minute, minutes, hour, hours, day, days",
        ),
        (
            "rate(-1 days)",
            "rate(-1 days) is not a whole number above 0 and a unit: minute, minutes, hour, hours, day, days",
        ),
        ("rate(1 hours)", "rate(1 hours) needs a singular unit for 1 and a plural one otherwise, as in rate(12 hours)"),
        ("rate(12 hour)", "rate(12 hour) needs a singular unit for 1 and a plural one otherwise, as in rate(12 hours)"),
        ("rate(36501 days)", "rate(36501 days) is longer than 100 years; allowed: up to 36500 days"),
        ("rate(99999999999999 days)", "rate(99999999999999 days) is longer than 100 years; allowed: up to 36500 days"),
        ("rate(876001 hours)", "rate(876001 hours) is longer than 100 years; allowed: up to 876000 hours"),
        (
            "at(2026-02-30T00:00:00)",
            "at(2026-02-30T00:00:00) is not a date and time of the form at(yyyy-mm-ddThh:mm:ss)",
        ),
        ("at(2026-1-5T3:4:5)", "at(2026-1-5T3:4:5) is not a date and time of the form at(yyyy-mm-ddThh:mm:ss)"),
        (
            "at(2026-01-05t03:04:05)",
            "at(2026-01-05t03:04:05) is not a date and time of the form at(yyyy-mm-ddThh:mm:ss)",
        ),
        ("at(2026-01-05)", "at(2026-01-05) is not a date and time of the form at(yyyy-mm-ddThh:mm:ss)"),
        (
            "at(2026-01-05T03:04:05Z)",
            "at(2026-01-05T03:04:05Z) is not a date and time of the form at(yyyy-mm-ddThh:mm:ss)",
        ),
        ("at(1969-12-31T23:59:59)", "year '1969' is not 1970-2199"),
        ("at(9999-12-31T23:59:59)", "year '9999' is not 1970-2199"),
    ],
)
def test_a_malformed_expression_is_refused(expression: str, message: str) -> None:
    assert refusal(expression=expression) == message


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "utc", "CEST", "../UTC", "Europe/Berlin ", "/etc/localtime"])
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    assert refusal(time_zone=name) == "allowed: a name of the IANA time zone database, such as UTC or Europe/Berlin"


@pytest.mark.parametrize(
    ("field", "lowest", "highest"),
    [
        ("flexible_time_window_in_minutes", 1, 1440),
        ("maximum_retry_attempts", 0, 185),
        ("maximum_event_age_in_seconds", 60, 86400),
    ],
)
def test_numbers_keep_to_the_apis_range(field: str, lowest: int, highest: int) -> None:
    assert getattr(spec(**{field: lowest}), field) == lowest
    assert getattr(spec(**{field: highest}), field) == highest
    assert refusal(**{field: lowest - 1}) == f"Input should be greater than or equal to {lowest}"
    assert refusal(**{field: highest + 1}) == f"Input should be less than or equal to {highest}"
    assert refusal(**{field: True}) == "Input should be a valid integer"


def test_texts_keep_to_the_apis_length() -> None:
    longest = "cron(" + ",".join(["0"] * 119) + " 3 * * ? *)"
    assert len(longest) == 253
    assert spec(expression=longest + "", description="x" * 512).expression == longest
    assert refusal(expression="x" * 257) == "String should have at most 256 characters"
    assert refusal(description="x" * 513) == "String should have at most 512 characters"


@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_a_date_without_a_time_zone_is_refused(name: str) -> None:
    assert refusal(**{name: "2026-01-31T03:00:00"}) == f"{name} has no time zone; write it as 2026-01-31T03:00:00Z"


@pytest.mark.parametrize("end", ["2026-01-31T03:00:00Z", "2026-01-30T03:00:00Z"])
def test_an_end_that_is_not_after_the_start_is_refused(end: str) -> None:
    message = refusal(start_date="2026-01-31T03:00:00Z", end_date=end)

    assert message == f"end_date {end} is not after start_date 2026-01-31T03:00:00Z; correct one of them"


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
