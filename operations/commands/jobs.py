"""What a deployed stack's training jobs are doing, and to start, stop and make up for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from operations.commands.options import JsonOption, operating, run_in_project
from operations.named_stack import Named

if TYPE_CHECKING:
    from operations.jobs.operated_stack import OperatedStack

JobArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[TRAINING_JOB]", help="A training job: its name, or how its id begins; otherwise the newest."
    ),
]
JobOption = Annotated[str | None, typer.Option("--job", help="Of this job of the stack only, by its name there.")]
ScheduleOption = Annotated[
    str | None, typer.Option(help="The schedule, by its name on AWS or in the job; otherwise the job's own.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (status, logs, run, stop, backfill):
        app.command()(operating(command))


def status(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    named: Named,
    json_: JsonOption = False,
    job: JobOption = None,
    number: Annotated[int, typer.Option("-n", min=1, max=100, help="So many training jobs of each job.")] = 10,
    models: Annotated[bool, typer.Option("--models/--no-models", help="Ask MLflow for model versions.")] = True,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again every 15 seconds, until Ctrl-C.")] = False,
) -> None:
    """Show a stack's schedules, its newest training jobs, why some failed, and the model versions they made."""
    from operations.jobs.status_asking import Wanted
    from operations.jobs.status_commands import print_now, watch_status, write_now

    if watch and json_:
        raise typer.BadParameter(
            "--watch is for people; leave out --json, or ask again and again", param_hint="--watch"
        )
    wanted = Wanted(runs=number, with_models=models)

    def command(operated: OperatedStack) -> int:
        if json_:
            return write_now(operated, job, wanted)
        if watch:
            return watch_status(operated, job, wanted, Console(highlight=False))
        return print_now(operated, job, wanted, Console(highlight=False))

    _run(named, command)


def logs(
    named: Named,
    training_job: JobArgument = None,
    json_: JsonOption = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Until the training job has ended.")] = False,
) -> None:
    """Print a training job's log: all its hosts, by time."""
    import time

    from operations.jobs.logs import follow_logs, print_logs, write_logs

    if follow and json_:
        raise typer.BadParameter("it is for people; leave out --json", param_hint="--follow")

    def command(operated: OperatedStack) -> int:
        name, console = operated.training_job(training_job), Console(highlight=False)
        if json_:
            return write_logs(operated.place, name)
        if follow:
            return follow_logs(operated.place, name, console, time.sleep, operated.options)
        return print_logs(operated.place, name, console)

    _run(named, command)


def run(  # noqa: PLR0913, PLR0917 - as above
    named: Named,
    json_: JsonOption = False,
    job: JobOption = None,
    schedule: ScheduleOption = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A hyperparameter, for this run only. Repeatable."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="To its end; 1 where it does not succeed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the request, and send nothing.")] = False,
) -> None:
    """Start a training job now, as the deployed schedule would; on AWS with your own credentials."""
    from operations.jobs.changed_hyperparameters import read_set
    from operations.jobs.running import RunWanted, Told, run_now

    def command(operated: OperatedStack) -> int:
        wanted = RunWanted(job, schedule, read_set(set_ or []), wait, dry_run)
        return run_now(operated, wanted, Told(_console(json_), json_, operated.options))

    _run(named, command)


def stop(
    named: Named,
    training_job: Annotated[str, typer.Argument(help="The training job: its name, or how its id begins.")],
    json_: JsonOption = False,
) -> None:
    """Stop a training job; one that has ended is left as it is."""
    from operations.jobs.stopping import stop_training_job

    _run(
        named,
        lambda operated: stop_training_job(operated, training_job, Console(highlight=False), as_json=json_),
    )


def backfill(  # noqa: PLR0913, PLR0917 - as above
    named: Named,
    start: Annotated[str, typer.Option("--from", metavar="TIME", help="The first day or time, such as 2026-11-20.")],
    end: Annotated[str, typer.Option("--to", metavar="TIME", help="The last day or time; a day is all of it.")],
    json_: JsonOption = False,
    job: JobOption = None,
    schedule: ScheduleOption = None,
    parallel: Annotated[int, typer.Option(min=1, max=20, help="So many training jobs at a time.")] = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be started, and start nothing.")] = False,
) -> None:
    """Make up for a schedule's past invocations, each once: those that brought a training job are skipped."""
    from operations.jobs.backfilling import BackfillWanted
    from operations.jobs.backfilling import backfill as make_up_for
    from operations.jobs.running import Told

    def command(operated: OperatedStack) -> int:
        wanted = BackfillWanted(start, end, job, schedule, parallel, dry_run)
        return make_up_for(operated, wanted, Told(_console(json_), json_, operated.options))

    _run(named, command)


def _console(as_json: bool) -> Console:
    """Where words go: beside a document to standard error."""
    return Console(highlight=False, stderr=as_json)


def _run(named: Named, command: Callable[[OperatedStack], int]) -> None:
    from operations.jobs.operated_stack import OperatedStack

    def in_project(project_dir: Path) -> int:
        return command(OperatedStack.of(project_dir, named))

    run_in_project(in_project)
