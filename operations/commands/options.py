"""What commands have in common: the options that several of them take, and how one is run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

StackOption = Annotated[str, typer.Option("--stack", "-s", help="The stack: Pulumi.<stack>.yaml.")]
RehearsalOption = Annotated[
    bool, typer.Option("--rehearsal", help="Of the rehearsal that was kept, rather than of AWS.")
]
ProfileOption = Annotated[
    str | None, typer.Option(help="Profile of your AWS configuration; otherwise AWS_PROFILE, or its default.")
]
RegionOption = Annotated[str | None, typer.Option(help="AWS region; otherwise the stack's aws:region.")]
OutputsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="What `pulumi stack output --json` printed; otherwise the CLI is asked, or the program without it.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
_PROGRAM_FILE = "Pulumi.yaml"


def project_directory() -> Path:
    """The nearest directory upwards that has a Pulumi project.

    Raises:
        RehearsalError: there is none.
    """
    from rehearsal.errors import RehearsalError

    here = Path.cwd()
    for directory in (here, *here.parents):
        if (directory / _PROGRAM_FILE).is_file():
            return directory
    raise RehearsalError(f"there is no {_PROGRAM_FILE} in {here} or above it; change to the project's directory")


def run_in_project(command: Callable[[Path], int]) -> NoReturn:
    """Run a command in the project; a mistake that a person can mend is a message, anything else has its traceback."""
    from operations.mistakes import run_command

    sys.exit(run_command(lambda: command(project_directory())))
