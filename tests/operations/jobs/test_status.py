"""What the status of a stack tells: as a document, and as people read it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from operations.jobs.deployed_schedules import Found
from operations.jobs.history import History, JobRun
from operations.jobs.model_versions import StandingVersion
from operations.jobs.status import JobStatus, StackStatus, as_document
from operations.jobs.status_asking import schedule_status
from operations.jobs.status_printing import print_status, rendered
from tests.operations.jobs.descriptions import EXPORTED, NAME, PREFIX, SCHEDULE, run

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHANGED = datetime(2026, 11, 1, tzinfo=UTC)
EARLIER = f"{PREFIX}-11111111-1111-4111-8111-111111111111"


def found(declared: str = "ENABLED", **changed: Any) -> Found:  # noqa: ANN401 - fields of all types
    exported = EXPORTED.model_copy(update={"schedule_state": declared})
    return Found("", exported, replace(SCHEDULE, **changed), CHANGED)


def status(*runs: JobRun, schedule: Found | None = None, **changed: Any) -> StackStatus:  # noqa: ANN401 - as above
    history = History(PREFIX, runs)
    of_schedule = schedule_status(schedule or found(), history, 2, NOW)
    job = JobStatus("breast-cancer", PREFIX, (of_schedule,), history)
    return replace(StackStatus("staging", NOW, (job,)), **changed)


def printed(told: StackStatus, options: str = "") -> str:
    console = Console(file=io.StringIO(), width=200, highlight=False)
    print_status(told, console, options)
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def test_an_enabled_schedule_says_when_it_fires_next() -> None:
    told = printed(status(run()))

    assert "schedule breast-cancer-staging  ENABLED  cron(0 3 * * ? *), UTC" in told
    assert "fires next: Sat 2026-11-21 03:00 UTC; Sun 2026-11-22 03:00 UTC" in told
    assert "!" not in told


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (found(state="DISABLED"), "would fire next: Sat 2026-11-21 03:00 UTC"),
        (
            found("DISABLED", state="DISABLED"),
            "! it does not fire by itself: set schedule.enabled to true and run pulumi up (training-jobs enable)",
        ),
        (
            found(state="DISABLED"),
            "! it does not fire by itself, and the stack declares it as enabled: somebody has disabled it by hand; run "
            "pulumi refresh and pulumi up",
        ),
        (found(expression="at(2020-01-01T03:00:00)"), "! never due again: after 2026-11-20 12:00 UTC"),
        (found(expression="daily"), "! it cannot be read:"),
        (Found("", EXPORTED, None), "NOT DEPLOYED"),
        (Found("", EXPORTED, None), "! it is not deployed: nothing fires; run pulumi up"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_told_with_its_cure(schedule: Found, said: str) -> None:
    assert said in printed(status(run(), schedule=schedule))


def test_a_time_that_brought_no_job_is_told_with_what_to_do() -> None:
    told = printed(status(), " --rehearsal")

    assert "! missed: Fri 2026-11-20 03:00 UTC brought no training job; see training-jobs doctor --rehearsal" in told
    assert "training-jobs backfill --rehearsal" in told
    assert "no training job yet: training-jobs run --rehearsal starts one" in told


def test_a_job_is_a_row_with_its_time_what_it_took_and_its_model() -> None:
    told = printed(status(run(), versions={NAME: StandingVersion("breast-cancer", "3", ("champion",), NAME)}))

    (row,) = [line for line in told.splitlines() if NAME[-36:-28] in line]
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == [NAME[-36:-28], "2026-11-20 03:00", "Completed", "1 min", "60 s", "version 3 champion"]
    assert "spot" not in told


def test_spot_jobs_show_what_was_saved() -> None:
    spot = run(EnableManagedSpotTraining=True, TrainingTimeInSeconds=500, BillableTimeInSeconds=100)

    told = printed(status(spot, run()))

    assert "spot saved" in told
    assert "80 %" in told


def test_a_version_of_an_earlier_delivery_is_told_from_the_jobs_own() -> None:
    told = printed(status(run(), versions={NAME: StandingVersion("breast-cancer", "3", (), EARLIER)}))

    assert "version 3 (of 11111111)" in told


def test_why_a_job_failed_stands_below_with_the_command_that_looks_further() -> None:
    failed = run(
        TrainingJobStatus="Failed", SecondaryStatus="Failed", FailureReason="AlgorithmError: no rows, exit code: 1"
    )

    assert f"  {NAME[-36:-28]}  no rows. See: training-jobs logs {NAME} --stack prod" in printed(
        status(failed), " --stack prod"
    )


def test_a_job_without_a_network_that_nobody_has_registered_says_how_and_only_where_mlflow_has_answered() -> None:
    isolated = run(Environment={"REGISTERED_MODEL_NAME": "breast-cancer", "TRACKING": "afterwards"})
    left = f"it reached no MLflow itself, and MLflow has no version of it yet. See: training-jobs register {NAME}"
    version = {NAME: StandingVersion("breast-cancer", "3", (), NAME)}

    assert f"{left} --stack prod" in printed(status(isolated, knows_versions=True), " --stack prod")
    assert left not in printed(status(isolated))
    assert left not in printed(status(isolated, knows_versions=True, versions=version))
    assert left not in printed(status(run(), knows_versions=True))
    (job,) = as_document(status(isolated, knows_versions=True))["jobs"]
    assert job["training_jobs"][0]["look_further"] == f"training-jobs register {NAME}"


def test_a_job_under_way_shows_its_secondary_status_and_how_long_so_far() -> None:
    running = run(
        TrainingJobStatus="InProgress",
        SecondaryStatus="Training",
        TrainingStartTime=NOW - timedelta(minutes=5),
        TrainingEndTime=None,
        TrainingTimeInSeconds=None,
        BillableTimeInSeconds=None,
    )

    assert "InProgress (Training)" in printed(status(running))
    assert "5 min so far" in printed(status(running))


def test_notes_stand_at_the_end() -> None:
    assert printed(status(run(), notes=("MLflow does not answer: away",))).endswith(
        "note  MLflow does not answer: away\n"
    )


def test_what_is_watched_is_what_is_printed() -> None:
    console = Console(file=io.StringIO(), width=200, highlight=False)
    console.print(rendered(status(run()), 200))
    shown = console.file
    assert isinstance(shown, io.StringIO)

    assert [line.rstrip() for line in shown.getvalue().splitlines()] == [
        line.rstrip() for line in printed(status(run())).rstrip().splitlines()
    ]


def test_the_document_has_all_of_it_with_null_for_what_is_not_there() -> None:
    failed = run(
        TrainingJobStatus="Failed", SecondaryStatus="Failed", FailureReason="AlgorithmError: no rows, exit code: 1"
    )
    version = StandingVersion("breast-cancer", "3", ("champion",), NAME, "champion: it keeps all limits", "abc")

    document = as_document(status(failed, versions={NAME: version}))

    assert json.loads(json.dumps(document)) == document
    assert {name: document[name] for name in ("version", "stack", "asked", "notes")} == {
        "version": 1,
        "stack": "staging",
        "asked": "2026-11-20T12:00:00Z",
        "notes": [],
    }
    (job,) = document["jobs"]
    assert job["schedules"] == [
        {
            "name": PREFIX,
            "state": "ENABLED",
            "expression": "cron(0 3 * * ? *)",
            "time_zone": "UTC",
            "next_times": ["2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z"],
            "missed": None,
            "fault": None,
        }
    ]
    (told,) = job["training_jobs"]
    assert told == {
        "name": NAME,
        "status": "Failed",
        "secondary_status": "Failed",
        "schedule": PREFIX,
        "scheduled_time": "2026-11-20T03:00:00Z",
        "created": "2026-11-20T03:00:02Z",
        "started": "2026-11-20T03:01:30Z",
        "ended": "2026-11-20T03:02:30Z",
        "duration_in_seconds": 60,
        "billable_seconds": 60,
        "instance_count": 1,
        "spot_savings": None,
        "interruptions": 0,
        "reason": "no rows",
        "look_further": f"training-jobs logs {NAME}",
        "failure_reason": "AlgorithmError: no rows, exit code: 1",
        "model": {
            "name": "breast-cancer",
            "version": "3",
            "aliases": ["champion"],
            "promotion": "champion: it keeps all limits",
            "is_of_this_job": True,
            "training_job_name": NAME,
            "run_id": "abc",
        },
    }
