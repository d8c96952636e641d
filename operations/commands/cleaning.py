"""Delete what jobs have left and nothing refers to."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from operations.commands.options import (
    JsonOption,
    OutputsOption,
    ProfileOption,
    RegionOption,
    RehearsalOption,
    StackOption,
    run_in_project,
)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(cleanup)


def cleanup(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    stack: StackOption = "staging",
    rehearsal: RehearsalOption = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    outputs: OutputsOption = None,
    json_: JsonOption = False,
    delete: Annotated[bool, typer.Option("--delete", help="Do it, rather than say what would be deleted.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    older_than: Annotated[
        int, typer.Option("--older-than", metavar="DAYS", min=0, help="Only what was last written before.")
    ] = 30,
    packages: Annotated[
        bool, typer.Option("--packages", help="Archives of packages too: only where no other stack uses the bucket's.")
    ] = False,
    unregistered: Annotated[
        bool, typer.Option("--unregistered", help="Outputs too of jobs that completed and have no version.")
    ] = False,
) -> None:
    """Say which bundles, outputs, checkpoints and deliveries nothing refers to, and with --delete delete them."""
    from operations.cleanup.printing import clean_up
    from operations.deployed_jobs import stack_jobs
    from operations.places import place_of

    def command(project_dir: Path) -> int:
        place = place_of(project_dir, stack, rehearsal=rehearsal, profile=profile, region=region)
        with contextlib.redirect_stdout(sys.stderr):  # what the program itself prints is not of a document
            jobs = stack_jobs(project_dir, stack, place, outputs)
        return clean_up(
            project_dir,
            stack,
            place,
            jobs,
            older_than,
            packages=packages,
            unregistered=unregistered,
            really=delete,
            yes=yes,
            json_=json_,
        )

    run_in_project(command)
