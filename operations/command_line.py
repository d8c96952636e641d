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
from operations.engine import Engine

app = typer.Typer(
    help="Check, rehearse and operate scheduled training jobs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
StackOption = Annotated[str, typer.Option("--stack", "-s", help="The stack: Pulumi.<stack>.yaml.")]
RehearsalOption = Annotated[
    bool, typer.Option("--rehearsal", help="Of the rehearsal that was kept, rather than of AWS.")
]
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
        _run(lambda project_dir: print_check(project_dir, stack, Console()))
    _run(lambda project_dir: write_check(project_dir, stack, format_))


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
    schedule: Annotated[
        str | None, typer.Option(help="Fire this schedule only, by its name on AWS; otherwise each of the stack's.")
    ] = None,
    container: Annotated[
        Engine | None, typer.Option(help="Start the training images themselves, instead of what stands in for them.")
    ] = None,
) -> None:
    """Deploy a stack onto an embedded AWS, fire its schedules, train, register: all on this machine."""
    from operations.rehearsing import own_data, print_rehearsal, stop_kept_servers
    from rehearsal.local_servers.servers import Ports
    from rehearsal.rehearse import RehearsalOptions

    console = Console()

    def command(project_dir: Path) -> int:
        if stop:
            return stop_kept_servers(project_dir, console)
        own, ports = own_data(data or []), Ports(mlflow=mlflow_port)
        options = RehearsalOptions(
            project_dir, stack, deliveries, keep, own, ports, schedule, container.value if container else None
        )
        return print_rehearsal(options, console)

    _run(command)


@app.command("next")
def next_(
    stack: StackOption = "staging",
    number: Annotated[int, typer.Option("-n", min=1, max=100, help="So many times of each schedule.")] = 5,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")] = False,
    after: Annotated[
        str | None, typer.Option(metavar="TIME", help="Later than this, such as 2027-03-28; otherwise than now.")
    ] = None,
) -> None:
    """Show when a stack's schedules fire next, what daylight saving changes, and runs that may overlap. Offline."""
    from operations.next_printing import moment_of, print_next, write_next

    def command(project_dir: Path) -> int:
        moment = moment_of(after)
        if json_:
            return write_next(project_dir, stack, moment, number)
        return print_next(project_dir, stack, moment, number, Console(highlight=False))

    _run(command)


@app.command()
def register(
    job: Annotated[str | None, typer.Argument(help="Name of the training job.")] = None,
    stack: StackOption = "staging",
    rehearsal: RehearsalOption = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Every job of the stack that kept a record and has no version yet.")
    ] = False,
    newest: Annotated[int, typer.Option(min=1, help="With --all: look at so many jobs of each prefix.")] = 200,
) -> None:
    """Register what a job trained without a network, or while MLflow was away; nothing is trained again."""
    from operations.places import place_of
    from operations.registering import register_training_job
    from operations.registering_all import register_all
    from rehearsal.errors import RehearsalError

    def command(project_dir: Path) -> int:
        if (job is None) is not all_:
            raise RehearsalError("register: name one training job, or ask for --all")
        place, console = place_of(project_dir, stack, rehearsal=rehearsal), Console(highlight=False, soft_wrap=True)
        if job is None:
            return register_all(project_dir, stack, place, console, newest)
        return register_training_job(project_dir, job, place, console)

    _run(command)


@app.command()
def reproduce(
    run: Annotated[str, typer.Argument(help="Id of the run in MLflow; a model version has it as its tag run_id.")],
    stack: StackOption = "staging",
    rehearsal: RehearsalOption = False,
) -> None:
    """Train a run again on this machine and compare: same data, settings and seed, same trees. It only reads."""
    from operations.places import place_of, trackings_of
    from operations.reproducing import reproduce_run

    def command(project_dir: Path) -> int:
        place = place_of(project_dir, stack, rehearsal=rehearsal)
        return reproduce_run(project_dir, run, place, trackings_of(project_dir, stack, rehearsal=rehearsal), Console())

    _run(command)


@app.command("from-tfvars")
def from_tfvars(
    file: Annotated[Path, typer.Argument(help="A .tfvars or .tfvars.json file.")],
    stack: Annotated[
        str | None, typer.Option("--stack", "-s", help="The stack's name; otherwise the variable environment.")
    ] = None,
    artifact_store: Annotated[
        str, typer.Option(metavar="S3_URI", help="Where the MLflow tracking server keeps its artifacts.")
    ] = "",
    source: Annotated[
        str, typer.Option(metavar="DIRECTORY", help="Training code of your own, below the project's directory.")
    ] = "",
) -> None:
    """Print the stack that the variables of a Terraform module make, with what could not be carried over."""
    from operations.from_tfvars import print_stack
    from operations.tfvars_draft import Options

    _run(lambda project_dir: print_stack(project_dir, file, stack, Options(artifact_store, source)))


def _project_dir() -> Path:
    """The nearest directory upwards that has a Pulumi project."""
    from rehearsal.errors import RehearsalError

    here = Path.cwd()
    for directory in (here, *here.parents):
        if (directory / _PROGRAM_FILE).is_file():
            return directory
    raise RehearsalError(f"there is no {_PROGRAM_FILE} in {here} or above it; change to the project's directory")


def _run(command: Callable[[Path], int]) -> NoReturn:
    """Run a command in the project; a mistake that a person can mend is a message, anything else has its traceback."""
    from operations.mistakes import run_command

    sys.exit(run_command(lambda: command(_project_dir())))


if __name__ == "__main__":
    main()
