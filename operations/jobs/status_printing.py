"""How the status of a stack looks: a line for each schedule, a table of training jobs, and why some did not succeed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from operations.console import print_hanging, print_line
from operations.jobs.durations import in_words, local, share, utc
from operations.jobs.history import RUNNING, SUCCESS, JobRun, short_name
from operations.jobs.model_versions import StandingVersion
from operations.jobs.status import JobStatus, ScheduleStatus, StackStatus

_COLOURS = {SUCCESS: "green", "Failed": "red", "Stopped": "yellow"}


def print_status(status: StackStatus, console: Console, options: str = "") -> None:
    """Print all of it; `options` are those of the command line that a person has to repeat."""
    for job in status.jobs:
        print_line(console, Text.assemble((job.name, "bold"), f"  training jobs {job.prefix}-ID"))
        for schedule in job.schedules:
            _print_schedule(schedule, console, options)
        if job.history.runs:
            console.print(_table(job, status))
            _print_reasons(job.history.runs, status, console, options)
        else:
            print_hanging(console, Text("no training job yet: "), Text(f"training-jobs run{options} starts one"))
        console.print()
    for note in status.notes:
        print_hanging(console, Text.assemble(("note", "yellow"), "  "), Text(note))


def _print_schedule(schedule: ScheduleStatus, console: Console, options: str) -> None:
    state = Text(schedule.state or "NOT DEPLOYED", style="green" if schedule.state == "ENABLED" else "yellow")
    when = f"  {schedule.expression}, {schedule.time_zone}" if schedule.expression else ""
    lead = Text.assemble("  schedule ", (schedule.name, "bold"), "  ", state, when)
    print_line(console, lead)
    if schedule.next_times:
        zone = schedule.time_zone
        times = "; ".join(local(each.moment, zone) for each in schedule.next_times)
        would = "fires next" if schedule.state == "ENABLED" else "would fire next"
        print_hanging(console, Text(f"    {would}: "), Text(times))
    if schedule.fault:
        print_hanging(console, Text("    ! ", style="yellow"), Text(schedule.fault))
    if schedule.missed:
        due = local(schedule.missed.moment, schedule.time_zone)
        print_hanging(
            console,
            Text("    ! ", style="red"),
            Text(
                f"missed: {due} brought no training job; see training-jobs doctor{options} and dead-letters, and make "
                f"up for it with training-jobs backfill{options}"
            ),
        )


def _table(job: JobStatus, status: StackStatus) -> RenderableType:
    runs = job.history.runs
    table = Table("id", "due (UTC)", "status", "took", "billed")
    has_spot = any(run.is_spot for run in runs)
    if has_spot:
        table.add_column("spot saved")
    table.add_column("model")
    for run in runs:
        spot = [share(run.spot_savings) if run.spot_savings is not None else ""] if has_spot else []
        table.add_row(
            short_name(run.name),
            _due(run),
            _status(run),
            _took(run, status.asked),
            f"{run.billable_seconds} s" if run.billable_seconds is not None else "",
            *spot,
            _model(run, status.versions.get(run.name)),
        )
    return table


def _due(run: JobRun) -> str:
    """To the minute, as schedules are; of a job without a schedule when it was created."""
    return run.scheduled_time[:16].replace("T", " ") or f"{utc(run.created)[:16]} (by hand)"


def _status(run: JobRun) -> Text:
    told = Text(run.status, style=_COLOURS.get(run.status, "cyan"))
    if run.secondary_status not in {"", run.status}:
        told.append(f" ({run.secondary_status})")
    return told


def _took(run: JobRun, now: datetime) -> str:
    duration = run.duration(now)
    if duration is None:
        return ""
    return in_words(duration) + (" so far" if run.status in RUNNING else "")


def _model(run: JobRun, version: StandingVersion | None) -> str:
    if version is None:
        return ""
    told = f"version {version.version}" + "".join(f" {alias}" for alias in version.aliases)
    return (
        told if version.training_job_name in {"", run.name} else f"{told} (of {short_name(version.training_job_name)})"
    )


def _print_reasons(runs: Iterable[JobRun], status: StackStatus, console: Console, options: str) -> None:
    """Why jobs have not succeeded, or what is left to do, the newest first."""
    for run in runs:
        if reason := status.reason(run):
            more = f". See: training-jobs {reason.command}{options}" if reason.command else ""
            lead = Text.assemble("  ", (short_name(run.name), "bold"), "  ")
            print_hanging(console, lead, Text(f"{reason.words}{more}"))


def rendered(status: StackStatus, width: int, options: str = "") -> Group:
    """The same as one thing to be shown again and again."""
    recorder = Console(width=width, force_terminal=True, file=io.StringIO(), highlight=False)
    with recorder.capture() as captured:
        print_status(status, recorder, options)
    return Group(Text.from_ansi(captured.get().rstrip("\n")))
