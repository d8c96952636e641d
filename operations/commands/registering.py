"""Bring in what jobs have recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.commands.options import JsonOption, operating, run_in_project
from operations.named_stack import Named


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(operating(register))


def register(
    named: Named,
    training_job: Annotated[
        str | None, typer.Argument(help="The training job: its name, or how its id begins.")
    ] = None,
    json_: JsonOption = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Every job of the stack that kept a record and has no version yet.")
    ] = False,
    newest: Annotated[int, typer.Option(min=1, help="With --all: look at so many jobs of each prefix.")] = 200,
) -> None:
    """Register what a job trained without a network, or while MLflow was away; nothing is trained again."""
    from operations.console import write_document
    from operations.jobs.operated_stack import OperatedStack
    from operations.registering.one_job import Brought, register_training_job
    from operations.registering.whole_stack import register_all

    if (training_job is None) is not all_:
        raise typer.BadParameter("name one training job, or ask for --all", param_hint="register")

    def command(project_dir: Path) -> int:
        operated = OperatedStack.of(project_dir, named)
        console = Console(highlight=False, soft_wrap=True, stderr=json_)
        if training_job is None:
            brought = register_all(operated, console, newest)
        else:
            name = operated.training_job(training_job)
            brought = Brought({name: register_training_job(project_dir, name, operated.place, console)})
        if json_:
            write_document(brought.as_document(named.stack))
        return 1 if brought.failed else 0

    run_in_project(command)
