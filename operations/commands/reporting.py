"""A page of a stack to look at and to send."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.commands.options import JsonOption, operating, run_in_project
from operations.named_stack import Named


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(operating(report))


def report(
    named: Named,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Otherwise .build/report-<stack>.html.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    runs: Annotated[
        int, typer.Option("-n", min=1, max=1000, help="Describe so many of each job's newest runs, a call each.")
    ] = 100,
    json_: JsonOption = False,
) -> None:
    """Write one HTML page of a stack: schedules, runs over time, durations, savings, metrics, findings."""
    from operations.jobs.operated_stack import OperatedStack
    from operations.report.reporting import Wish, write_report

    def command(project_dir: Path) -> int:
        operated = OperatedStack.of(project_dir, named)
        return write_report(operated, Wish(output, runs, open_), None if json_ else Console(highlight=False))

    run_in_project(command)
