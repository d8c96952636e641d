"""Registered models: what there is, where it comes from, which version is to be used, and what differs."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from operations.commands.options import (
    JsonOption,
    OutputsOption,
    ProfileOption,
    RegionOption,
    RehearsalOption,
    StackOption,
    run_in_project,
)

if TYPE_CHECKING:
    from operations.models.asking import TrackedModel
    from operations.places import Place

_ModelArgument = Annotated[str, typer.Argument(metavar="MODEL|JOB", help="A registered model, or the job it is of.")]
_YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
_JobOption = Annotated[str | None, typer.Option("--job", metavar="MODEL|JOB", help="This one only.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (models, promote, rollback, compare):
        app.command()(command)


def models(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    job: _JobOption = None,
    stack: StackOption = "staging",
    rehearsal: RehearsalOption = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    outputs: OutputsOption = None,
    json_: JsonOption = False,
    number: Annotated[int, typer.Option("-n", min=0, max=100, help="So many versions, and those with an alias.")] = 5,
) -> None:
    """Show registered models: versions, aliases, metrics, what the gate said, and where a version comes from."""
    from operations.models.asking import one_model, registered_model
    from operations.models.documents import as_document
    from operations.models.printing import print_models

    def command(project_dir: Path, place: Place, known: list[TrackedModel]) -> int:
        chosen = known if job is None else [one_model(known, job)]
        told = [(each, registered_model(project_dir, place, each, number)) for each in chosen]
        if json_:
            sys.stdout.write(f"{json.dumps(as_document(stack, told, number), indent=2)}\n")
            return 0
        return print_models(told, number, Console(highlight=False))

    _run(command, stack, outputs, rehearsal=rehearsal, profile=profile, region=region)


def promote(  # noqa: PLR0913, PLR0917 - as above
    model: _ModelArgument,
    version: Annotated[str, typer.Argument(help="The version's number, or another alias that it has.")],
    stack: StackOption = "staging",
    rehearsal: RehearsalOption = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    outputs: OutputsOption = None,
    json_: JsonOption = False,
    yes: _YesOption = False,
) -> None:
    """Make a version the champion by hand, and record who did."""
    from operations.models.asking import one_model
    from operations.models.moving import move

    def command(project_dir: Path, place: Place, known: list[TrackedModel]) -> int:
        return move(project_dir, place, one_model(known, model), version, yes=yes, json_=json_)

    _run(command, stack, outputs, rehearsal=rehearsal, profile=profile, region=region)


def rollback(  # noqa: PLR0913, PLR0917 - as above
    model: _ModelArgument,
    stack: StackOption = "staging",
    rehearsal: RehearsalOption = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    outputs: OutputsOption = None,
    json_: JsonOption = False,
    yes: _YesOption = False,
) -> None:
    """Give the alias champion back to the version that had it before."""
    from operations.models.asking import one_model
    from operations.models.moving import move

    def command(project_dir: Path, place: Place, known: list[TrackedModel]) -> int:
        return move(project_dir, place, one_model(known, model), None, yes=yes, json_=json_)

    _run(command, stack, outputs, rehearsal=rehearsal, profile=profile, region=region)


def compare(  # noqa: PLR0913, PLR0917 - as above
    first: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, a version's number, or a training job.")],
    second: Annotated[str, typer.Argument(metavar="RUN", help="The other one.")],
    job: _JobOption = None,
    stack: StackOption = "staging",
    rehearsal: RehearsalOption = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    outputs: OutputsOption = None,
    json_: JsonOption = False,
) -> None:
    """Show what differs between two runs: settings, metrics, data, code, packages, pictures."""
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
            sys.stdout.write(f"{json.dumps(comparison.as_document(one, other, subjects), indent=2)}\n")
            return 0
        return print_comparison(one, other, subjects, Console(highlight=False))

    _run(command, stack, outputs, rehearsal=rehearsal, profile=profile, region=region)


def _run(  # noqa: PLR0913 - what every command has in common
    command: Callable[[Path, Place, list[TrackedModel]], int],
    stack: str,
    outputs: Path | None,
    *,
    rehearsal: bool,
    profile: str | None,
    region: str | None,
) -> None:
    """Run a command with the place and the registered models of the stack."""

    def in_project(project_dir: Path) -> int:
        from operations.deployed_jobs import stack_jobs
        from operations.models.asking import tracked_models
        from operations.places import place_of

        place = place_of(project_dir, stack, rehearsal=rehearsal, profile=profile, region=region)
        with contextlib.redirect_stdout(sys.stderr):  # what the program itself prints is not of a document
            known = tracked_models(stack_jobs(project_dir, stack, place, outputs).values())
        return command(project_dir, place, known)

    run_in_project(in_project)
