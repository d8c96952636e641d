"""`training-jobs report`: write the page of a stack, say where it is, and open it where that is asked."""

from __future__ import annotations

import os
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from operations.console import print_hanging, print_line, write_document
from operations.jobs.operated_stack import OperatedStack
from operations.next_times import in_utc
from operations.report.asking import read_report
from operations.report.content import StackReport
from operations.report.page import page
from rehearsal.errors import RehearsalError

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""
_DIRECTORY: Final = ".build"
"""Where what is made goes; git does not see it."""


@dataclass(frozen=True)
class Wish:
    """What a person asked for."""

    file: Path | None = None
    runs: int = 100
    opens: bool = False


def write_report(operated: OperatedStack, wish: Wish, console: Console | None) -> int:
    """Write the page, and tell `console`, or without one one JSON document; 1 where it names a fault.

    Raises:
        RehearsalError: the file cannot be written.
    """
    report = read_report(operated, wish.runs)
    file = wish.file or operated.project_dir / _DIRECTORY / f"report-{operated.name}.html"
    text = page(report)
    _write(file, text, make_directory=wish.file is None)
    if console is None:
        write_document(_document(report, file, len(text.encode())))
    else:
        _print(console, report, file, len(text.encode()))
    if wish.opens:
        webbrowser.open(file.resolve().as_uri())
    return int(any(each.is_fault for each in report.findings))


def _write(file: Path, text: str, *, make_directory: bool) -> None:
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")  # another process may write the same report
    try:
        if make_directory:
            file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RehearsalError(
            f"the report cannot be written to {file}: {error.strerror}; name another with --output"
        ) from None


def _print(console: Console, report: StackReport, file: Path, size: int) -> None:
    for each in report.findings:
        lead = Text.assemble(("fault" if each.is_fault else "note ", "red" if each.is_fault else "cyan"), "  ")
        print_hanging(console, lead, Text(f"{each.where}: {each.what}{f'. {each.cure}' if each.cure else ''}"))
    print_line(console, Text(f"{file} ({size / 1000:,.0f} kB)"))


def _document(report: StackReport, file: Path, size: int) -> dict[str, Any]:
    return {
        "version": JSON_VERSION,
        "stack": report.status.stack,
        "asked": in_utc(report.status.asked),
        "file": str(file),
        "bytes": size,
        "training_jobs": {name: len(jobs) for name, jobs in report.jobs.items()},
        "findings": [
            {"fault": each.is_fault, "job": each.where, "what": each.what, "cure": each.cure or None}
            for each in report.findings
        ],
        "notes": list(report.notes),
    }
