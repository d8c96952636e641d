"""`training-jobs check`: print what an offline check of a stack found."""

from __future__ import annotations

import contextlib
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pulumi
from rich.console import Console
from rich.text import Text

from operations.checking.documents import WRITERS
from operations.checking.formats import CheckFormat
from operations.checking.report import CheckReport, report_of_check, report_of_mistake
from operations.console import print_hanging
from operations.costs.check_lines import declared_costs, job_lines
from rehearsal.declaring.stack_configuration import stack_file
from rehearsal.errors import RehearsalError
from rehearsal.judging.judgement import Fault
from rehearsal.judging.stack_check import check_stack


def print_check(project_dir: Path, stack: str, console: Console) -> int:
    """Check and print; 0 where `pulumi up` would go through, else 1."""
    started = time.perf_counter()
    check = check_stack(project_dir, stack)
    for message in check.notes:
        print_hanging(console, Text.assemble(("note", "cyan"), "      "), Text(message))
    for fault in sorted(check.faults, key=lambda fault: fault.mandatory):
        _print_fault(fault, console)
    for job, line in job_lines(declared_costs(check.schedules, datetime.now(UTC))):
        print_hanging(console, Text.assemble(("cost", "cyan"), f"      {job}: "), Text(line))
    mandatory = sum(fault.mandatory for fault in check.faults)
    remediated = sum(fault.kind == "remediated" for fault in check.faults)
    advisory = len(check.faults) - mandatory - remediated
    changed = f", {remediated} remediated" if remediated else ""
    verdict = ("passes", "green") if check.passed else ("does not pass", "red")
    jobs, schedules = check.training_jobs, len(check.schedules)
    several = f" with {schedules} schedules" if schedules > jobs else ""
    counts = (
        f": {jobs} training job{'' if jobs == 1 else 's'}{several}, {len(check.declaration.resources)} resources, "
        f"{len(check.policies)} policies; {mandatory} mandatory, {advisory} advisory{changed}; "
        f"{time.perf_counter() - started:.1f} s"
    )
    print_hanging(console, Text(), Text.assemble(f"stack {stack} ", verdict, counts))
    return 0 if check.passed else 1


def write_check(project_dir: Path, stack: str, format_: CheckFormat) -> int:
    """Check and write one document to standard output, settings mistakes included; exit codes as `print_check`."""
    report = _report(project_dir, stack)
    sys.stdout.write(f"{WRITERS[format_](report)}\n")
    return 0 if report.passed else 1


def _report(project_dir: Path, stack: str) -> CheckReport:
    path = project_dir / f"Pulumi.{stack}.yaml"
    try:
        path = stack_file(project_dir, stack)
        with contextlib.redirect_stdout(sys.stderr):  # what the program itself prints is not of the document
            check = check_stack(project_dir, stack)
    except (RehearsalError, pulumi.RunError) as error:
        return report_of_mistake(stack, str(error), _shown(path), _text(path))
    return report_of_check(check, _shown(path), _text(path))


def _shown(path: Path) -> str:
    """A path as code-scanning pages want it: from the nearest directory upwards with a .git, else by its name."""
    path = path.resolve()
    above = (directory for directory in path.parents if (directory / ".git").exists())
    return path.relative_to(next(above, path.parent)).as_posix()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _print_fault(fault: Fault, console: Console) -> None:
    level = ("mandatory", "red") if fault.mandatory else ("advisory ", "yellow")
    if fault.kind == "remediated":
        level = ("remediated", "green")
    subject = Text.assemble((fault.rule or fault.kind, "bold"), f" {fault.subject}")
    print_hanging(console, Text.assemble(level, " "), subject)
    print_hanging(console, Text(" " * 10), Text(fault.message))
