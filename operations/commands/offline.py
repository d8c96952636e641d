"""What needs no AWS at all: judge a stack, say when it fires, read what another tool declared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.checking.formats import CheckFormat
from operations.commands.options import StackOption, run_in_project


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(check)
    app.command("next")(next_)
    app.command("from-tfvars")(from_tfvars)


def check(
    stack: StackOption = "staging",
    format_: Annotated[
        CheckFormat, typer.Option("--format", help="text for people; json and sarif are one document.")
    ] = CheckFormat.TEXT,
) -> None:
    """Judge a stack offline: settings, request, permissions, policies. No CLI, no credentials."""
    from operations.checking.printing import print_check, write_check

    if format_ is CheckFormat.TEXT:
        run_in_project(lambda project_dir: print_check(project_dir, stack, Console()))
    run_in_project(lambda project_dir: write_check(project_dir, stack, format_))


def next_(
    stack: StackOption = "staging",
    number: Annotated[int, typer.Option("-n", min=1, max=100, help="So many times of each schedule.")] = 5,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")] = False,
    after: Annotated[
        str | None, typer.Option(metavar="TIME", help="Later than this, such as 2027-03-28; otherwise than now.")
    ] = None,
) -> None:
    """Show when a stack's schedules fire next, what daylight saving changes, and runs that may overlap. Offline."""
    from operations.schedules.next_printing import moment_of, print_next, write_next

    def command(project_dir: Path) -> int:
        moment = moment_of(after)
        if json_:
            return write_next(project_dir, stack, moment, number)
        return print_next(project_dir, stack, moment, number, Console(highlight=False))

    run_in_project(command)


def from_tfvars(
    file: Annotated[Path, typer.Argument(help="A .tfvars or .tfvars.json file.")],
    stack: Annotated[
        str | None, typer.Option("--stack", "-s", help="The stack's name; otherwise the variable environment.")
    ] = None,
    artifact_store: Annotated[
        str,
        typer.Option(
            metavar="S3_URI",
            help="Where the MLflow tracking server or App keeps its artifacts; otherwise AWS is asked.",
        ),
    ] = "",
    source: Annotated[
        str, typer.Option(metavar="DIRECTORY", help="Training code of your own, below the project's directory.")
    ] = "",
) -> None:
    """Print the stack that the variables of a Terraform module make, with what could not be carried over."""
    from operations.tfvars.draft import Options
    from operations.tfvars.printing import print_stack

    run_in_project(lambda project_dir: print_stack(project_dir, file, stack, Options(artifact_store, source)))
