"""Find out what is wrong with a deployed stack."""

from __future__ import annotations

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
    app.command()(doctor)


def doctor(  # noqa: PLR0913, PLR0917 - the options that every operating command takes
    stack: StackOption = "staging",
    rehearsal: RehearsalOption = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    outputs: OutputsOption = None,
    json_: JsonOption = False,
    job: Annotated[str | None, typer.Option(metavar="JOB", help="Look at this job of the stack only.")] = None,
) -> None:
    """Look at all that a deployed stack needs, and say what is wrong with its cure; 1 where something blocks."""

    def command(project_dir: Path) -> int:
        from operations.doctor.printing import print_findings
        from operations.places import place_of

        place = place_of(project_dir, stack, rehearsal=rehearsal, profile=profile, region=region)
        return print_findings(project_dir, stack, place, outputs=outputs, job=job, as_json=json_)

    run_in_project(command)
