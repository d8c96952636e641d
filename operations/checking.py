"""`training-jobs check`: print what an offline check of a stack found."""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from rehearsal.judging.judgement import Fault
from rehearsal.judging.stack_check import check_stack


def print_check(project_dir: Path, stack: str, console: Console) -> int:
    """Check and print; 0 where `pulumi up` would go through, else 1."""
    started = time.perf_counter()
    check = check_stack(project_dir, stack)
    for fault in sorted(check.faults, key=lambda fault: fault.mandatory):
        console.print(_line(fault))
    mandatory = sum(fault.mandatory for fault in check.faults)
    advisory = len(check.faults) - mandatory
    verdict = "[green]passes[/green]" if check.passed else "[red]does not pass[/red]"
    jobs = len(check.schedules)
    console.print(
        f"stack {escape(stack)} {verdict}: {jobs} training job{'' if jobs == 1 else 's'}, "
        f"{len(check.declaration.resources)} resources, {len(check.policies)} policies; "
        f"{mandatory} mandatory, {advisory} advisory; {time.perf_counter() - started:.1f} s"
    )
    return 0 if check.passed else 1


def _line(fault: Fault) -> str:
    level = "[red]mandatory[/red]" if fault.mandatory else "[yellow]advisory[/yellow] "
    name = fault.rule or fault.kind
    return f"{level} [bold]{escape(name)}[/bold] {escape(fault.subject)}\n          {escape(fault.message)}"
