"""Schedules that a program declares by hand: their next times, and which of them are of one job."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operations.next_times import ScheduleTimesError, next_times
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.judging.stack_check import StackCheck
from tests.rehearsal.judging.test_judgement import GOOD_INPUT, good_schedule

AFTER = datetime(2026, 11, 27, tzinfo=UTC)


def schedule(name: str, group: str = "default", **changes: object) -> DeployedSchedule:
    arn = f"arn:aws:scheduler:us-east-1:123456789012:schedule/{group}/{name}"
    good = replace(good_schedule(), name=name, group_name=group, arn=arn, expression="cron(0 3 * * ? *)")
    return replace(good, **changes)  # type: ignore[arg-type] # of whatever field


def overlaps(*schedules: DeployedSchedule) -> list[list[str]]:
    return [
        [overlap.run.name for time in told.times for overlap in time.overlaps]
        for told in next_times(schedules, AFTER, 1)
    ]


def test_schedules_of_one_group_are_of_one_job_and_their_runs_meet() -> None:
    assert overlaps(schedule("one", "jobs"), schedule("other", "jobs")) == [["other"], ["one"]]


def test_schedules_of_other_groups_and_in_the_default_group_are_of_jobs_of_their_own() -> None:
    assert overlaps(schedule("one", "a"), schedule("other", "b")) == [[], []]
    assert overlaps(schedule("one"), schedule("other")) == [[], []]


def test_a_run_in_the_default_group_still_meets_the_next_one_of_its_own_schedule() -> None:
    assert overlaps(schedule("one", expression="cron(0/30 * * * ? *)")) == [["one"]]


@pytest.mark.parametrize(("groups", "count"), [(("a", "a"), 1), (("a", "b"), 2), (("default", "default"), 2)])
def test_a_check_counts_jobs_by_their_groups(groups: tuple[str, ...], count: int) -> None:
    schedules = tuple(schedule(str(number), group) for number, group in enumerate(groups))

    assert StackCheck(None, schedules, (), ()).training_jobs == count  # type: ignore[arg-type] # is not asked for it


@pytest.mark.parametrize(
    ("stopping", "longest"),
    [
        ({"MaxRuntimeInSeconds": 60}, timedelta(minutes=1)),
        ({"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 120}, timedelta(minutes=2)),
        ({}, timedelta(days=1)),
    ],
    ids=["its runtime", "with waiting", "SageMaker's own"],
)
def test_a_run_takes_at_most_what_its_request_says(stopping: dict[str, int], longest: timedelta) -> None:
    text = json.dumps(GOOD_INPUT | {"StoppingCondition": stopping})

    (told,) = next_times([schedule("one", target_input=text)], AFTER, 1)

    assert told.run.longest_run == longest


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"expression": "cron(0 25 * * ? *)"}, "expression: hours '25' is not 0-23"),
        (
            {"time_zone": "Mars/Base"},
            "time_zone: allowed: a name of the IANA time zone database, such as UTC or Europe/Berlin",
        ),
        (
            {"target_input": "[]"},
            "the target input is an array in JSON; allowed: an object, the API's request",
        ),
    ],
    ids=["its expression", "its zone", "its input"],
)
def test_a_schedule_that_cannot_be_read_is_named(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(ScheduleTimesError) as refused:
        next_times([schedule("one", "jobs", **changes)], AFTER, 1)

    assert str(refused.value) == f"schedule jobs/one cannot be read: {reason}; training-jobs check says more"
