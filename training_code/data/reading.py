"""Reads channels beside other work, for whoever needs them later, or not at all.

What is read must not load scikit-learn meanwhile, because the other work does: two threads that load modules which know
each other may see half of one.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

from data.channels import Channels

_THREAD = "reading"


class Reading:
    """A reading that has begun. Nobody waits for it who does not ask: the process may end before it does."""

    def __init__(self, read: Callable[[], Channels]) -> None:
        """Begin to read."""
        self._channels: Channels | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(read,), name=_THREAD, daemon=True)
        self._thread.start()

    def result(self) -> Channels:
        """What was read, once.

        Raises:
            TrainingError: as `channels.read_channels`.
        """
        self._thread.join()
        if self._error is not None:
            raise self._error
        channels, self._channels = self._channels, None
        assert channels is not None  # noqa: S101  # it is asked for once, and without an error it is there
        return channels

    def _run(self, read: Callable[[], Channels]) -> None:
        try:
            self._channels = read()
        except BaseException as error:  # noqa: BLE001  # raised again where it is asked for
            self._error = error


def end_process(code: int) -> NoReturn:
    """End this process, also while something is being read that nobody asked for.

    Arrow's threads would wait for an interpreter that waits for them: a job that has nothing to do would never end.
    """
    if any(each.name == _THREAD for each in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
