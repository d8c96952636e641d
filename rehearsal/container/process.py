"""Run the container's process: its lines as they come, its time limit, and no process left behind."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

STOP_GRACE_SECONDS: Final = 120.0
"""Between SIGTERM and SIGKILL. Source: SageMaker API reference, StopTrainingJob."""


@dataclass(frozen=True)
class ProcessOutcome:
    """How the process ended: exit code (negative: the signal), and whether its time was up or it was asked to stop."""

    exit_code: int
    timed_out: bool
    stopped: bool


@dataclass(frozen=True)
class Limits:
    """When to end a process: after a time, or when the event is set."""

    time_limit_seconds: float
    grace_seconds: float = STOP_GRACE_SECONDS
    stop_requested: threading.Event = field(default_factory=threading.Event)


def run_process(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    directory: Path,
    on_line: Callable[[str], None],
    limits: Limits,
) -> ProcessOutcome:
    """Run `arguments` in a process group of its own and pass on each line of its output, errors included.

    To end it, the process gets SIGTERM, and its whole group SIGKILL after the grace. The first signal goes to the
    process alone, as on AWS. However this ends, exceptions and KeyboardInterrupt included, nothing of the group lives.
    """
    process = subprocess.Popen(
        list(arguments),
        env=dict(environment),
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    limit = _Limit(process, limits)
    try:
        limit.start()
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        for line in process.stdout:
            on_line(line.rstrip("\r\n"))
        process.wait()
    finally:
        _kill_group(process)
        limit.finish()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    return ProcessOutcome(process.returncode, limit.timed_out, limit.stopped)


def _kill_group(process: "subprocess.Popen[str]") -> None:
    # The group outlives its leader as long as one member lives; without any there is nothing to kill.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class _Limit(threading.Thread):
    """Ends the process when its time is up or somebody asks for it."""

    _LOOK_SECONDS: Final = 0.2

    def __init__(self, process: "subprocess.Popen[str]", limits: Limits) -> None:
        super().__init__(name="training time limit", daemon=True)
        self._process = process
        self._limits = limits
        self._ended = threading.Event()
        self.timed_out = False
        self.stopped = False

    def run(self) -> None:
        end = time.monotonic() + self._limits.time_limit_seconds
        while (remaining := end - time.monotonic()) > 0 and not self._limits.stop_requested.is_set():
            if self._ended.wait(min(self._LOOK_SECONDS, remaining)):
                return
        if self._ended.is_set():
            return
        self.timed_out = not self._limits.stop_requested.is_set()
        self._process.terminate()
        if not self._ended.wait(self._limits.grace_seconds):
            _kill_group(self._process)

    def finish(self) -> None:
        """Stand down; returns when the thread has ended. Who was asked to stop has stopped, also if it just ended."""
        self._ended.set()
        if self.ident is not None:
            self.join()
        self.stopped = self._limits.stop_requested.is_set() and not self.timed_out
