"""How the command line looks: steps with their times, notes, log lines, names with their values; and JSON for programs.

On a terminal long texts are wrapped under their own start; without one each text stays on one line, for pipes and
logs. What has no space in it (an address, an S3 URI) is never broken, so that it can be followed and copied.
"""

from __future__ import annotations

import json
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich import box
from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

GLUE = "\u00a0"
"""In a text that may be wrapped: a space at which it is not; it is printed as any other."""
_NARROWEST = 20
_LONG = 20
_LOG_INDENT = 11
"""Columns before a log line, so that it stands under the titles of the steps: `✓   0.0 s  `."""


def whole_words(console: Console, table: Table) -> Table:
    """The table with no word of it cut, and without lines between its columns where its words have no room else.

    A word that is longer than most, such as an ARN, goes on in the next line where it has to. Of a column that does not
    wrap the title does.
    """
    columns = table.columns
    lines = [max(len(line) for text in (column.header, *column.cells) for line in _lines(text)) for column in columns]
    words = [_narrowest(column) for column in columns]
    room = console.width - 3 * len(columns) - 1
    if sum(words) > room:
        table.box, table.show_edge, table.pad_edge, table.collapse_padding = box.SIMPLE_HEAD, False, False, True
        room = console.width - 2 * (len(columns) - 1)
    while sum(lines) > max(room, len(columns)):
        wider = [place for place, line in enumerate(lines) if line > words[place]] or range(len(lines))
        lines[max(wider, key=lines.__getitem__)] -= 1
    for column, line in zip(columns, lines, strict=True):
        column.width, column.overflow, column.no_wrap = line, "fold", False
    return table


def _narrowest(column: Column) -> int:
    """How narrow a column can be without a word of it being cut."""
    words = [min(_LONG, len(word)) for word in str(column.header).split()]
    for text in column.cells:
        words += (
            [len(line) for line in _lines(text)]
            if column.no_wrap
            else [min(_LONG, len(word)) for word in str(text).split()]
        )
    return max(words, default=0)


def _lines(text: RenderableType) -> list[str]:
    return str(text).split("\n")


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
        mark = Text("✗", style="red")
        with self._console.status(Text(f"{title} …")):
            try:
                yield step
                mark = Text("✓", style="green")
            finally:
                seconds = time.perf_counter() - started
                lead = Text.assemble(mark, f" {seconds:5.1f} s  ")
                detail = (f" ({step.text})", "dim") if step.text else ""
                print_hanging(self._console, lead, Text.assemble(title, detail))

    def note(self, text: str) -> None:
        """Show a remark."""
        print_hanging(self._console, Text.assemble("    ", ("note", "yellow"), "   "), Text(text))

    def log_line(self, text: str) -> None:
        """Show a line of a training job's log."""
        print_line(self._console, Text.assemble(" " * _LOG_INDENT, (text, "dim")))


def print_line(console: Console, text: Text) -> None:
    """Print a line as it is, however long."""
    console.print(text, soft_wrap=True, highlight=False)


def print_hanging(console: Console, lead: Text, body: Text) -> None:
    """Print `lead` and then `body`, which on a terminal goes on under its own start where a line ends."""
    indent = lead.cell_len
    width = max(console.width - indent, _NARROWEST) if console.is_terminal else len(body) + 1
    lines = textwrap.wrap(
        body.plain, width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False, expand_tabs=False
    )
    end = 0
    for number, line in enumerate(lines or [""]):
        start = body.plain.index(line, end)
        end = start + len(line)
        shown = body[start:end]
        shown.plain = shown.plain.replace(GLUE, " ")
        print_line(console, Text.assemble(" " * indent if number else lead, shown))


def print_facts(console: Console, facts: Sequence[tuple[str, str]]) -> None:
    """Print names and their values, one below the other."""
    longest = max(len(name) for name, _ in facts)
    for name, value in facts:
        print_hanging(console, Text(f"{name:{longest}}  ", style="bold"), Text(value))


def write_document(document: Mapping[str, object]) -> None:
    """Give programs their answer: one JSON document on standard output, and nothing else there."""
    sys.stdout.write(f"{json.dumps(document, indent=2)}\n")
