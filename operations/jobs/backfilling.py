"""`training-jobs backfill`: make up for the invocations of a past range, some at a time."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError
from rich.text import Text

from components.wording import counted
from operations.aws_mistakes import refused
from operations.console import print_hanging
from operations.deployed_jobs import StackJob
from operations.jobs.backfill import PlannedInvocation, past_times, plan, planned_document, read_range
from operations.jobs.backfill_asking import runs_of_range, versions_of_range
from operations.jobs.deployed_schedules import choose_schedule
from operations.jobs.history import SUCCESS, JobRun
from operations.jobs.invocations import Request, request_of, training_job_name
from operations.jobs.logs import print_end
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.runners import AlreadyStartedError, Runner
from operations.jobs.running import Told, print_change, runner_for
from operations.jobs.status import run_document
from operations.mistakes import INTERRUPTED
from operations.next_times import in_utc
from operations.registering.by_itself import bring_in_earlier, bring_in_own
from rehearsal.invoking.deployed_schedule import DeployedSchedule

_OF_ONE_REQUEST: Final = "ValidationException"
"""What SageMaker finds wrong with one request, such as a date without data: the next one may be right."""


@dataclass(frozen=True)
class BackfillWanted:
    """Which invocations, and how many training jobs at a time."""

    start: str
    end: str
    job: str | None = None
    schedule: str | None = None
    parallel: int = 1
    dry_run: bool = False


@dataclass
class Work:
    """The training jobs of a backfill: started, under way, ended, and what was refused."""

    stack: OperatedStack
    runner: Runner
    schedule: DeployedSchedule
    told: Told
    running: list[str] = field(default_factory=list)
    ended: list[JobRun] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unregistered: list[str] = field(default_factory=list)
    """Why the record of a job without a network could not be brought in."""

    def do(self, requests: Mapping[datetime, Request], parallel: int) -> None:
        """Start each as soon as fewer than `parallel` are under way, and see all end."""
        for due, request in requests.items():
            while len(self.running) >= parallel:
                self._take_one()
            if not self._start(due, request):
                break
        while self.running:
            self._take_one()

    def _start(self, due: datetime, request: Request) -> bool:
        """Whether it makes sense to start another one."""
        name = training_job_name(request)
        try:
            self.runner.start(self.schedule, request)
        except AlreadyStartedError:
            self.told.note(f"{in_utc(due)}: somebody else has just started training job {name}")
            return True
        except ClientError as error:
            goes_on = error.response["Error"]["Code"] == _OF_ONE_REQUEST
            self.refused.append(f"{in_utc(due)}: {refused(error)}")
            self.told.note(f"not started: {self.refused[-1]}" + ("" if goes_on else "; no further one is tried"))
            return goes_on
        self.running.append(name)
        print_hanging(self.told.console, Text(f"{in_utc(due)}  "), Text(f"started training job {name}"))
        return True

    def _take_one(self) -> None:
        run = self.runner.wait_for_one(self.running, lambda each: print_change(each, self.told.console))
        self.running.remove(run.name)
        self.ended.append(run)
        print_end(run, self.told.console, self.told.options)
        if why := bring_in_own(self.stack, run, self.told.console):
            self.unregistered.append(why)
            self.told.note(why)


def backfill(stack: OperatedStack, wanted: BackfillWanted, told: Told) -> int:
    """Make up for them; 0 when each training job that was started has succeeded and is registered, else 1.

    Raises:
        RehearsalError: nothing can be made up for; nothing was sent.
    """
    job, found = choose_schedule(stack.place, stack.jobs, wanted.job, wanted.schedule)
    schedule = found.deployed
    assert schedule is not None  # noqa: S101 - choose_schedule has seen to it
    now = datetime.now(UTC).replace(microsecond=0)
    times = past_times(schedule, read_range(wanted.start, wanted.end, schedule.time_zone, now))
    planned = _plan(stack, job, schedule, times, told)
    requests = {
        each.due: request_of(schedule, each.due, each.execution_id, each.attempt_number)
        for each in planned
        if not each.skipped
    }
    _print_plan(schedule, planned, told)
    if wanted.dry_run or not requests:
        told.write(_document(schedule, planned, requests, None))
        return 0
    work = Work(stack, runner_for(stack, told.console), schedule, told)
    first = next(iter(requests.values()))
    bring_in_earlier(stack, job.training_job_name_prefix, first, told.console, told.note)
    try:
        work.do(requests, 1 if work.runner.waits_always else wanted.parallel)
    except KeyboardInterrupt:
        if work.runner.waits_always:
            raise
        names = ", ".join(work.running) or "none"
        print(f"interrupted; training jobs that go on without this command: {names}", file=sys.stderr)  # noqa: T201 - standard error, unadorned
        return INTERRUPTED
    told.write(_document(schedule, planned, requests, work))
    failed = sum(run.status != SUCCESS for run in work.ended)
    summary = f"{len(work.ended) - failed} succeeded, {failed} did not, {len(work.refused)} were refused"
    if work.unregistered:
        summary += f", of {len(work.unregistered)} the record is not registered"
    print_hanging(told.console, Text("backfill: "), Text(summary))
    return 1 if failed or work.refused or work.unregistered else 0


def _plan(
    stack: OperatedStack, job: StackJob, schedule: DeployedSchedule, times: Sequence[datetime], told: Told
) -> list[PlannedInvocation]:
    if not times:
        return []
    runs = runs_of_range(stack.place.sagemaker, job, schedule.arn, times)
    versions = versions_of_range(stack.project_dir, stack.place, schedule, times)
    for note in versions.notes:
        told.note(f"{note}; each training job asks itself whether there is a version of its invocation")
    return plan(schedule.arn, times, runs, versions.of_jobs)


def _print_plan(schedule: DeployedSchedule, planned: Sequence[PlannedInvocation], told: Told) -> None:
    count = sum(not each.skipped for each in planned)
    title = f"{counted(len(planned), 'invocation')}, {count} to make up for, {len(planned) - count} skipped"
    print_hanging(told.console, Text.assemble((schedule.name, "bold"), "  "), Text(title))
    for each in planned:
        what = f"skipped: {each.skipped}" if each.skipped else "to make up for"
        again = f", attempt {each.attempt_number}" if each.attempt_number > 1 and not each.skipped else ""
        print_hanging(told.console, Text(f"  {in_utc(each.due)}  "), Text(what + again))


def _document(
    schedule: DeployedSchedule,
    planned: Sequence[PlannedInvocation],
    requests: Mapping[datetime, Request],
    work: Work | None,
) -> dict[str, Any]:
    names = {due: training_job_name(request) for due, request in requests.items()}
    now = datetime.now(UTC)
    return {
        "schedule": schedule.name,
        "invocations": [planned_document(each, names.get(each.due, "")) for each in planned],
        "training_jobs": [run_document(run, now, None) for run in work.ended] if work else [],
        "refused": work.refused if work else [],
        "unregistered": work.unregistered if work else [],
    }
