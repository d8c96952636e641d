"""`training-jobs doctor`: what is wrong with a stack, for people and as one JSON document."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from operations.console import print_hanging, print_line, write_document
from operations.doctor.diagnosis import findings, unseen
from operations.doctor.examining import examine
from operations.doctor.facts import Facts
from operations.doctor.finding import Finding, Unseen
from operations.next_times import in_utc
from operations.places import Place

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""
_BLOCKS, _ADVISES, _UNSEEN = "✗", "!", "?"


def print_findings(  # noqa: PLR0913 - where, of what, and how it is said
    project_dir: Path, stack: str, place: Place, *, outputs: Path | None, job: str | None, as_json: bool
) -> int:
    """Look at a stack and say what is wrong; 1 where something blocks its next invocations.

    Raises:
        OutputsError, RehearsalError, pulumi.RunError: what the stack is cannot be read.
    """
    facts = look(project_dir, stack, place, outputs=outputs, job=job)
    found, not_seen = findings(facts), unseen(facts)
    if as_json:
        write_document(as_document(facts, found, not_seen))
    else:
        show(facts, found, not_seen, Console(highlight=False))
    return 1 if any(each.blocks for each in found) else 0


def look(project_dir: Path, stack: str, place: Place, *, outputs: Path | None = None, job: str | None = None) -> Facts:
    """The facts of a stack; on a terminal it is shown what is being asked.

    Raises:
        OutputsError, RehearsalError, pulumi.RunError: as `examine`.
    """
    progress = Console(file=sys.stderr, highlight=False)
    with (
        progress.status(Text(f"looking at stack {stack} …")) as status,
        contextlib.redirect_stdout(sys.stderr),  # what the program itself prints is no answer
    ):
        return examine(project_dir, stack, place, _shown_by(status.update), outputs=outputs, job=job)


def _shown_by(update: Callable[[Text], None]) -> Callable[[str, int, int], None]:
    def told(what: str, number: int, count: int) -> None:
        update(Text(f"{number} of {count}: {what}"))

    return told


def as_document(facts: Facts, found: Sequence[Finding], not_seen: Sequence[Unseen]) -> dict[str, Any]:
    """The findings for programs."""
    return {
        "version": JSON_VERSION,
        "stack": facts.stack,
        "region": facts.region,
        "time": in_utc(facts.now),
        "jobs": [each.job.name for each in facts.jobs],
        "blocked": any(each.blocks for each in found),
        "findings": [asdict(each) | {"runbook": each.runbook} for each in found],
        "not_looked_at": [asdict(each) for each in not_seen],
    }


def show(facts: Facts, found: Sequence[Finding], not_seen: Sequence[Unseen], console: Console) -> None:
    """What blocks, what is advised, what could not be looked at, and a line that sums it up."""
    for each in found:
        mark = Text.assemble((_BLOCKS, "bold red") if each.blocks else (_ADVISES, "bold yellow"), " ")
        print_hanging(console, mark, Text.assemble((f"{each.check}  ", "bold"), f"{each.subject}: {each.what}"))
        print_hanging(console, Text("  cure  ", style="green"), Text(each.cure))
        print_hanging(console, Text("  more  ", style="dim"), Text(each.runbook, style="dim"))
    for unknown in not_seen:
        lead = Text.assemble((_UNSEEN, "dim"), " ")
        print_hanging(console, lead, Text(f"could not be looked at: {unknown.what}: {unknown.reason}", style="dim"))
    blocking = sum(each.blocks for each in found)
    jobs = f"{len(facts.jobs)} job{'' if len(facts.jobs) == 1 else 's'}"
    told = f"{blocking} block, {len(found) - blocking} advise, {len(not_seen)} could not be looked at"
    print_line(console, Text(f"stack {facts.stack}, {jobs}: {'nothing is wrong; ' if not found else ''}{told}"))
