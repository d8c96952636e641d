"""The table of training jobs of a status: whole where there is room, and otherwise with less in each cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from operations.jobs.durations import in_words, share, utc
from operations.jobs.history import RUNNING, SUCCESS, JobRun, short_name
from operations.jobs.model_versions import StandingVersion
from operations.jobs.status import StackStatus

COLOURS: Final = {SUCCESS: "green", "Failed": "red", "Stopped": "yellow"}
"""Of a TrainingJobStatus; of any other it is cyan."""
LEAN: Final[dict[str, Any]] = {"box": box.SIMPLE_HEAD, "show_edge": False, "pad_edge": False, "collapse_padding": True}
"""A table without lines between its columns."""
_ANY_WIDTH: Final = 1000


def print_table(console: Console, runs: Sequence[JobRun], status: StackStatus) -> None:
    """Print the table of these training jobs: on a terminal as wide as that is, elsewhere as wide as it has to be."""
    whole = _whole(runs, status)
    needed = Measurement.get(console, console.options.update_width(_ANY_WIDTH), whole).maximum
    if needed <= console.width:
        console.print(whole)
    elif console.is_terminal:
        console.print(_narrow(runs, status))
    else:
        before, console.width = console.width, needed
        console.print(whole)
        console.width = before


def _whole(runs: Sequence[JobRun], status: StackStatus) -> Table:
    has_spot = any(run.is_spot for run in runs)
    table = Table("id", "due (UTC)", "status", "took", "billed", *(["spot saved"] if has_spot else []), "model")
    for run in runs:
        version = status.versions.get(run.name)
        table.add_row(
            short_name(run.name),
            run.scheduled_time[:16].replace("T", " ") or f"{utc(run.created)[:16]} (by hand)",
            _status(run),
            _took(run, status.asked) + (" so far" if run.status in RUNNING else ""),
            _billed(run),
            *([_saved(run)] if has_spot else []),
            f"version {_version(version, run)}" if version else "",
        )
    return table


def _narrow(runs: Sequence[JobRun], status: StackStatus) -> Table:
    """Without lines, years, and what a line below the table says; the version may go on in the next line."""
    has_spot = any(run.is_spot for run in runs)
    table = Table(**LEAN)
    for title in ("id", "due (UTC)", "status", "took", "billed", *(["saved"] if has_spot else [])):
        table.add_column(title, no_wrap=True)
    table.add_column("version")
    for run in runs:
        version = status.versions.get(run.name)
        table.add_row(
            short_name(run.name),
            run.scheduled_time[5:16].replace("T", " ") or f"{utc(run.created)[5:16]}\nby hand",
            narrow_status(run),
            _took(run, status.asked),
            _billed(run),
            *([_saved(run)] if has_spot else []),
            _version(version, run) if version else "",
        )
    return table


def narrow_status(run: JobRun) -> Text:
    """In one word: of a job that runs what it is doing, of one that has ended what it came to."""
    word = (run.secondary_status or run.status) if run.status in RUNNING else run.status
    return Text(word, style=COLOURS.get(run.status, "cyan"))


def _status(run: JobRun) -> Text:
    told = Text(run.status, style=COLOURS.get(run.status, "cyan"))
    if run.secondary_status not in {"", run.status}:
        told.append(f" ({run.secondary_status})")
    return told


def _took(run: JobRun, now: datetime) -> str:
    duration = run.duration(now)
    return in_words(duration) if duration is not None else ""


def _billed(run: JobRun) -> str:
    return f"{run.billable_seconds} s" if run.billable_seconds is not None else ""


def _saved(run: JobRun) -> str:
    return share(run.spot_savings) if run.spot_savings is not None else ""


def _version(version: StandingVersion, run: JobRun) -> str:
    told = " ".join((version.version, *version.aliases))
    is_own = version.training_job_name in {"", run.name}
    return told if is_own else f"{told} (of {short_name(version.training_job_name)})"
