"""Where `training-jobs` begins: nothing is loaded yet, so a Ctrl-C shows no traceback, however early it comes."""

import atexit
import gc
import sys

_INTERRUPTED = 130
"""What a shell says of a command that Ctrl-C has ended."""


def main() -> None:
    """Load the command line and run it.

    Python would look for garbage hundreds of times in what is loaded, which is none, and once more as it ends: together
    a fifth of a check's time.
    """
    gc.set_threshold(100_000, 50, 100)
    atexit.register(gc.freeze)
    try:
        from operations import command_line

        command_line.main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201 - standard error, unadorned, for people and pipes
        sys.exit(_INTERRUPTED)
