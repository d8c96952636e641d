"""Delete what jobs have left and nothing refers to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.commands.options import JsonOption, operating, run_in_project
from operations.named_stack import Named


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(operating(cleanup))


def cleanup(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    named: Named,
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

    def command(project_dir: Path) -> int:
        place = named.place(project_dir)
        jobs = named.jobs(project_dir, place)
        return clean_up(
            project_dir,
            named.stack,
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
