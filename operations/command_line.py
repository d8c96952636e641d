"""`training-jobs`, the command line: its commands are in `commands`, which parse, call and print.

Every command ends with 0, or with 1 and one message that says what is wrong and how to cure it.
"""

from __future__ import annotations

import io
import sys

import typer

from operations.commands import (
    cleaning,
    costs,
    dead_letters,
    delivering,
    doctoring,
    jobs,
    models,
    offline,
    permissions,
    registering,
    rehearsing,
    reporting,
    switching,
    verifying,
)

app = typer.Typer(
    help="Check, rehearse and operate scheduled training jobs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (
    offline,
    rehearsing,
    verifying,
    permissions,
    jobs,
    doctoring,
    dead_letters,
    reporting,
    models,
    registering,
    switching,
    costs,
    cleaning,
    delivering,
):
    group.add_to(app)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # it may not know the characters that we print
            stream.reconfigure(errors="replace")
    app()


if __name__ == "__main__":
    main()
