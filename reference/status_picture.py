"""Draws what `training-jobs status` shows of a rehearsal that was kept: docs/pictures/status.svg.

    python -m reference.status_picture [--stack STACK] [--to FILE]

It is what the command prints, of training jobs that really ran: first `training-jobs rehearse --keep`, and then some
`training-jobs run --rehearsal`. The picture loads nothing from anywhere: the letters are the reader's own.
"""

from __future__ import annotations

import argparse
import io
import re
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from operations.jobs.operated_stack import OperatedStack
from operations.jobs.status_asking import Wanted
from operations.jobs.status_commands import print_now
from operations.named_stack import DEFAULT_STACK, Named

PICTURE: Final = Path(__file__).parents[1] / "docs" / "pictures" / "status.svg"
_COLUMNS: Final = 100
_FONTS: Final = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
"""Of rich's own format: it loads them from elsewhere."""


def status_picture(project_dir: Path, named: Named) -> str:
    """The status of a stack, as an SVG."""
    console = Console(record=True, width=_COLUMNS, force_terminal=True, file=io.StringIO(), highlight=False)
    print_now(OperatedStack.of(project_dir, named), None, Wanted(), console)
    return picture(console, f"training-jobs status{named.options}")


def picture(console: Console, title: str) -> str:
    """What a console has recorded, as an SVG that loads nothing."""
    drawn = console.export_svg(title=title, code_format=_FONTS.sub("", CONSOLE_SVG_FORMAT), unique_id="status")
    return "\n".join(line.rstrip() for line in drawn.splitlines() if line.strip()) + "\n"


def main() -> None:
    """Draw it."""
    parser = argparse.ArgumentParser(prog="python -m reference.status_picture", description=__doc__)
    parser.add_argument("--stack", default=DEFAULT_STACK)
    parser.add_argument("--to", type=Path, default=PICTURE, metavar="FILE")
    given = parser.parse_args()
    given.to.parent.mkdir(exist_ok=True)
    given.to.write_text(status_picture(Path.cwd(), Named(given.stack, rehearsal=True)), encoding="utf-8")


if __name__ == "__main__":
    main()
