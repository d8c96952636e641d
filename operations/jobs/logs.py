"""`training-jobs logs`: print the log of a training job, of all its hosts; with `--follow` until the job has ended."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.text import Text

from operations.console import print_hanging, print_line, write_document
from operations.jobs.durations import utc
from operations.jobs.history import SUCCESS, JobRun
from operations.jobs.history_asking import describe_job
from operations.jobs.log_asking import JobLog
from operations.jobs.log_lines import LogLine, as_document
from operations.jobs.reasons import reason_of
from operations.mistakes import INTERRUPTED
from operations.places import Place

LOOKS_AGAIN_AFTER_SECONDS: Final = 5.0
Wait = Callable[[float], None]
"""Waits so many seconds."""


def print_logs(place: Place, name: str, console: Console) -> int:
    """Print the log so far; 0, whatever the job came to."""
    run = describe_job(place.sagemaker, name)
    count = _print_new(JobLog(place.client("logs"), name), run, console)
    if not count:
        print_hanging(console, Text("no log: ", style="yellow"), Text(_without_log(run)))
    return 0


def write_logs(place: Place, name: str) -> int:
    """Write the JSON document to standard output; 0, whatever the job came to."""
    describe_job(place.sagemaker, name)
    log = JobLog(place.client("logs"), name)
    write_document(as_document(name, log.new_lines()))
    _print_notes(log, Console(stderr=True, highlight=False))
    return 0


def follow_logs(place: Place, name: str, console: Console, wait: Wait, options: str = "") -> int:
    """Print the log until the job has ended, and what it came to; 1 where that is not success.

    Lines come to CloudWatch Logs some seconds after they were written: they are read once more after the end.
    Whoever interrupts it is told that the job goes on.
    """
    try:
        return _follow(place, name, console, wait, options)
    except KeyboardInterrupt:
        return left_alone(name, options)


def left_alone(name: str, options: str) -> int:
    """Say that a training job goes on though the command was interrupted, and give the exit code."""
    go_on = f"training job {name} goes on without this command; training-jobs stop {name}{options} ends it"
    print(f"interrupted; {go_on}", file=sys.stderr)  # noqa: T201 - standard error, unadorned
    return INTERRUPTED


def _follow(place: Place, name: str, console: Console, wait: Wait, options: str) -> int:
    log, waited = JobLog(place.client("logs"), name), False
    while True:
        run = describe_job(place.sagemaker, name)
        _print_new(log, run, console)
        if run.has_ended:
            break
        wait(LOOKS_AGAIN_AFTER_SECONDS)
        waited = True
    if waited:
        wait(LOOKS_AGAIN_AFTER_SECONDS)
        _print_new(log, run, console)
    print_end(run, console, options)
    return 0 if run.status == SUCCESS else 1


def print_end(run: JobRun, console: Console, options: str = "") -> None:
    """What a training job came to."""
    reason = reason_of(run)
    style = "green" if run.status == SUCCESS else "red"
    more = f": {reason.words}" if reason else ""
    further = f". See: training-jobs {reason.command}{options}" if reason and reason.command else ""
    print_hanging(
        console, Text.assemble("training job ", (run.name, "bold"), " ", (run.status, style)), Text(more + further)
    )


def _print_new(log: JobLog, run: JobRun, console: Console) -> int:
    several, count = run.instance_count > 1, 0
    for line in log.new_lines():
        count += 1
        print_line(console, _shown(line, with_host=several))
    _print_notes(log, console)
    return count


def _print_notes(log: JobLog, console: Console) -> None:
    for note in log.new_notes():
        print_hanging(console, Text.assemble(("note", "yellow"), "  "), Text(note))


def _shown(line: LogLine, *, with_host: bool) -> Text:
    host = (f"{line.host} ", "cyan") if with_host else ""
    return Text.assemble((f"{utc(line.moment)} ", "dim"), host, line.message)


def _without_log(run: JobRun) -> str:
    """Why there are no lines."""
    if run.has_ended:
        reason = reason_of(run)
        return f"training job {run.name} ended as {run.status} without a line" + (f": {reason.words}" if reason else "")
    return f"training job {run.name} ({run.secondary_status or run.status}) has not written a line yet; --follow waits"
