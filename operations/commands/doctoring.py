"""Find out what is wrong with a deployed stack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.commands.options import JsonOption, operating, run_in_project
from operations.named_stack import Named


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(operating(doctor))


def doctor(
    named: Named,
    json_: JsonOption = False,
    job: Annotated[str | None, typer.Option(metavar="JOB", help="Look at this job of the stack only.")] = None,
) -> None:
    """Look at all that a deployed stack needs, and say what is wrong with its cure; 1 where something blocks."""

    def command(project_dir: Path) -> int:
        from operations.doctor.printing import print_findings

        place = named.place(project_dir)
        return print_findings(project_dir, named.stack, place, outputs=named.outputs, job=job, as_json=json_)

    run_in_project(command)
