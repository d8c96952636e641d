"""Refuses and records every connection that leaves this machine, in every Python process that finds this on its path.

`install(directory)` writes a `sitecustomize.py`; a process with the directory on PYTHONPATH runs it as it starts, and
hands the variable on. The standard library raises an audit event for each look-up and each connection.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_SITE_CUSTOMIZE = """
import json
import os
import sys

_RECORD = {record!r}
_EVENTS = {{"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}}
_LOCAL = ("127.", "localhost", "::1")


def _host(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        return arguments[0]
    address = arguments[1]
    return address[0] if isinstance(address, tuple) else None  # a path is a Unix socket, which stays here


def _guard(event, arguments):
    if event not in _EVENTS:
        return
    host = _host(event, arguments)
    text = host.decode() if isinstance(host, bytes) else host
    if not text or text.startswith(_LOCAL):
        return
    _write({{"event": event, "host": text, "command": sys.argv or [sys.executable]}})
    raise OSError(f"the network guard refused {{event}} to {{text}}")


def _write(entry):
    descriptor = os.open(_RECORD, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, (json.dumps(entry) + "\\n").encode())
    finally:
        os.close(descriptor)


sys.addaudithook(_guard)
_write({{"event": "guarded", "host": "", "command": sys.orig_argv}})
"""


@dataclass(frozen=True)
class Attempt:
    """What a guarded process tried, and its command line; the event `guarded` says that it is guarded."""

    event: str
    host: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class NetworkGuard:
    """The directory for PYTHONPATH, and the file in which every guarded process writes."""

    directory: Path
    record: Path

    @property
    def refused(self) -> list[Attempt]:
        """Connections and look-ups that were refused."""
        return [attempt for attempt in self._entries() if attempt.event != "guarded"]

    @property
    def guarded(self) -> list[str]:
        """Command lines of the processes that were guarded."""
        return [" ".join(attempt.command) for attempt in self._entries() if attempt.event == "guarded"]

    def _entries(self) -> list[Attempt]:
        entries = map(json.loads, self.record.read_text().splitlines() if self.record.exists() else ())
        return [Attempt(entry["event"], entry["host"], tuple(entry["command"])) for entry in entries]


def install(directory: Path) -> NetworkGuard:
    """Write the guard into a new directory."""
    directory.mkdir()
    record = directory / "record.jsonl"
    (directory / "sitecustomize.py").write_text(_SITE_CUSTOMIZE.format(record=str(record)))
    return NetworkGuard(directory, record)
