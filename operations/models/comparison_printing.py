"""`training-jobs compare`: print what differs between two runs, and then how much is the same."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.console import print_facts, print_line, whole_words
from operations.models.comparison import Difference, Run, Subject

_MOST = 30
"""Differences of one subject that are shown; `--json` has them all."""


def print_comparison(first: Run, second: Run, subjects: Sequence[Subject], console: Console) -> int:
    """Print it; 0, whether they differ or not."""
    print_facts(console, [("first", _in_words(first)), ("second", _in_words(second))])
    for subject in subjects:
        if subject.differences:
            console.print(whole_words(console, _table(subject)))
    same = [f"{subject.name} {subject.same}" for subject in subjects if subject.same]
    print_line(console, Text(f"the same: {', '.join(same) or 'nothing'}"))
    return 0


def _in_words(run: Run) -> str:
    job = run["tags"].get("training_job_name", "no training job")
    version = f", version {number}" if (number := run["tags"].get("model_version")) else ""
    return f"{run['run_id']}{version}, {run['status']}, {run['name'] or job}, of {job}"


def _table(subject: Subject) -> Table:
    has_change = any(each.change is not None for each in subject.differences)
    table = Table(subject.name, "first", "second", *(["change"] if has_change else []))
    for each in subject.differences[:_MOST]:
        cells = [each.name, each.first or "-", each.second or "-", *([_change(each)] if has_change else [])]
        table.add_row(*map(Text, cells))
    if len(subject.differences) > _MOST:
        table.add_row(Text(f"and {len(subject.differences) - _MOST} more, in --json"))
    return table


def _change(difference: Difference) -> str:
    return "" if difference.change is None else f"{difference.change:+.6g}"
