"""Bring in what jobs have recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.commands.options import ProfileOption, RegionOption, RehearsalOption, StackOption, run_in_project


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(register)


def register(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    job: Annotated[str | None, typer.Argument(help="Name of the training job.")] = None,
    stack: StackOption = "staging",
    rehearsal: RehearsalOption = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Every job of the stack that kept a record and has no version yet.")
    ] = False,
    newest: Annotated[int, typer.Option(min=1, help="With --all: look at so many jobs of each prefix.")] = 200,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Register what a job trained without a network, or while MLflow was away; nothing is trained again."""
    from operations.places import place_of
    from operations.registering.one_job import register_training_job
    from operations.registering.whole_stack import register_all
    from rehearsal.errors import RehearsalError

    def command(project_dir: Path) -> int:
        if (job is None) is not all_:
            raise RehearsalError("register: name one training job, or ask for --all")
        place = place_of(project_dir, stack, rehearsal=rehearsal, profile=profile, region=region)
        console = Console(highlight=False, soft_wrap=True)
        if job is None:
            return register_all(project_dir, stack, place, console, newest)
        return register_training_job(project_dir, job, place, console)

    run_in_project(command)
