"""Look at what the roles of a stack were used for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from operations.commands.options import JobOption, JsonOption, one_job, operating, run_in_project
from operations.named_stack import Named

_EVENTS_MAX_AGE_IN_HOURS: Final = 90 * 24
"""Source: CloudTrail API, LookupEvents: 90 days."""


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(operating(permissions))


def permissions(
    named: Named,
    job: Annotated[str | None, typer.Argument(help="The job's name in the stack; otherwise every job.")] = None,
    of_job: JobOption = None,
    hours: Annotated[
        int, typer.Option(min=1, max=_EVENTS_MAX_AGE_IN_HOURS, help="CloudTrail is asked for so many last hours.")
    ] = 24,
    json_: JsonOption = False,
) -> None:
    """Tell which permissions of the jobs' roles were used, and which never were, so far as AWS knows."""
    from operations.jobs.operated_stack import OperatedStack
    from operations.verifying.permission_printing import tell

    wanted = one_job(job, of_job)

    def command(project_dir: Path) -> int:
        return tell(OperatedStack.of(project_dir, named), wanted, hours, None if json_ else Console(highlight=False))

    run_in_project(command)
