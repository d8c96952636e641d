"""Prove that a deployed stack works."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.commands.options import JsonOption, operating, run_in_project
from operations.named_stack import Named


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(operating(verify))


def verify(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    named: Named,
    json_: JsonOption = False,
    job: Annotated[str | None, typer.Option(metavar="JOB", help="Of this job of the stack, by its name there.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to the price without being asked.")] = False,
    interrupt: Annotated[
        bool, typer.Option("--interrupt", help="Also stop a run on its way and start its invocation again.")
    ] = False,
    alarms: Annotated[
        bool | None,
        typer.Option(
            "--alarms/--no-alarms",
            help="Send two test messages to whoever hears the alarms and try the look for missed runs, or neither.",
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the report goes; otherwise verify-STACK.md.")
    ] = None,
) -> None:
    """Fly once: the doctor, a run delivered twice and read back, the alarms, the permissions; ends with a report."""
    from operations.jobs.operated_stack import OperatedStack
    from operations.verifying.alarms import may_send
    from operations.verifying.verifying import Wanted
    from operations.verifying.verifying import verify as verify_stack

    def agrees(price: str) -> bool:
        return yes or (sys.stdin.isatty() and typer.confirm(f"{price}; start?", err=True))

    def agrees_to_messages(what: str) -> bool:
        can_ask = sys.stdin.isatty() and not yes
        told = may_send(alarms, is_rehearsal=named.rehearsal, can_ask=can_ask)
        return typer.confirm(f"{what}; send them?", err=True) if told is None else told

    def command(project_dir: Path) -> int:
        operated = OperatedStack.of(project_dir, named)
        console = Console(highlight=False, stderr=json_)
        return verify_stack(operated, Wanted(job, interrupt, report, json_, agrees, agrees_to_messages), console)

    run_in_project(command)
