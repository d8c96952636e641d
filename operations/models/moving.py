"""`training-jobs promote` and `rollback`: decide, say from where to where, ask, and move the alias."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from operations.console import print_hanging, print_line, write_document
from operations.models.alias_history import before
from operations.models.asking import TrackedModel, move_alias, registered_model
from operations.models.moves import MoveRefusedError, Plan, promotion, rollback
from operations.places import Place

JSON_VERSION = 1


def move(  # noqa: PLR0913 - what a move is made of
    project_dir: Path, place: Place, model: TrackedModel, wanted: str | None, *, yes: bool, json_: bool
) -> int:
    """Promote `wanted`, or roll back where it is None; 0 when the alias has been moved.

    Raises:
        MoveRefusedError, RegistryError: it stays where it is.
    """
    plan = _plan(project_dir, place, model, wanted)
    console = Console(highlight=False, stderr=json_)
    print_line(console, Text(plan.in_words, style="bold"))
    for remark in plan.remarks:
        print_hanging(console, Text.assemble(("note", "yellow"), "  "), Text(remark))
    if not yes:
        if not sys.stdin.isatty():
            raise MoveRefusedError("nobody is there to be asked; add --yes to do it")
        if not typer.confirm("move it?", err=json_):
            print_line(console, Text("nothing is changed"))
            return 1
    move_alias(project_dir, place, model, plan)
    if json_:
        write_document(as_document(plan))
    else:
        print_line(console, Text(f"moved; on the version it says: {plan.moved.how} by {plan.moved.by}"))
    return 0


def as_document(plan: Plan) -> dict[str, object]:
    """What was done, for programs."""
    return {
        "version": JSON_VERSION,
        "model": plan.model,
        "from": plan.moved.from_ or None,
        "to": plan.version.number,
        "how": plan.moved.how,
        "by": plan.moved.by,
        "at": plan.moved.told()["at"],
        "notes": list(plan.remarks),
    }


def _plan(project_dir: Path, place: Place, tracked: TrackedModel, wanted: str | None) -> Plan:
    # The run of the version that is meant is looked for as well: which one that is, is known only then.
    model = registered_model(project_dir, place, tracked, also=[wanted] if wanted else [])
    if wanted is None and (earlier := before(model).version):
        model = registered_model(project_dir, place, tracked, also=[earlier])
    by, at = str(place.client("sts").get_caller_identity()["Arn"]), datetime.now(UTC)
    return promotion(model, wanted, by, at) if wanted else rollback(model, by, at)
