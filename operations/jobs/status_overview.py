"""A stack with more jobs than fit the screen: a line for each, those first that need a look."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.console import print_hanging
from operations.jobs.durations import utc
from operations.jobs.history import SUCCESS, JobRun
from operations.jobs.status import JobStatus, StackStatus
from operations.jobs.status_table import LEAN, narrow_status

_SHORT: Final = len("11-28 03:00")
_NAMED: Final = 5
"""So many jobs are named in a summary."""
_BESIDE_ROWS: Final = 4
"""Lines that an overview has besides its rows: summary, header, its line, and what is left out."""


def needs_a_look(job: JobStatus) -> str:
    """`missed, failed`; "" where the last run that ended has succeeded and nothing is missing."""
    ended = next((run for run in job.history.runs if run.has_ended), None)
    told = [
        *(["not deployed"] if any(not each.state for each in job.schedules) else []),
        *(["missed"] if any(each.missed for each in job.schedules) else []),
        *([ended.status.lower()] if ended is not None and ended.status != SUCCESS else []),
    ]
    return ", ".join(told)


def summary(status: StackStatus) -> Text:
    """`40 jobs; 2 need a look: churn (failed), fraud (missed)`."""
    looks = {job.name: why for job in status.jobs if (why := needs_a_look(job))}
    if not looks:
        return Text(f"{len(status.jobs)} jobs; none needs a look", style="green")
    named = [f"{name} ({why})" for name, why in list(looks.items())[:_NAMED]]
    more = f" and {len(looks) - _NAMED} more" if len(looks) > _NAMED else ""
    verb = "needs" if len(looks) == 1 else "need"
    return Text(f"{len(status.jobs)} jobs; {len(looks)} {verb} a look: {', '.join(named)}{more}", style="yellow")


def print_overview(status: StackStatus, console: Console, height: int) -> None:
    """Print as many jobs as fit so many lines."""
    console.print(summary(status), no_wrap=True, overflow="ellipsis")
    ordered = sorted(status.jobs, key=lambda job: not needs_a_look(job))
    shown = ordered[: max(1, height - _BESIDE_ROWS - len(status.notes))]
    table = Table(**LEAN)
    table.add_column("job", no_wrap=True, overflow="ellipsis")
    for title in ("next (UTC)", "last (UTC)", "status"):
        table.add_column(title, no_wrap=True, min_width=_SHORT)
    table.add_column("look", no_wrap=True, min_width=max(len(needs_a_look(job)) for job in shown))
    for job in shown:
        run = job.history.newest
        last = (_due(run), narrow_status(run)) if run else ("none yet", "")
        table.add_row(Text(job.name, style="bold"), _next(job), *last, Text(needs_a_look(job), style="yellow"))
    console.print(table)
    if len(shown) < len(ordered):
        console.print(Text(f"and {len(ordered) - len(shown)} more; --job NAME shows one, a larger window more"))
    for note in status.notes:
        print_hanging(console, Text.assemble(("note", "yellow"), "  "), Text(note))


def _next(job: JobStatus) -> str:
    """When the first of its enabled schedules fires."""
    times = [each.next_times[0].moment for each in job.schedules if each.state == "ENABLED" and each.next_times]
    return utc(min(times))[5:16] if times else "disabled"


def _due(run: JobRun) -> str:
    return run.scheduled_time[5:16].replace("T", " ") or utc(run.created)[5:16]
