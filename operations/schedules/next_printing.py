"""`training-jobs next`: print the next times of a stack's schedules, as a table or as one JSON document."""

from __future__ import annotations

import contextlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.console import print_hanging, print_line, whole_words, write_document
from operations.next_times import NextTime, ScheduleTimes, as_document, next_times
from rehearsal.errors import OptionError, RehearsalError


def print_next(project_dir: Path, stack: str, after: datetime, count: int, console: Console) -> int:
    """Print tables; 0 where each schedule that is enabled fires again, else 1."""
    told = _times(project_dir, stack, after, count)
    for each in told:
        _print_schedule(each, console)
    missed = [each.schedule.name for each in told if each.is_missed]
    if missed:
        print_hanging(console, Text("enabled and never due again: ", style="red"), Text(", ".join(missed)))
    return 1 if missed else 0


def write_next(project_dir: Path, stack: str, after: datetime, count: int) -> int:
    """Write the JSON document to standard output; exit codes as `print_next`."""
    with contextlib.redirect_stdout(sys.stderr):  # what the program itself prints is not of the document
        told = _times(project_dir, stack, after, count)
    write_document(as_document(stack, after, told))
    return 1 if any(each.is_missed for each in told) else 0


def moment_of(text: str | None) -> datetime:
    """The moment that `--after` names, or now; without a time zone it is in UTC.

    Raises:
        OptionError: it is no date or time.
    """
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise OptionError(
            f"--after got {text!r}; allowed: a date or a time, such as 2027-03-28 or 2027-03-28T00:00:00+01:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _times(project_dir: Path, stack: str, after: datetime, count: int) -> list[ScheduleTimes]:
    from components.aws_names import AwsScope
    from rehearsal.declaring.program import OfflineMocks, answer_invoke, declare
    from rehearsal.declaring.stack_configuration import read_stack_configuration
    from rehearsal.judging.judgement import declared_schedules

    configuration = read_stack_configuration(project_dir, stack)
    region, account = configuration.values.get("aws:region", "us-east-1"), configuration.account_id
    mocks = OfflineMocks(region=region, account_id=account)
    declared = declare(project_dir, stack, mocks, preview=True)
    partition = answer_invoke("aws:index/getPartition:getPartition", account_id=account, region=region)["partition"]
    schedules = declared_schedules(declared.resources, AwsScope(partition, region, account))
    if not schedules:
        raise RehearsalError("the stack declares no schedule that starts training jobs: add one to training_jobs")
    return next_times(schedules, after, count)


def _print_schedule(told: ScheduleTimes, console: Console) -> None:
    schedule = told.schedule
    title = Text.assemble((schedule.name, "bold"), f"  {schedule.expression}, {schedule.time_zone}, {schedule.state}")
    print_line(console, Text.assemble(title, f", a run takes up to {_duration(told.run.longest_run)}"))
    if told.times:
        console.print(whole_words(console, _table(told)))
    for note in told.notes:
        print_hanging(console, Text.assemble(("note", "cyan"), "  "), Text(note))
    console.print()


def _table(told: ScheduleTimes) -> Table:
    """The times in the schedule's zone and in UTC, which may be the same; remarks only where there are any."""
    zone = told.schedule.time_zone
    remarks = [_remarks(each) for each in told.times]
    table = Table(f"in {zone}")
    if zone != "UTC":
        table.add_column("in UTC")
    reads = [Text("\n").join(Text(f"{name}: {uri}") for name, uri in each.reads.items()) for each in told.times]
    if any(reads):
        table.add_column("reads")
    if any(remarks):
        table.add_column("remarks")
    for each, said, read in zip(told.times, remarks, reads, strict=True):
        utc = f"{each.time.moment:%Y-%m-%d %H:%M}" if each.time.fires else "never"
        cells = [_local(each, zone), *([utc] if zone != "UTC" else [])]
        more = [*([read] if any(reads) else []), *([Text("\n").join(said)] if any(remarks) else [])]
        table.add_row(*map(Text, cells), *more)
    return table


def _local(each: NextTime, time_zone: str) -> str:
    if not each.time.fires:
        return f"{each.time.local:%a %Y-%m-%d %H:%M}"
    return f"{each.time.moment.astimezone(ZoneInfo(time_zone)):%a %Y-%m-%d %H:%M %Z}"


def _remarks(each: NextTime) -> list[Text]:
    said = []
    if not each.time.fires:
        said.append(Text("skipped: no clock shows it that day", style="yellow"))
    if each.time.clock == "repeated":
        said.append(Text("comes twice, fires once", style="yellow"))
    said += [
        Text(
            f"{overlap.run.name} of {_hour(overlap.fired, overlap.meets)} may run until "
            f"{_hour(overlap.until, overlap.meets)} UTC",
            style="red",
        )
        for overlap in each.overlaps
    ]
    return said


def _hour(moment: datetime, meets: datetime) -> str:
    """The time, and the date where it is another day."""
    return f"{moment:%H:%M}" if moment.date() == meets.date() else f"{moment:%Y-%m-%d %H:%M}"


def _duration(time: timedelta) -> str:
    """`1 h 30 min`; seconds only where there are any."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
