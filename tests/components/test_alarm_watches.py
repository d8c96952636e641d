"""What watches a schedule: its name, how long it waits, and how far it looks back."""

import json
from typing import Any

import pytest

from components.alarm_names import AlarmNames
from components.alarm_spec import Alarms
from components.alarm_watches import watch_of
from components.aws_names import AwsScope, JobNames
from components.schedule_spec import ScheduleSpec
from settings import TrainingJobSettings

NAMES = AlarmNames(JobNames(AwsScope("aws", "us-east-1", "123456789012"), "churn-prod"))
NIGHTLY = ScheduleSpec(expression="cron(0 3 * * ? *)", time_zone="Europe/Berlin", enabled=True)


def told(
    job: TrainingJobSettings, schedule: ScheduleSpec = NIGHTLY, further: str = "", grace: int = 60
) -> dict[str, Any]:
    watch = watch_of(NAMES, Alarms(grace_in_minutes=grace), job, schedule, further=further)
    text: dict[str, Any] = json.loads(watch.target_input)
    return text


def test_it_is_told_of_the_schedule_that_it_watches(staging: TrainingJobSettings) -> None:
    watch = watch_of(NAMES, Alarms(), staging, NIGHTLY)

    assert watch.name == "churn-prod_watch"
    assert watch.schedule is NIGHTLY
    assert told(staging) == {
        "id": "missed",
        "schedule": "churn-prod",
        "schedule_arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/churn-prod/churn-prod",
        "scheduled_time": "<aws.scheduler.scheduled-time>",
        "wait": 3600 + 3600 + 1800 + 3600,  # retries, launch, the longest training, grace
        "look_back": 0,
    }


def test_it_is_told_of_a_further_schedule(staging: TrainingJobSettings) -> None:
    weekly = told(staging, further="weekly")

    assert (weekly["id"], weekly["schedule"]) == ("missed-weekly", "churn-prod.weekly")
    assert weekly["schedule_arn"].endswith(":schedule/churn-prod/churn-prod.weekly")


@pytest.mark.parametrize(
    ("changes", "longer"),
    [
        ({"flexible_time_window_in_minutes": 30}, 1800),
        ({"maximum_retry_attempts": 0}, -3600),
        ({"maximum_event_age_in_seconds": 7200}, 3600),
    ],
)
def test_it_waits_until_a_run_must_have_begun(
    staging: TrainingJobSettings, changes: dict[str, int], longer: int
) -> None:
    assert told(staging, NIGHTLY.model_copy(update=changes))["wait"] == told(staging)["wait"] + longer


def test_it_waits_for_spare_machines_as_long_as_the_job_does(prod: TrainingJobSettings) -> None:
    assert prod.stopping_condition.max_wait_time_in_seconds == 7200
    assert told(prod)["wait"] == 3600 + 1800 + 7200 + 3600


def test_the_grace_is_waited_for(staging: TrainingJobSettings) -> None:
    assert told(staging, grace=5)["wait"] == told(staging)["wait"] - 55 * 60


@pytest.mark.parametrize(
    ("expression", "look_back"),
    [("rate(7 days)", 7 * 86400 - 60), ("rate(1 minute)", 0), ("cron(0 3 1 * ? *)", 0), ("at(2027-01-01T03:00:00)", 0)],
)
def test_only_a_rate_which_counts_from_its_creation_looks_back(
    staging: TrainingJobSettings, expression: str, look_back: int
) -> None:
    assert told(staging, ScheduleSpec(expression=expression))["look_back"] == look_back


@pytest.mark.parametrize("further", ["weekly", "a" * 37])
def test_its_name_is_one_that_a_schedule_may_have(further: str) -> None:
    longest = AlarmNames(JobNames(NAMES.job.scope, "a" * 26))

    assert len(longest.watch_name(further)) <= 64
    assert longest.watch_name(further) != longest.watch_name(further + "b")
