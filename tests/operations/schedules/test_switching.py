"""Which settings are written for which schedules: as few as reach just those."""

from __future__ import annotations

from typing import Any

import pytest

from operations.schedules.switching import Named, SwitchError, changes, select, states

OFF = {"schedule": {"expression": "rate(1 day)"}}
NIGHT = {"schedule": {"expression": "rate(1 day)", "enabled": False}}
WEEKLY = {"schedule": {"expression": "rate(7 days)"}}
WEEKLY_OFF = {"schedule": {"expression": "rate(7 days)", "enabled": False}}
CHURN, CHURN_WEEKLY, FRAUD = Named("churn"), Named("churn", "weekly"), Named("fraud")


def stack(defaults: dict[str, Any] | None = None, **jobs: dict[str, Any] | None) -> dict[str, Any]:
    return {"defaults": defaults or {}, "training_jobs": jobs}


def written(values: dict[str, Any], *wanted: Named, enabled: bool = True, by_defaults: bool = False) -> dict[str, bool]:
    return {
        ".".join(path): value
        for path, value in changes(values, wanted or states(values), enabled=enabled, by_defaults=by_defaults)
    }


def test_a_schedule_is_off_until_its_job_or_the_defaults_say_that_it_is_on() -> None:
    values = stack({"schedule": {"enabled": True}}, churn={"further_schedules": {"weekly": WEEKLY_OFF}}, fraud=NIGHT)

    assert states(values) == {CHURN: True, CHURN_WEEKLY: False, FRAUD: False}
    assert states(stack(churn=OFF, fraud=None)) == {CHURN: False, FRAUD: False}


def test_a_job_is_enabled_in_one_place_and_its_further_schedules_follow() -> None:
    values = stack(churn={**NIGHT, "further_schedules": {"weekly": WEEKLY}}, fraud=OFF)

    assert written(values, CHURN, CHURN_WEEKLY) == {"training_jobs.churn.schedule.enabled": True}


def test_a_further_schedule_that_says_otherwise_is_told_itself() -> None:
    values = stack(churn={**NIGHT, "further_schedules": {"weekly": WEEKLY_OFF}})

    assert written(values) == {
        "training_jobs.churn.schedule.enabled": True,
        "training_jobs.churn.further_schedules.weekly.schedule.enabled": True,
    }


def test_one_schedule_alone_leaves_those_that_would_follow_as_they_are() -> None:
    values = stack(churn={**NIGHT, "further_schedules": {"weekly": WEEKLY}})

    assert written(values, CHURN) == {
        "training_jobs.churn.schedule.enabled": True,
        "training_jobs.churn.further_schedules.weekly.schedule.enabled": False,
    }
    assert written(values, CHURN_WEEKLY) == {"training_jobs.churn.further_schedules.weekly.schedule.enabled": True}


def test_a_job_says_itself_what_the_defaults_say_otherwise_of_all() -> None:
    values = stack({"schedule": {"enabled": True}}, churn=OFF, fraud=OFF)

    assert written(values, CHURN, enabled=False) == {"training_jobs.churn.schedule.enabled": False}


def test_every_job_is_disabled_in_the_defaults_where_they_say_it_and_in_those_that_say_otherwise() -> None:
    on = {"schedule": {"expression": "rate(1 day)", "enabled": True}}
    values = stack({"schedule": {"enabled": True}}, churn=OFF, fraud=on)

    assert written(values, enabled=False, by_defaults=True) == {
        "defaults.schedule.enabled": False,
        "training_jobs.fraud.schedule.enabled": False,
    }


def test_nothing_is_written_where_all_is_so_already() -> None:
    assert written(stack(churn=NIGHT), enabled=False, by_defaults=True) == {}


@pytest.mark.parametrize(
    ("job", "schedule", "found"),
    [
        (None, None, [CHURN, CHURN_WEEKLY, FRAUD]),
        ("churn", None, [CHURN, CHURN_WEEKLY]),
        (None, "churn-dev.weekly", [CHURN_WEEKLY]),
        ("churn", "weekly", [CHURN_WEEKLY]),
        (None, "fraud-dev", [FRAUD]),
    ],
)
def test_schedules_are_named_by_their_job_or_by_their_own_name(
    job: str | None, schedule: str | None, found: list[Named]
) -> None:
    assert select([CHURN, CHURN_WEEKLY, FRAUD], "dev", job, schedule) == found


@pytest.mark.parametrize(
    ("job", "schedule", "message"),
    [
        ("chrun", None, "the stack has no job 'chrun'; it has: churn, fraud"),
        ("churn", "daily", "there is no schedule 'daily'; there are: churn-dev, churn-dev.weekly"),
        (None, "weekly", "schedule 'weekly' may be any of churn-dev.weekly, fraud-dev.weekly; name one of these"),
    ],
)
def test_a_name_that_is_none_or_several_is_answered_with_those_there_are(
    job: str | None, schedule: str | None, message: str
) -> None:
    with pytest.raises(SwitchError) as raised:
        select([CHURN, CHURN_WEEKLY, FRAUD, Named("fraud", "weekly")], "dev", job, schedule)

    assert str(raised.value) == message
