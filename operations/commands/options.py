"""What commands have in common: the options that several of them take, and how one is run."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from operations.named_stack import Named

StackOption = Annotated[str, typer.Option("--stack", "-s", help="The stack: Pulumi.<stack>.yaml.")]
RehearsalOption = Annotated[
    bool, typer.Option("--rehearsal", help="Of the rehearsal that was kept, rather than of AWS.")
]
ProfileOption = Annotated[
    str | None, typer.Option(help="Profile of your AWS configuration; otherwise AWS_PROFILE, or its default.")
]
RegionOption = Annotated[str | None, typer.Option(help="AWS region; otherwise the stack's aws:region.")]
OutputsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="What `pulumi stack output --json` printed; otherwise the CLI is asked, or the program without it.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
JobOption = Annotated[str | None, typer.Option("--job", help="The same, as other commands take it.")]
"""Of commands that take a job as an argument: `one_job` reads both."""
NAMING: Final = {
    "stack": StackOption,
    "rehearsal": RehearsalOption,
    "profile": ProfileOption,
    "region": RegionOption,
    "outputs": OutputsOption,
}
"""Of a `Named`: the option for each of its fields."""
_PROGRAM_FILE: Final = "Pulumi.yaml"


def operating(command: Callable[..., None]) -> Callable[..., None]:
    """A command as typer reads it: its own options, and then those that make its parameter `named`."""
    given = inspect.signature(command, eval_str=True).parameters.values()
    own = [each.replace(kind=each.KEYWORD_ONLY) for each in given if each.annotation is not Named]
    parameters = [*own, *_options()]

    @functools.wraps(command)
    def typed(**values: Any) -> None:  # noqa: ANN401 - whatever typer has read
        named = Named(**{name: values.pop(name) for name in NAMING})
        command(named=named, **values)

    # Typer reads this one, and finds no name to look up: every annotation is a type already.
    del typed.__wrapped__  # functools.wraps has set it
    typed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what inspect looks for
    typed.__annotations__ = {each.name: each.annotation for each in parameters}
    return typed


def _options() -> list[inspect.Parameter]:
    default_of = {each.name: each.default for each in fields(Named)}
    kind = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(name, kind, default=default_of[name], annotation=option) for name, option in NAMING.items()
    ]


def project_directory() -> Path:
    """The nearest directory upwards that has a Pulumi project.

    Raises:
        RehearsalError: there is none.
    """
    from rehearsal.errors import RehearsalError

    here = Path.cwd()
    for directory in (here, *here.parents):
        if (directory / _PROGRAM_FILE).is_file():
            return directory
    raise RehearsalError(f"there is no {_PROGRAM_FILE} in {here} or above it; change to the project's directory")


def run_in_project(command: Callable[[Path], int]) -> NoReturn:
    """Run a command in the project; a mistake that a person can mend is a message, anything else has its traceback."""
    from operations.mistakes import run_command

    sys.exit(run_command(lambda: command(project_directory())))


def one_job(argument: str | None, option: str | None) -> str | None:
    """The job that was named, as the argument or with `--job`; both may only name the same one."""
    if argument and option and argument != option:
        raise typer.BadParameter(f"got {argument} and --job {option}; name one job", param_hint="--job")
    return argument or option
