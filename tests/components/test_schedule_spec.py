import pytest
from pydantic import ValidationError

from components.schedule_spec import ScheduleSpec

GOOD = {"expression": "cron(0 3 * * ? *)"}
FORMS = "cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss)"


def spec(**changes: object) -> ScheduleSpec:
    return ScheduleSpec(**(GOOD | changes))


def refusal(**changes: object) -> str:
    with pytest.raises(ValidationError) as refused:
        spec(**changes)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


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
