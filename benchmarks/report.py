"""Tables of figures, and the file that they are committed in."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).parent / "RESULTS.md"


@dataclass(frozen=True)
class Table:
    """One benchmark's figures: what was run, what it means, a header and rows of text."""

    title: str
    command: str
    meaning: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        """As Markdown."""
        lines = [f"## {self.title}", "", f"`{self.command}`", "", self.meaning.strip(), ""]
        lines += [f"| {' | '.join(row)} |" for row in (self.header, ["---:"] * len(self.header), *self.rows)]
        return "\n".join(lines) + "\n"


def machine() -> str:
    """The machine in one line: enough to understand the figures, nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}"
    )


def peak_memory_in_megabytes(process: int | str = "self") -> float:
    """Peak memory of a running process; getrusage would include the process that started it."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


def write_results(tables: Sequence[Table]) -> None:
    """Rewrite RESULTS.md."""
    intro = (
        "# Benchmark results\n\nWritten by `make bench`. Compare figures within one table only: all of a table's were "
        f"taken in one run.\n\nMachine: {machine()}\n"
    )
    RESULTS.write_text("\n".join([intro, *(table.text() for table in tables)]))
