"""What is read of the training jobs that SageMaker tells of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from operations.jobs.history import History, JobRun, JobSummary, is_of_prefix
from tests.operations.jobs.descriptions import DUE, NAME, PREFIX, SCHEDULE_ARN, described, run

LATER = DUE + timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        (NAME, True),
        (NAME.replace(PREFIX, f"{PREFIX}-weekly"), False),
        (f"my-{NAME}", False),
        (f"{PREFIX}-by-hand", False),
        (PREFIX, False),
    ],
)
def test_a_job_is_known_by_its_prefix_and_an_execution_id_and_no_longer_prefix_leaks_in(name: str, own: bool) -> None:
    assert is_of_prefix(name, PREFIX) is own


def test_a_description_is_read_with_its_invocation_and_its_result() -> None:
    read = run()

    assert (read.name, read.status, read.has_ended) == (NAME, "Completed", True)
    assert (read.schedule_arn, read.schedule_name, read.scheduled_time) == (
        SCHEDULE_ARN,
        PREFIX,
        "2026-11-20T03:00:00Z",
    )
    assert (read.instance_type, read.instance_count, read.max_runtime_seconds) == ("ml.m5.large", 1, 3600)
    assert read.metrics == {"validation:accuracy": 0.95}
    assert read.registered_model == "breast-cancer"
    assert read.tracks
    assert not read.tracks_afterwards
    assert read.duration(LATER) == timedelta(seconds=60)


def test_what_is_not_told_of_a_job_that_never_had_a_machine_is_nothing() -> None:
    read = JobRun.read(
        {"TrainingJobName": "job", "TrainingJobStatus": "Failed", "CreationTime": DUE, "FailureReason": "CapacityError"}
    )

    assert (read.started, read.ended, read.training_seconds, read.billable_seconds) == (None, None, None, None)
    assert read.duration(LATER) is None
    assert read.spot_savings is None
    assert (read.schedule_name, read.registered_model, read.tracks) == ("", "", False)


def test_times_are_in_utc_whatever_zone_the_answer_has() -> None:
    read = run(CreationTime=DUE.astimezone(timezone(timedelta(hours=-8))))

    assert (read.created, read.created.tzinfo) == (DUE, UTC)


def test_spot_savings_are_counted_as_sagemaker_counts_them() -> None:
    spot = {"EnableManagedSpotTraining": True, "TrainingTimeInSeconds": 500, "BillableTimeInSeconds": 100}

    assert run(**spot).spot_savings == pytest.approx(0.8)
    assert run(**{**spot, "EnableManagedSpotTraining": False}).spot_savings is None
    assert run(**{**spot, "BillableTimeInSeconds": None}).spot_savings is None
    assert run(**{**spot, "TrainingTimeInSeconds": 0}).spot_savings is None


def test_a_job_that_runs_has_lasted_until_now() -> None:
    running = run(
        TrainingJobStatus="InProgress",
        SecondaryStatus="Training",
        TrainingEndTime=None,
        TrainingTimeInSeconds=None,
        BillableTimeInSeconds=None,
    )

    assert not running.has_ended
    assert running.duration(LATER) == timedelta(seconds=3510)


def test_interruptions_are_counted() -> None:
    statuses = ["Starting", "Training", "Interrupted", "Starting", "Interrupted"]

    assert run(SecondaryStatusTransitions=[{"Status": each} for each in statuses]).interruptions == 2


def test_machines_of_groups_are_counted_together() -> None:
    groups = [{"InstanceCount": count, "InstanceType": "ml.m5.large", "InstanceGroupName": "a"} for count in (1, 2)]

    read = run(ResourceConfig={"InstanceGroups": groups, "VolumeSizeInGB": 30})

    assert (read.instance_type, read.instance_count) == ("", 3)


@pytest.mark.parametrize(
    ("tracking", "tracks", "afterwards"), [("none", False, False), ("afterwards", True, True), ("", True, False)]
)
def test_whether_a_job_tracks_is_read_from_what_its_container_is_told(
    tracking: str, tracks: bool, afterwards: bool
) -> None:
    read = run(Environment={"REGISTERED_MODEL_NAME": "m", "TRACKING": tracking})

    assert (read.tracks, read.tracks_afterwards) == (tracks, afterwards)


def test_a_context_attribute_that_nobody_filled_in_is_no_invocation() -> None:
    left = {"SCHEDULE_ARN": "<aws.scheduler.schedule-arn>", "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>"}

    read = run(Environment=left)

    assert (read.schedule_arn, read.scheduled_time) == ("", "")


def test_a_summary_is_read_from_an_entry_of_the_list() -> None:
    entry = {name: value for name, value in described().items() if name in {"TrainingJobName", "TrainingJobStatus"}}

    read = JobSummary.read({**entry, "CreationTime": DUE, "TrainingEndTime": datetime(2026, 11, 20, 4, tzinfo=UTC)})

    assert read == JobSummary(NAME, "Completed", "", DUE, DUE + timedelta(hours=1))


def test_a_history_without_jobs_has_no_newest_one() -> None:
    assert History(PREFIX).newest is None
    assert History(PREFIX, (run(),)).newest == run()
