"""What a person can mend is one message and exit code 1, or 2 of a wrong command line; a defect has its traceback."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import pulumi

from rehearsal.errors import OptionError, RehearsalError

WRONG_USE = 2
"""As typer ends where it refuses a command line itself."""
INTERRUPTED = 130
_AGAIN_AFTER_SECONDS = 0.05


def run_command(command: Callable[[], int]) -> int:
    """Run a command and return its exit code."""
    try:
        with _interrupted_by(signal.SIGTERM, signal.SIGHUP), _no_interrupt_lost():
            return command()
    except (RehearsalError, pulumi.RunError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - standard error, unadorned, for people and pipes
        return WRONG_USE if isinstance(error, OptionError) else 1
    except Exception as error:
        if (message := _of_aws(error)) is None:
            raise
        print(f"error: {message}", file=sys.stderr)  # noqa: T201 - as above
        return 1
    except KeyboardInterrupt:
        print("interrupted; everything that was started has been stopped", file=sys.stderr)  # noqa: T201 - as above
        return INTERRUPTED


def _of_aws(error: Exception) -> str | None:
    """What AWS, or the way to it, has against a command; None of any other error. Loads nothing of AWS's for that."""
    if "botocore" not in sys.modules:
        return None
    from botocore.exceptions import BotoCoreError, ClientError

    from operations.aws_mistakes import refused, unasked

    if isinstance(error, ClientError):
        return refused(error)
    return unasked(error) if isinstance(error, BotoCoreError) else None


@contextmanager
def _interrupted_by(*numbers: signal.Signals) -> Iterator[None]:
    """Take these signals as Ctrl-C, so that a closed terminal leaves nothing running; one that is ignored stays so."""
    before = {number: signal.getsignal(number) for number in numbers}
    ours = [number for number, handler in before.items() if handler == signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def _no_interrupt_lost() -> Iterator[None]:
    """Interrupt again where Python drops an interrupt: in the callbacks of weak references, which imports use often."""
    before = sys.unraisablehook

    def hook(dropped: sys.UnraisableHookArgs) -> None:
        if not isinstance(dropped.exc_value, KeyboardInterrupt):
            before(dropped)
            return
        # Not at once: it would be dropped again, together with this hook.
        main = threading.main_thread().ident or 0
        again = threading.Timer(_AGAIN_AFTER_SECONDS, signal.pthread_kill, (main, signal.SIGINT))
        again.daemon = True
        again.start()

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
