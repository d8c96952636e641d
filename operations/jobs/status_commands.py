"""`training-jobs status`: print the status of a stack, write it as JSON, or show it again and again."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.live import Live

from operations.console import write_document
from operations.deployed_jobs import select_jobs
from operations.jobs.history import JobRun
from operations.jobs.model_versions import Versions, standing_versions
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.status import StackStatus, as_document
from operations.jobs.status_asking import Wanted, read_status
from operations.jobs.status_printing import print_status, rendered
from operations.places import Place

SECONDS_BETWEEN: Final = 15.0


def print_now(stack: OperatedStack, job: str | None, wanted: Wanted, console: Console) -> int:
    """Print it; 0, whatever there is to tell."""
    print_status(_status(stack, job, wanted), console, stack.options)
    return 0


def write_now(stack: OperatedStack, job: str | None, wanted: Wanted) -> int:
    """Write the JSON document to standard output; 0, whatever there is to tell."""
    with contextlib.redirect_stdout(sys.stderr):
        status = _status(stack, job, wanted)
    write_document(as_document(status))
    return 0


def watch_status(
    stack: OperatedStack, job: str | None, wanted: Wanted, console: Console, wait: Callable[[float], None] = time.sleep
) -> int:
    """Show it until somebody interrupts; without a terminal it is printed each time."""
    remembered = RememberedVersions()
    try:
        if not console.is_terminal:
            while True:
                print_status(_status(stack, job, wanted, remembered), console, stack.options)
                wait(SECONDS_BETWEEN)
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                status = _status(stack, job, wanted, remembered)
                live.update(rendered(status, console.width, stack.options, console.height), refresh=True)
                wait(SECONDS_BETWEEN)
    except KeyboardInterrupt:
        return 0  # which is how one ends watching


class RememberedVersions:
    """Asks MLflow again only where a training job has ended since: a process of its own is dear."""

    def __init__(self) -> None:
        self._names: frozenset[str] = frozenset()
        self._versions = Versions({})

    def __call__(self, project_dir: Path, place: Place, runs: Sequence[JobRun]) -> Versions:
        """As `standing_versions`."""
        names = frozenset(run.name for run in runs if run.tracks and run.has_ended)
        if names - self._names or self._versions.notes:
            self._versions = standing_versions(project_dir, place, runs)
            self._names = names
        return self._versions


def _status(
    stack: OperatedStack, job: str | None, wanted: Wanted, versions: RememberedVersions | None = None
) -> StackStatus:
    jobs = select_jobs(stack.jobs, job)
    return read_status(stack.project_dir, stack.name, stack.place, jobs, wanted, versions or standing_versions)
