"""Look at invocations that never became a training job, and redrive them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.commands.options import JsonOption, operating, run_in_project
from operations.named_stack import Named


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("dead-letters")(operating(dead_letters))


def dead_letters(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    named: Named,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="These only; the beginning will do.")
    ] = None,
    job: Annotated[str | None, typer.Option(help="The job's name in the stack; otherwise every job.")] = None,
    redrive: Annotated[
        bool, typer.Option("--redrive", help="Create their training jobs, and delete each letter whose job is there.")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help="With --redrive: every letter, rather than those named.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --redrive: say what would be created, and create nothing.")
    ] = False,
    limit: Annotated[int, typer.Option("-n", min=1, max=1000, help="Look at so many of each job's queue.")] = 100,
    json_: JsonOption = False,
) -> None:
    """List invocations that AWS refused, with the cause and the cure of each; redrive them when that is done."""
    if redrive and bool(ids) is all_:
        raise typer.BadParameter("name the letters to redrive, or ask for --all", param_hint="--redrive")
    if not redrive and (all_ or dry_run):
        raise typer.BadParameter("it belongs to --redrive", param_hint="--all" if all_ else "--dry-run")
    from operations.jobs.operated_stack import OperatedStack
    from operations.schedules.dead_letters import Question, tell

    def command(project_dir: Path) -> int:
        operated = OperatedStack.of(project_dir, named)
        question = Question(job, tuple(ids or ()), limit, redrive, dry_run)
        return tell(operated, question, None if json_ else Console(highlight=False))

    run_in_project(command)
