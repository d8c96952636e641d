"""What a person can mend becomes one message and exit code 1; a defect of ours keeps its traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pulumi

from rehearsal.errors import RehearsalError

INTERRUPTED = 130


def run_command(command: Callable[[], int]) -> int:
    """Run a command and return its exit code."""
    try:
        return command()
    except (RehearsalError, pulumi.RunError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - standard error, unadorned, for people and pipes
        return 1
    except KeyboardInterrupt:
        print("interrupted; everything that was started has been stopped", file=sys.stderr)  # noqa: T201 - as above
        return INTERRUPTED
