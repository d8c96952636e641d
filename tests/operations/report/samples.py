"""A report to draw: of as many daily runs as a test wants, the same each time, with failures and hostile texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from components.schedule_spec import ScheduleSpec
from operations.jobs.history import History, JobRun, JobSummary
from operations.jobs.model_versions import StandingVersion
from operations.jobs.status import JobStatus, ScheduleStatus, StackStatus
from operations.named_stack import Named
from operations.report.content import StackReport
from tests.operations.schedules.letters import letter

NOW: Final = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOSTILE: Final = 'AlgorithmError: 3 columns nobody knows: <script>alert("a")</script> & b'
PREFIX: Final = "churn-staging"


def run_of(number: int, status: str = "Completed", apart: timedelta = timedelta(days=1)) -> JobRun:
    """The run that was due so many times `apart` before today's; how long it took is made of its number."""
    due = datetime(2026, 11, 27, 3, tzinfo=UTC) - apart * number
    seconds = 1500 + (number * 37) % 400
    return JobRun(
        name=f"{PREFIX}-{UUID(int=number)}",
        status=status,
        secondary_status=status,
        created=due + timedelta(seconds=4),
        started=due + timedelta(seconds=90),
        ended=due + timedelta(seconds=90 + seconds),
        training_seconds=seconds,
        billable_seconds=seconds // 3,
        is_spot=True,
        failure_reason=HOSTILE if status == "Failed" else "",
        scheduled_time=f"{due:%Y-%m-%dT%H:%M:%SZ}",
        schedule_arn=f"arn:aws:scheduler:us-east-1:123456789012:schedule/{PREFIX}/{PREFIX}",
        metrics={"accuracy": 0.9 + (number * 7 % 50) / 1000} if status == "Completed" else {},
    )


def runs_of(count: int, apart: timedelta = timedelta(days=1)) -> list[JobRun]:
    """Runs, the newest first: each seventh failed, the newest too, each eleventh was stopped."""
    words = ("Failed" if not number % 7 else "Stopped" if not number % 11 else "Completed" for number in range(count))
    return [run_of(number, status, apart) for number, status in enumerate(words)]


def summary(run: JobRun) -> JobSummary:
    """A run as ListTrainingJobs tells of it."""
    return JobSummary(run.name, run.status, run.secondary_status, run.created, run.ended)


def versions_of(runs: list[JobRun]) -> dict[str, StandingVersion]:
    """A version of each run that completed; the newest is the champion."""
    good = [run for run in reversed(runs) if run.metrics]
    return {
        run.name: StandingVersion("churn", str(number), ("champion",) if run is good[-1] else (), run.name)
        for number, run in enumerate(good, 1)
    }


def schedule(state: str = "ENABLED") -> ScheduleStatus:
    """Of the job, as it is deployed."""
    spec = ScheduleSpec(expression="cron(0 3 * * ? *)", time_zone="Europe/Berlin", enabled=True)
    return ScheduleStatus(PREFIX, state, spec.expression, spec.time_zone, spec.named_times(NOW, 3))


def report_of(count: int, described: int = 100, apart: timedelta = timedelta(days=1)) -> StackReport:
    """A report of a stack with one job, of whose runs so many are described."""
    runs = runs_of(count, apart)
    newest = runs[:described]
    job = JobStatus("churn", PREFIX, (schedule(),), History(PREFIX, tuple(newest), count <= described))
    status = StackStatus("prod", NOW, (job,), versions_of(newest))
    return StackReport(
        status, {"churn": [summary(run) for run in runs]}, Named("prod"), "us-east-1", dead_letters=(letter(),)
    )


def healthy() -> StackReport:
    """A report in which nothing is found."""
    report = report_of(0)
    good = [run_of(number) for number in range(3)]
    job = replace(report.status.jobs[0], history=History(PREFIX, tuple(good)))
    status = replace(report.status, jobs=(job,), versions=versions_of(good))
    return replace(report, status=status, jobs={"churn": [summary(run) for run in good]}, dead_letters=())
