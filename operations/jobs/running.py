"""`training-jobs run`: start a training job now, with the request that the deployed schedule would send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from rich.console import Console
from rich.text import Text

from operations.console import ConsoleReporter, print_facts, print_hanging, write_document
from operations.jobs.changed_hyperparameters import Changed, judged
from operations.jobs.deployed_schedules import choose_schedule
from operations.jobs.history import SUCCESS, JobRun
from operations.jobs.invocations import Request, request_of, training_job_name
from operations.jobs.logs import left_alone, print_end
from operations.jobs.model_versions import Versions, standing_versions
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.runners import Runner, SageMakerRunner
from operations.jobs.status import run_document
from operations.next_times import in_utc
from operations.registering.by_itself import bring_in_earlier, bring_in_own
from rehearsal.invoking.deployed_schedule import DeployedSchedule

JSON_VERSION: Final = 1
"""Of the documents; goes up when a member is renamed or taken out. New members may come at any time."""


@dataclass(frozen=True)
class Told:
    """Where a person's words go: to standard output, or with one JSON document there to standard error."""

    console: Console
    as_json: bool = False
    options: str = ""
    """Of the command line, as a person has to repeat them: ` --stack prod`."""

    def write(self, document: Mapping[str, Any]) -> None:
        """Write the document, where one was asked for."""
        if self.as_json:
            write_document({"version": JSON_VERSION, **document})

    def note(self, text: str) -> None:
        """Say what is worth knowing."""
        print_hanging(self.console, Text.assemble(("note", "yellow"), "  "), Text(text))


@dataclass(frozen=True)
class RunWanted:
    """What to start: of which job and schedule, with which hyperparameters changed."""

    job: str | None = None
    schedule: str | None = None
    changed: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameter -> value, as the stack's YAML would have it."""
    wait: bool = False
    dry_run: bool = False


def runner_for(stack: OperatedStack, console: Console) -> Runner:
    """Who runs the stack's training jobs."""
    if not stack.place.is_rehearsal:
        return SageMakerRunner(stack.place)
    from operations.jobs.rehearsed_runs import RehearsalRunner

    return RehearsalRunner.of_kept(stack, ConsoleReporter(console))


def run_now(stack: OperatedStack, wanted: RunWanted, told: Told) -> int:
    """Start it; 0 when it has started, with `wait` when it has succeeded, else 1.

    Raises:
        RehearsalError: it cannot be started, and nothing was sent.
    """
    job, found = choose_schedule(stack.place, stack.jobs, wanted.job, wanted.schedule)
    schedule = found.deployed
    assert schedule is not None  # noqa: S101 - choose_schedule has seen to it
    changed = Changed({})
    if wanted.changed:
        changed = judged(stack, job.name, found, wanted.changed)
    now = datetime.now(UTC).replace(microsecond=0)
    request = request_of(schedule, now, str(uuid4()), hyperparameters=changed.hyperparameters)
    for note in changed.notes:
        told.note(note)
    if wanted.dry_run:
        write_document(_document(schedule, request, now) | {"request": request})
        return 0
    runner = runner_for(stack, told.console)
    bring_in_earlier(stack, job.training_job_name_prefix, request, told.console, told.note)
    arn = runner.start(schedule, request)
    name = training_job_name(request)
    if not (wanted.wait or runner.waits_always):
        told.write(_document(schedule, request, now) | {"training_job_arn": arn})
        if not told.as_json:
            facts = [("training job", name), ("schedule", schedule.name), ("scheduled time", in_utc(now))]
            print_facts(told.console, facts)
            follow = f"training-jobs logs {name} --follow{told.options}"
            print_hanging(told.console, Text("started; see: "), Text(follow))
        return 0
    return _watch(stack, runner, name, told)


def _document(schedule: DeployedSchedule, request: Request, now: datetime) -> dict[str, Any]:
    return {
        "version": JSON_VERSION,
        "training_job": training_job_name(request),
        "schedule": schedule.name,
        "scheduled_time": in_utc(now),
    }


def _watch(stack: OperatedStack, runner: Runner, name: str, told: Told) -> int:
    print_hanging(told.console, Text("training job "), Text(name, style="bold"))
    try:
        run = runner.wait_for_one([name], lambda each: print_change(each, told.console))
    except KeyboardInterrupt:
        if runner.waits_always:
            raise
        return left_alone(name, told.options)
    unregistered = bring_in_own(stack, run, told.console)
    if unregistered:
        told.note(unregistered)
    versions = standing_versions(stack.project_dir, stack.place, [run]) if run.status == SUCCESS else Versions({})
    for note in versions.notes:
        told.note(note)
    version = versions.of_jobs.get(name)
    told.write({"training_job": run_document(run, datetime.now(UTC), version), "unregistered": unregistered or None})
    print_end(run, told.console, told.options)
    if version is not None:
        aliases = f", {' and '.join(version.aliases)}" if version.aliases else ""
        print_hanging(told.console, Text("model version "), Text(f"{version.version} of {version.model}{aliases}"))
    return 0 if run.status == SUCCESS and not unregistered else 1


def print_change(run: JobRun, console: Console) -> None:
    """A status that a training job has come to on its way; `print_end` tells its end, and why."""
    if run.has_ended:
        return
    told = run.status if run.secondary_status in {"", run.status} else f"{run.status}: {run.secondary_status}"
    print_hanging(console, Text(f"{datetime.now(UTC):%H:%M:%S}  "), Text(told))
