"""What the schedules of a stack cost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.commands.options import JobOption, JsonOption, one_job, operating, run_in_project
from operations.named_stack import Named


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(operating(cost))


def cost(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    named: Named,
    job: Annotated[
        str | None, typer.Argument(help="A job's name in the stack, or the name of one schedule on AWS.")
    ] = None,
    of_job: JobOption = None,
    json_: JsonOption = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="As declared, at the dated prices of this version; nobody is asked.")
    ] = False,
    runs: Annotated[int, typer.Option(min=0, max=50, help="The mean of so many last runs of each schedule.")] = 10,
) -> None:
    """Show what a run and a month cost, on demand and on spot, beside what the last runs really cost."""
    from operations.costs import printing
    from operations.costs.asking import declared_costs, deployed_costs

    wanted = one_job(job, of_job)

    def command(project_dir: Path) -> int:
        def ask() -> printing.Costs:
            now = datetime.now(UTC)
            if offline:
                found, notes = declared_costs(project_dir, named.stack, now), list[str]()
            else:
                place = named.place(project_dir)
                jobs = list(named.jobs(project_dir, place).values())
                found, notes = deployed_costs(jobs, place, now, runs)
            return printing.select(found, named.stack, wanted), notes

        if json_:
            return printing.write_costs(named.stack, ask)
        return printing.print_costs(ask, Console(highlight=False))

    run_in_project(command)
