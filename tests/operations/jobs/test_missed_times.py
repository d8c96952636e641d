"""Whether the last time of a schedule has brought a training job."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.schedule_spec import ScheduleSpec
from operations.jobs.history import History
from operations.jobs.missed_times import last_time, missed_time
from tests.operations.jobs.descriptions import PREFIX, SCHEDULE_ARN, described, run

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DEPLOYED = datetime(2026, 11, 1, tzinfo=UTC)
OF_TODAY = run()  # due at 2026-11-20T03:00:00Z
OF_YESTERDAY = run(
    Environment=described()["Environment"] | {"SCHEDULED_TIME": "2026-11-19T03:00:00Z"},
    CreationTime=datetime(2026, 11, 19, 3, tzinfo=UTC),
)


def spec(expression: str = "cron(0 3 * * ? *)", **settings: Any) -> ScheduleSpec:  # noqa: ANN401 - settings of all types
    return ScheduleSpec(expression=expression, **{"enabled": True, **settings})


def missed(schedule: ScheduleSpec, history: History, changed: datetime | None = DEPLOYED) -> datetime | None:
    found = missed_time(schedule, SCHEDULE_ARN, history, changed, NOW)
    return found.moment if found else None


@pytest.mark.parametrize(
    ("expression", "last"),
    [
        ("cron(0 3 * * ? *)", datetime(2026, 11, 20, 3, tzinfo=UTC)),
        ("cron(0 3 ? * MON *)", datetime(2026, 11, 16, 3, tzinfo=UTC)),
        ("cron(0 3 31 1 ? *)", datetime(2026, 1, 31, 3, tzinfo=UTC)),
        ("cron(0/1 * * * ? *)", NOW),
        ("cron(0 3 1 1 ? 2099)", None),
    ],
)
def test_the_last_time_is_found_however_rare_or_frequent(expression: str, last: datetime | None) -> None:
    found = last_time(spec(expression), NOW)

    assert (found.moment if found else None) == last


def test_a_time_that_brought_a_job_is_not_missed_whatever_became_of_the_job() -> None:
    failed = run(TrainingJobStatus="Failed")

    assert missed(spec(), History(PREFIX, (OF_TODAY,))) is None
    assert missed(spec(), History(PREFIX, (failed,))) is None


def test_a_time_without_a_job_is_missed() -> None:
    assert missed(spec(), History(PREFIX, (OF_YESTERDAY,))) == datetime(2026, 11, 20, 3, tzinfo=UTC)
    assert missed(spec(), History(PREFIX)) == datetime(2026, 11, 20, 3, tzinfo=UTC)


def test_a_job_of_another_schedule_does_not_stand_for_it() -> None:
    other = run(Environment=described()["Environment"] | {"SCHEDULE_ARN": f"{SCHEDULE_ARN}.weekly"})

    assert missed(spec(), History(PREFIX, (other,))) is not None


def test_nobody_can_tell_of_a_schedule_that_is_off_or_was_changed_since_or_counts_from_a_moment_of_its_own() -> None:
    none = History(PREFIX)

    assert missed(spec(enabled=False), none) is None
    assert missed(spec(), none, changed=NOW - timedelta(hours=1)) is None
    assert missed(spec(), none, changed=None) is None
    assert missed(spec("rate(1 hour)"), none) is None


def test_nobody_can_tell_where_newer_jobs_take_up_the_whole_history() -> None:
    newer = run(
        Environment=described()["Environment"] | {"SCHEDULED_TIME": "2026-10-01T03:00:00Z"},
        CreationTime=NOW - timedelta(hours=1),
    )

    assert missed(spec(), History(PREFIX, (newer,), is_whole=False)) is None
    assert missed(spec(), History(PREFIX, (newer,), is_whole=True)) is not None


def test_an_invocation_has_its_window_and_some_minutes_to_come() -> None:
    assert missed(spec("cron(57 11 * * ? *)"), History(PREFIX)) == datetime(2026, 11, 19, 11, 57, tzinfo=UTC)
    assert missed(spec(flexible_time_window_in_minutes=720), History(PREFIX)) == datetime(2026, 11, 19, 3, tzinfo=UTC)


def test_nobody_can_tell_where_a_job_was_deleted_that_may_have_been_of_the_time() -> None:
    gone = History(PREFIX, (OF_YESTERDAY,), gone=(OF_TODAY,))

    assert missed(spec(), gone) is None
    assert missed(spec(), History(PREFIX, is_whole=False)) is None
    older = History(PREFIX, (OF_YESTERDAY,), gone=(OF_YESTERDAY,))
    assert missed(spec(), older) == datetime(2026, 11, 20, 3, tzinfo=UTC)
