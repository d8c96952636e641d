"""What trains on this machine: a whole stack, or one run again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.commands.options import JsonOption, StackOption, operating, run_in_project
from operations.named_stack import Named
from operations.rehearsing.engine import Engine


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(rehearse)
    app.command()(operating(reproduce))


def rehearse(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    context: typer.Context,
    stack: StackOption = "staging",
    deliveries: Annotated[int, typer.Option(min=1, help="Deliver the same invocation so many times.")] = 1,
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANNEL=PATH", help="Your own CSV file, or directory of them, for a channel. Repeatable."
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the servers running, to look at.")] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Stop the servers that --keep left running, of every stack or of --stack.")
    ] = False,
    mlflow_port: Annotated[int, typer.Option(min=0, max=65535, help="Port for MLflow; 0 takes a free one.")] = 0,
    schedule: Annotated[
        str | None, typer.Option(help="Fire this schedule only, by its name on AWS; otherwise each of the stack's.")
    ] = None,
    container: Annotated[
        Engine | None, typer.Option(help="Start the training images themselves, instead of what stands in for them.")
    ] = None,
) -> None:
    """Deploy a stack onto an embedded AWS, fire its schedules, train, register: all on this machine."""
    from operations.rehearsing.rehearsing import own_data, print_rehearsal, stop_kept_servers
    from rehearsal.local_servers.servers import Ports
    from rehearsal.rehearse import RehearsalOptions

    console = Console()

    def command(project_dir: Path) -> int:
        if stop:
            source = context.get_parameter_source("stack")
            is_typed = source is not None and source.name == "COMMANDLINE"
            return stop_kept_servers(project_dir, console, stack if is_typed else None)
        own, ports = own_data(data or []), Ports(mlflow=mlflow_port)
        options = RehearsalOptions(
            project_dir, stack, deliveries, keep, own, ports, schedule, container.value if container else None
        )
        return print_rehearsal(options, console)

    run_in_project(command)


def reproduce(
    named: Named,
    run: Annotated[str, typer.Argument(help="Id of the run in MLflow; a model version has it as its tag run_id.")],
    json_: JsonOption = False,
) -> None:
    """Train a run again on this machine and compare: same data, settings and seed, same trees. It only reads."""
    from operations.console import write_document
    from operations.deployed_jobs import trackings
    from operations.reproducing.comparison import as_document
    from operations.reproducing.reproducing import print_comparison, reproduce_run

    def command(project_dir: Path) -> int:
        place, console = named.place(project_dir), Console(stderr=json_)
        jobs = named.jobs(project_dir, place).values()
        # A rehearsal's place knows its one server itself, whatever the jobs are told on AWS.
        servers = [{}] if place.is_rehearsal else trackings(jobs)
        comparison = reproduce_run(project_dir, run, place, servers, console)
        if json_:
            write_document(as_document(named.stack, run, comparison))
        else:
            print_comparison(console, comparison)
        return 0 if comparison.same_model else 1

    run_in_project(command)
