"""`training-jobs permissions`: what was used of the permissions of a stack's roles, on a terminal or as a document."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Final

from rich.console import Console
from rich.text import Text

from operations.console import print_hanging, print_line, write_document
from operations.deployed_jobs import select_jobs
from operations.jobs.operated_stack import OperatedStack
from operations.verifying.permission_asking import Flown, permissions_of
from operations.verifying.permissions import RoleUse
from operations.verifying.report import use_lines

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""


def tell(operated: OperatedStack, job: str | None, hours: int, console: Console | None) -> int:
    """Print to `console`, or without one as one JSON document. It is advice: the exit code is 0.

    Raises:
        OutputsError: there is no such job.
    """
    end = datetime.now(UTC)
    flown = Flown(end - timedelta(hours=hours), end)
    uses = {each.name: permissions_of(operated.place, each, flown) for each in select_jobs(operated.jobs, job)}
    if console is None:
        jobs = [{"job": name, "permissions": [asdict(use) for use in found]} for name, found in uses.items()]
        document = {"version": JSON_VERSION, "stack": operated.name, "jobs": jobs}
        write_document(document)
    else:
        for name, found in uses.items():
            print_uses(console, name, found)
    return 0


def print_uses(console: Console, job: str, uses: list[RoleUse]) -> None:
    """The roles of one job, a line for each list."""
    print_line(console, Text(job, style="bold"))
    for use in uses:
        for line in use_lines(use):
            print_hanging(console, Text("  "), Text(line.removeprefix("- ")))
