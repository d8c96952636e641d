"""Enable and disable schedules: in the stack's settings, never behind Pulumi's back."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from operations.commands.options import JobOption, JsonOption, one_job, operating, run_in_project
from operations.named_stack import Named
from operations.schedules.wish import Wish

_Job = Annotated[str | None, typer.Argument(help="The job's name in the stack; otherwise every job.")]
_Schedule = Annotated[
    str | None, typer.Option(help="This schedule only, by its name on AWS or in the job; otherwise each of the job's.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (enable, disable):
        app.command()(operating(command))


def enable(
    named: Named,
    job: _Job = None,
    of_job: JobOption = None,
    schedule: _Schedule = None,
    json_: JsonOption = False,
) -> None:
    """Enable schedules in the stack's settings, and say what to run next. AWS is left alone."""
    _switch(named, Wish(stack=named.stack, enabled=True, job=one_job(job, of_job), schedule=schedule), json_=json_)


def disable(
    named: Named,
    job: _Job = None,
    of_job: JobOption = None,
    schedule: _Schedule = None,
    json_: JsonOption = False,
) -> None:
    """Disable schedules in the stack's settings, and say what to run next. Jobs that run are not stopped."""
    _switch(named, Wish(stack=named.stack, enabled=False, job=one_job(job, of_job), schedule=schedule), json_=json_)


def _switch(named: Named, wish: Wish, *, json_: bool) -> None:
    """Of what names a stack only its name means something here, and --rehearsal, which is refused: nobody is asked."""
    from operations.schedules.enabling import switch

    console = None if json_ else Console(highlight=False, soft_wrap=True)
    run_in_project(lambda project_dir: switch(project_dir, wish, console, rehearsal=named.rehearsal))
