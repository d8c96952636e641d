"""Reads channels beside other work, for whoever needs them later, or not at all.

What is read must not load scikit-learn meanwhile, because the other work does: two threads that load modules which know
each other may see half of one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from dataset import Channels


class Reading:
    """A reading that has begun. Nobody waits for it who does not ask: the process may end before it does."""

    def __init__(self, read: Callable[[], Channels]) -> None:
        """Begin to read."""
        self._channels: Channels | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(read,), name="reading", daemon=True)
        self._thread.start()

    def result(self) -> Channels:
        """What was read, once.

        Raises:
            TrainingError: as `dataset.read_channels`.
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
