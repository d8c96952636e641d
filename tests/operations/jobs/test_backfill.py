"""Which invocations of a past range are made up for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from operations.jobs.backfill import past_times, plan, planned_document, read_range
from operations.jobs.history import JobRun
from operations.jobs.invocations import InvocationError, execution_id_of, request_of
from operations.jobs.model_versions import StandingVersion
from rehearsal.errors import OptionError
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from tests.operations.jobs.descriptions import DUE, PREFIX, SCHEDULE, SCHEDULE_ARN, run

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
NEXT = DUE + timedelta(days=1)


def of_backfill(attempt: int = 1, **changed: object) -> JobRun:
    return run(TrainingJobName=f"{PREFIX}-{execution_id_of(SCHEDULE_ARN, DUE, attempt)}", **changed)


def times(start: str, end: str, schedule: DeployedSchedule = SCHEDULE) -> list[str]:
    return [f"{each:%d %H:%M}" for each in past_times(schedule, read_range(start, end, schedule.time_zone, NOW))]


def test_days_are_whole_days_by_the_schedules_clock_and_both_ends_belong_to_the_range() -> None:
    berlin = replace(SCHEDULE, time_zone="Europe/Berlin", expression="cron(30 0 * * ? *)")

    assert times("2026-11-20", "2026-11-22") == ["20 03:00", "21 03:00", "22 03:00"]
    assert times("2026-11-20T03:00:00Z", "2026-11-20T03:00:00Z") == ["20 03:00"]
    assert times("2026-11-20T03:00:01Z", "2026-11-21T02:59:59Z") == []
    assert times("2026-11-20", "2026-11-20", berlin) == ["19 23:30"]


@pytest.mark.parametrize("day", ["20261122", "2026-W47-7", "2026W477"])
def test_a_day_is_all_of_it_in_every_way_that_iso_8601_writes_one(day: str) -> None:
    assert times("2026-11-20", day) == ["20 03:00", "21 03:00", "22 03:00"]
    assert times(day, day) == ["22 03:00"]


def test_what_is_not_past_is_left_to_the_scheduler() -> None:
    assert times("2026-11-26", "2026-12-31") == ["26 03:00", "27 03:00"]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("yesterday", "2026-11-22", "--from got 'yesterday'; allowed: a date or a time, such as 2026-11-20"),
        ("2026-11-22", "2026-11-20", "--from 2026-11-22 is not before --to 2026-11-20, or is not past"),
        ("2027-01-01", "2027-01-02", "--from 2027-01-01 is not before --to 2027-01-02, or is not past"),
    ],
)
def test_a_range_that_is_none_is_refused(start: str, end: str, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        read_range(start, end, "UTC", NOW)


def test_times_that_nobody_knows_and_far_too_many_are_refused() -> None:
    with pytest.raises(InvocationError, match=r"is rate\(1 day\) without a start date: AWS counts it from a moment"):
        times("2026-11-20", "2026-11-22", replace(SCHEDULE, expression="rate(1 day)"))
    with pytest.raises(InvocationError, match="names more than 1000 times from 2026-11-20T00:00:00Z to"):
        times("2026-11-20", "2026-11-22", replace(SCHEDULE, expression="cron(0/1 * * * ? *)"))
    with pytest.raises(InvocationError, match=r"cannot be read: expression: allowed: cron\(.*; training-jobs check"):
        times("2026-11-20", "2026-11-22", replace(SCHEDULE, expression="daily"))


def test_a_rate_with_a_start_date_names_its_past_times() -> None:
    counted = replace(SCHEDULE, expression="rate(12 hours)", start_date="2026-11-20T06:00:00Z")

    assert times("2026-11-20", "2026-11-21", counted) == ["20 06:00", "20 18:00", "21 06:00", "21 18:00"]


def test_an_invocation_without_a_job_is_made_up_for_under_a_name_that_everybody_gives_it() -> None:
    (planned,) = plan(SCHEDULE_ARN, [DUE], [], {})

    assert (planned.due, planned.attempt_number, planned.skipped) == (DUE, 1, "")
    assert UUID(planned.execution_id) == UUID(execution_id_of(SCHEDULE_ARN, DUE))
    assert planned.execution_id != execution_id_of(SCHEDULE_ARN, NEXT)
    assert planned.execution_id != execution_id_of(f"{SCHEDULE_ARN}.weekly", DUE)


def test_an_invocation_whose_job_succeeded_or_is_under_way_is_skipped_whoever_started_it() -> None:
    for done, said in (
        (run(), "has succeeded"),
        (of_backfill(), "has succeeded"),
        (run(TrainingJobStatus="InProgress"), "is under way"),
        (run(TrainingJobStatus="Stopping"), "is under way"),
    ):
        (planned,) = plan(SCHEDULE_ARN, [DUE], [done], {})

        assert planned.skipped == f"training job {done.name} {said}"


def test_an_invocation_with_a_model_version_is_skipped() -> None:
    (planned,) = plan(SCHEDULE_ARN, [DUE], [], {"2026-11-20T03:00:00Z": StandingVersion("churn", "7")})

    assert planned.skipped == "version 7 of churn stands"


def test_an_invocation_whose_jobs_have_all_failed_is_made_up_for_once_more_under_another_name() -> None:
    failed = [run(TrainingJobStatus="Failed"), of_backfill(1, TrainingJobStatus="Stopped")]

    (planned,) = plan(SCHEDULE_ARN, [DUE], failed, {})

    assert (planned.attempt_number, planned.skipped) == (2, "")
    assert planned.execution_id == execution_id_of(SCHEDULE_ARN, DUE, 2) != execution_id_of(SCHEDULE_ARN, DUE)


def test_jobs_of_other_times_and_other_schedules_do_not_count_and_the_earliest_time_comes_first() -> None:
    other = run(Environment={"SCHEDULE_ARN": f"{SCHEDULE_ARN}.weekly", "SCHEDULED_TIME": "2026-11-20T03:00:00Z"})

    planned = plan(SCHEDULE_ARN, [NEXT, DUE], [run(), other], {})

    assert [(each.due, bool(each.skipped)) for each in planned] == [(DUE, True), (NEXT, False)]


def test_the_request_of_a_past_invocation_says_when_it_was_due_and_what_it_is_called() -> None:
    (planned,) = plan(SCHEDULE_ARN, [DUE], [], {})

    request = request_of(SCHEDULE, planned.due, planned.execution_id, planned.attempt_number)

    assert request["TrainingJobName"].endswith(planned.execution_id)
    assert request["Environment"]["SCHEDULED_TIME"] == "2026-11-20T03:00:00Z"
    assert request["Environment"]["SCHEDULE_ARN"] == SCHEDULE_ARN
    assert "<aws.scheduler." not in json.dumps(request)


def test_the_document_has_a_name_for_what_is_to_be_started_only() -> None:
    (todo,) = plan(SCHEDULE_ARN, [DUE], [], {})
    (skipped,) = plan(SCHEDULE_ARN, [DUE], [run()], {})

    assert planned_document(todo, "job") == {
        "scheduled_time": "2026-11-20T03:00:00Z",
        "training_job": "job",
        "attempt": 1,
        "skipped": None,
    }
    assert planned_document(skipped, "job")["training_job"] is None
