"""`training-jobs cleanup`: say what nothing refers to, and delete it where that is asked for."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.cleanup.asking import everything
from operations.cleanup.deleting import NotDeleted, delete
from operations.cleanup.plan import Plan, Wanted, plan
from operations.console import print_hanging, print_line, whole_words, write_document
from operations.deployed_jobs import StackJob
from operations.places import Place
from rehearsal.errors import RehearsalError

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""
_SHOWN: Final = 50
"""Things that are named; `--json` has them all."""


class CleanupError(RehearsalError):
    """Nothing is deleted; the message says why."""


def clean_up(  # noqa: PLR0913 - what a person may ask for
    project_dir: Path,
    stack: str,
    place: Place,
    jobs: dict[str, StackJob],
    days: int,
    *,
    packages: bool,
    unregistered: bool,
    really: bool,
    yes: bool,
    json_: bool,
) -> int:
    """Plan, print, and with `really` delete; 1 where something could not be.

    Raises:
        UnknownReferencesError, CleanupError: nothing is deleted.
    """
    before = datetime.now(UTC) - timedelta(days=days)
    found, references = everything(project_dir, place, jobs, before)
    made = plan(found, references, Wanted(before, packages, unregistered))
    console = Console(highlight=False, stderr=json_)
    print_plan(made, days, console)
    failed: list[NotDeleted] = []
    deleted = False
    if really and made.delete:
        _require_consent(made, yes=yes, err=json_)
        failed, deleted = delete(place.s3, made.keys), True
        print_deleted(made, failed, console)
    elif made.delete:
        print_line(console, Text("nothing is deleted: add --delete to do it"))
    if json_:
        write_document(as_document(stack, made, failed, deleted=deleted))
    return 1 if failed else 0


def _require_consent(made: Plan, *, yes: bool, err: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise CleanupError("nothing is deleted: nobody is there to be asked; add --yes to do it")
    if not typer.confirm(f"delete {_objects(made)} of {in_bytes(made.size)}?", err=err):
        raise CleanupError("nothing is deleted")


def print_plan(made: Plan, days: int, console: Console) -> None:
    """Print what nothing refers to, and how much else there is."""
    if made.delete:
        table = Table()
        table.add_column("what", no_wrap=True)
        table.add_column("last written", no_wrap=True)
        table.add_column("bytes", justify="right", no_wrap=True)
        table.add_column("where", overflow="fold")
        for unit in made.delete[:_SHOWN]:
            cells = [unit.kind, f"{unit.modified:%Y-%m-%d}", in_bytes(unit.size), unit.uri]
            table.add_row(*map(Text, cells))
        console.print(whole_words(console, table))
        if len(made.delete) > _SHOWN:
            print_line(console, Text(f"and {len(made.delete) - _SHOWN} more, in --json"))
    for (kind, why), number in sorted(made.kept.items()):
        print_hanging(console, Text.assemble(("kept", "cyan"), f"  {number:5} {kind}: "), Text(why))
    counted = Counter(unit.kind for unit in made.delete)
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(counted.items())) or "nothing"
    older = f"older than {days} day{'' if days == 1 else 's'}"
    total = f" ({_objects(made)}, {in_bytes(made.size)})" if made.delete else ""
    print_line(console, Text.assemble("nothing refers to: ", (told, "bold"), f", {older}{total}"))


def print_deleted(made: Plan, failed: Sequence[NotDeleted], console: Console) -> None:
    """Print what could not be deleted, and how much was."""
    for each in failed[:_SHOWN]:
        print_hanging(console, Text.assemble(("not deleted", "red"), f"  {each.uri}: "), Text(each.reason))
    number = sum(map(len, made.keys.values()))
    print_line(console, Text(f"{number - len(failed)} of {number} objects deleted"))


def as_document(stack: str, made: Plan, failed: Sequence[NotDeleted], *, deleted: bool) -> dict[str, Any]:
    """The same for programs; `deleted` says whether it was done."""
    return {
        "version": JSON_VERSION,
        "stack": stack,
        "deleted": deleted,
        "delete": [
            {
                "kind": unit.kind.value,
                "uri": unit.uri,
                "training_job": unit.job or None,
                "objects": len(unit.objects),
                "bytes": unit.size,
                "modified": unit.modified.astimezone(UTC).isoformat(),
            }
            for unit in made.delete
        ],
        "kept": [{"kind": kind.value, "why": why, "number": number} for (kind, why), number in made.kept.items()],
        "errors": [{"uri": each.uri, "reason": each.reason} for each in failed],
    }


def _objects(made: Plan) -> str:
    number = sum(len(unit.objects) for unit in made.delete)
    return f"{number} object{'' if number == 1 else 's'}"


def in_bytes(size: float) -> str:
    """`512 B`, `1.5 MB`: by thousands."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"
