"""How the status of a stack looks: a line for each schedule, a table of training jobs, and why some did not succeed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import replace

from rich.console import Console, Group
from rich.text import Text

from components.wording import counted
from operations.console import GLUE, print_hanging, print_line
from operations.jobs.durations import local
from operations.jobs.history import JobRun, short_name
from operations.jobs.status import ScheduleStatus, StackStatus
from operations.jobs.status_overview import print_overview, summary
from operations.jobs.status_table import print_table


def print_status(status: StackStatus, console: Console, options: str = "") -> None:
    """Print all of it; `options` are those of the command line that a person has to repeat."""
    for job in status.jobs:
        print_line(console, Text.assemble((job.name, "bold"), f"  training jobs {job.prefix}-ID"))
        for schedule in job.schedules:
            _print_schedule(schedule, console, options)
        if job.history.runs:
            print_table(console, job.history.runs, status)
            _print_reasons(job.history.runs, status, console, options)
        else:
            print_hanging(console, Text("no training job yet: "), Text(f"training-jobs run{options} starts one"))
        console.print()
    if len(status.jobs) > 1:
        print_hanging(console, Text(), summary(status))
    for note in status.notes:
        print_hanging(console, Text.assemble(("note", "yellow"), "  "), Text(note))


def _print_schedule(schedule: ScheduleStatus, console: Console, options: str) -> None:
    state = Text(schedule.state or "NOT DEPLOYED", style="green" if schedule.state == "ENABLED" else "yellow")
    when = f"  {schedule.expression}, {schedule.time_zone}" if schedule.expression else ""
    lead = Text.assemble("  schedule ", (schedule.name, "bold"), "  ", state, when)
    print_line(console, lead)
    if schedule.next_times:
        zone = schedule.time_zone
        times = "; ".join(local(each.moment, zone).replace(" ", GLUE) for each in schedule.next_times)
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


def _print_reasons(runs: Iterable[JobRun], status: StackStatus, console: Console, options: str) -> None:
    """Why jobs have not succeeded, or what is left to do, the newest first."""
    for run in runs:
        if reason := status.reason(run):
            more = f". See: training-jobs {reason.command}{options}" if reason.command else ""
            lead = Text.assemble("  ", (short_name(run.name), "bold"), "  ")
            print_hanging(console, lead, Text(f"{reason.words}{more}"))


def rendered(status: StackStatus, width: int, options: str = "", height: int | None = None) -> Group:
    """The same as one thing to be shown again and again; what is too tall is shown with fewer runs, or as an overview.

    `height` are the lines that there are; None is for as many as it takes.
    """
    drawn = _drawn(status, width, options)
    if height is not None and _lines(drawn) > height:
        fewer = _fewest_left_out(status, width, options, height)
        drawn = fewer if fewer is not None else _overview(status, width, height)
    return Group(Text.from_ansi(drawn))


def _fewest_left_out(status: StackStatus, width: int, options: str, height: int) -> str | None:
    """With as many of each job's newest runs as fit; None where not even one of each does."""
    fits, fewest, most = None, 1, max(len(job.history.runs) for job in status.jobs) - 1
    while fewest <= most:
        count = (fewest + most) // 2
        drawn = _drawn(_with_runs(status, count), width, options)
        if _lines(drawn) <= height:
            fits, fewest = drawn, count + 1
        else:
            most = count - 1
    return fits


def _with_runs(status: StackStatus, count: int) -> StackStatus:
    jobs = tuple(replace(job, history=replace(job.history, runs=job.history.runs[:count])) for job in status.jobs)
    note = f"the newest {counted(count, 'training job')} of each job: the window is too small for more"
    return replace(status, jobs=jobs, notes=(*status.notes, note))


def _drawn(status: StackStatus, width: int, options: str) -> str:
    return _captured(lambda console: print_status(status, console, options), width)


def _overview(status: StackStatus, width: int, height: int) -> str:
    return _captured(lambda console: print_overview(status, console, height), width)


def _captured(show: Callable[[Console], None], width: int) -> str:
    recorder = Console(width=width, force_terminal=True, file=io.StringIO(), highlight=False)
    with recorder.capture() as captured:
        show(recorder)
    return captured.get().rstrip("\n")


def _lines(text: str) -> int:
    return text.count("\n") + 1
