"""How the command line looks: steps with their times, notes, log lines, tables."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table


@dataclass
class _Step:
    text: str = ""

    def detail(self, text: str) -> None:
        self.text = text


class ConsoleReporter:
    """A rehearsal's reporter on a terminal, or in a log file where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, title: str) -> Iterator[_Step]:
        """Show that a step is under way, and its time when it has ended."""
        step, started = _Step(), time.perf_counter()
        mark = "[red]✗[/red]"
        with self._console.status(f"{escape(title)} …"):
            try:
                yield step
                mark = "[green]✓[/green]"
            finally:
                seconds = time.perf_counter() - started
                detail = f" [dim]({escape(step.text)})[/dim]" if step.text else ""
                self._console.print(
                    f"{mark} {seconds:5.1f} s  {escape(title)}{detail}", highlight=False, soft_wrap=True
                )

    def note(self, text: str) -> None:
        """Show a remark."""
        self._console.print(f"  [yellow]note[/yellow]   {escape(text)}", highlight=False, soft_wrap=True)

    def log_line(self, text: str) -> None:
        """Show a line of a training job's log."""
        self._console.print(f"           [dim]{escape(text)}[/dim]", highlight=False, soft_wrap=True)


def facts_table(title: str, facts: list[tuple[str, str]]) -> Table:
    """A table of two columns: what, and its value."""
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(f"[bold]{escape(name)}[/bold]", escape(value))
    return table
