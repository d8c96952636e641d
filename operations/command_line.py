"""`training-jobs`, the command line: parse, call, print. What it does is in the modules that it calls.

Every command ends with 0, or with 1 and one message that says what is wrong and how to cure it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from operations.check_format import CheckFormat

app = typer.Typer(
    help="Check, rehearse and operate scheduled training jobs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
StackOption = Annotated[str, typer.Option("--stack", "-s", help="The stack: Pulumi.<stack>.yaml.")]
_PROGRAM_FILE = "Pulumi.yaml"


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # it may not know the characters that we print
            stream.reconfigure(errors="replace")
    app()


@app.command()
def check(
    stack: StackOption = "staging",
    format_: Annotated[
        CheckFormat, typer.Option("--format", help="text for people; json and sarif are one document.")
    ] = CheckFormat.TEXT,
) -> None:
    """Judge a stack offline: settings, request, permissions, policies. No CLI, no credentials."""
    from operations.checking import print_check, write_check

    if format_ is CheckFormat.TEXT:
        _exit(lambda: print_check(_project_dir(), stack, Console()))
    _exit(lambda: write_check(_project_dir(), stack, format_))


@app.command()
def rehearse(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    stack: StackOption = "staging",
    deliveries: Annotated[int, typer.Option(min=1, help="Deliver the same invocation so many times.")] = 1,
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANNEL=PATH", help="Your own CSV file, or directory of them, for a channel. Repeatable."
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the servers running, to look at.")] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Stop the servers that --keep left running, and nothing else.")
    ] = False,
    mlflow_port: Annotated[int, typer.Option(min=0, max=65535, help="Port for MLflow; 0 takes a free one.")] = 0,
) -> None:
    """Deploy a stack onto an embedded AWS, fire its schedule, train, register: all on this machine."""
    from operations.rehearsing import own_data, print_rehearsal, stop_kept_servers
    from rehearsal.local_servers.servers import Ports
    from rehearsal.rehearse import RehearsalOptions

    console = Console()

    def run() -> int:
        project_dir = _project_dir()
        if stop:
            return stop_kept_servers(project_dir, console)
        ports = Ports(mlflow=mlflow_port)
        return print_rehearsal(
            RehearsalOptions(project_dir, stack, deliveries, keep, own_data(data or []), ports), console
        )

    _exit(run)


@app.command()
def register(
    job: Annotated[str, typer.Argument(help="Name of the training job.")],
    stack: StackOption = "staging",
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="Of the rehearsal that was kept, rather than of AWS.")
    ] = False,
) -> None:
    """Register the model of a job that failed because MLflow was away; nothing is trained again."""
    from operations.places import place_in_rehearsal, place_on_aws
    from operations.registering import register_training_job

    def run() -> int:
        project_dir = _project_dir()
        place = (place_in_rehearsal if rehearsal else place_on_aws)(project_dir, stack)
        return register_training_job(project_dir, job, place, Console(highlight=False, soft_wrap=True))

    _exit(run)


@app.command()
def reproduce(
    run: Annotated[str, typer.Argument(help="Id of the run in MLflow; a model version has it as its tag run_id.")],
    stack: StackOption = "staging",
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="Of the rehearsal that was kept, rather than of AWS.")
    ] = False,
) -> None:
    """Train a run again on this machine and compare: same data, settings and seed, same trees. It only reads."""
    from operations.places import caller_account, place_in_rehearsal, place_on_aws, stack_trackings
    from operations.reproducing import reproduce_run

    def command() -> int:
        project_dir = _project_dir()
        if rehearsal:
            return reproduce_run(project_dir, run, place_in_rehearsal(project_dir, stack), [{}], Console())
        place = place_on_aws(project_dir, stack)
        trackings = stack_trackings(project_dir, stack, caller_account(project_dir, stack))
        return reproduce_run(project_dir, run, place, trackings, Console())

    _exit(command)


def _project_dir() -> Path:
    """The nearest directory upwards that has a Pulumi project."""
    from rehearsal.errors import RehearsalError

    here = Path.cwd()
    for directory in (here, *here.parents):
        if (directory / _PROGRAM_FILE).is_file():
            return directory
    raise RehearsalError(f"there is no {_PROGRAM_FILE} in {here} or above it; change to the project's directory")


def _exit(command: Callable[[], int]) -> NoReturn:
    """Run a command; a mistake that a person can mend is a message, anything else keeps its traceback."""
    from operations.mistakes import run_command

    sys.exit(run_command(command))


if __name__ == "__main__":
    main()
