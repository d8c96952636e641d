"""Registered models: what there is, where it comes from, which version is to be used, and what differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from operations.commands.options import JsonOption, operating, run_in_project
from operations.named_stack import Named

if TYPE_CHECKING:
    from operations.models.asking import TrackedModel
    from operations.places import Place

_ModelArgument = Annotated[str, typer.Argument(metavar="MODEL|JOB", help="A registered model, or the job it is of.")]
_YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
_JobOption = Annotated[str | None, typer.Option("--job", metavar="MODEL|JOB", help="This one only.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (models, promote, rollback, compare):
        app.command()(operating(command))


def models(
    named: Named,
    job: _JobOption = None,
    json_: JsonOption = False,
    number: Annotated[int, typer.Option("-n", min=0, max=100, help="So many versions, and those with an alias.")] = 5,
) -> None:
    """Show registered models: versions, aliases, metrics, what the gate said, and where a version comes from."""
    from operations.console import write_document
    from operations.models.asking import one_model, registered_model
    from operations.models.documents import as_document
    from operations.models.printing import print_models

    def command(project_dir: Path, place: Place, known: list[TrackedModel]) -> int:
        chosen = known if job is None else [one_model(known, job)]
        told = [(each, registered_model(project_dir, place, each, number)) for each in chosen]
        if json_:
            write_document(as_document(named.stack, told, number))
            return 0
        return print_models(told, number, Console(highlight=False))

    _run(named, command)


def promote(
    named: Named,
    model: _ModelArgument,
    version: Annotated[str, typer.Argument(help="The version's number, or another alias that it has.")],
    json_: JsonOption = False,
    yes: _YesOption = False,
) -> None:
    """Make a version the champion by hand, and record who did."""
    from operations.models.asking import one_model
    from operations.models.moving import move

    def command(project_dir: Path, place: Place, known: list[TrackedModel]) -> int:
        return move(project_dir, place, one_model(known, model), version, yes=yes, json_=json_)

    _run(named, command)


def rollback(
    named: Named,
    model: _ModelArgument,
    json_: JsonOption = False,
    yes: _YesOption = False,
) -> None:
    """Give the alias champion back to the version that had it before."""
    from operations.models.asking import one_model
    from operations.models.moving import move

    def command(project_dir: Path, place: Place, known: list[TrackedModel]) -> int:
        return move(project_dir, place, one_model(known, model), None, yes=yes, json_=json_)

    _run(named, command)


def compare(
    named: Named,
    first: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, a version's number, or a training job.")],
    second: Annotated[str, typer.Argument(metavar="RUN", help="The other one.")],
    job: _JobOption = None,
    json_: JsonOption = False,
) -> None:
    """Show what differs between two runs: settings, metrics, data, code, packages, pictures."""
    from operations.console import write_document
    from operations.deployed_jobs import OutputsError
    from operations.models import comparison
    from operations.models.asking import one_model, recorded_runs
    from operations.models.comparison_printing import print_comparison

    def command(project_dir: Path, place: Place, known: list[TrackedModel]) -> int:
        if job is None and len(known) != 1:
            raise OutputsError(f"the stack has {len(known)} registered models; say which one: --job MODEL|JOB")
        tracked = known[0] if job is None else one_model(known, job)
        one, other = recorded_runs(project_dir, place, tracked, [first, second])
        subjects = comparison.compare(one, other)
        if json_:
            write_document(comparison.as_document(one, other, subjects))
            return 0
        return print_comparison(one, other, subjects, Console(highlight=False))

    _run(named, command)


def _run(named: Named, command: Callable[[Path, Place, list[TrackedModel]], int]) -> None:
    """Run a command with the place and the registered models of the stack."""

    def in_project(project_dir: Path) -> int:
        from operations.models.asking import tracked_models

        place = named.place(project_dir)
        return command(project_dir, place, tracked_models(named.jobs(project_dir, place).values()))

    run_in_project(in_project)
