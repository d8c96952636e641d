"""One server that this process has started, and how to wait for it."""

from __future__ import annotations

import select
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rehearsal.errors import RehearsalError
from rehearsal.local_servers.server_process import LOOPBACK

_LOG_LINES_SHOWN: Final = 15
_READY_DEADLINE_IN_SECONDS: Final = 90.0


class ServerError(RehearsalError):
    """A server did not start, or another rehearsal uses the state folder; the message says which and what to do."""


@dataclass
class Server:
    """One server that has been started; its socket listens already, so a call made now is answered once it is up."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log_path: Path
    health_path: str
    ready: bool = False

    @property
    def url(self) -> str:
        """Where it answers: `http://127.0.0.1:PORT`."""
        return f"http://{LOOPBACK}:{self.port}"

    def wait_until_ready(self, deadline_in_seconds: float = _READY_DEADLINE_IN_SECONDS) -> None:
        """Wait for its first answer; raises ServerError with its last log lines if it dies or stays silent."""
        give_up = time.monotonic() + deadline_in_seconds
        while not self.ready:
            self._raise_if_dead()
            self.ready = self._answers(give_up)
            if not self.ready and time.monotonic() > give_up:
                raise ServerError(f"{self.name} did not answer within {deadline_in_seconds:g} s; {self._last_words()}")

    def _answers(self, give_up: float) -> bool:
        """One request that waits for as long as the server lives; whether it was answered with 200."""
        with suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=5) as connection:
            request = f"GET {self.health_path} HTTP/1.1\r\nHost: {LOOPBACK}:{self.port}\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode())
            while time.monotonic() <= give_up and self.process.poll() is None:
                if select.select([connection], [], [], 0.1)[0]:
                    return b" 200 " in connection.recv(64)
        return False

    def death(self) -> ServerError | None:
        """What there is to say of a server that has ended by itself; None of one that runs."""
        if (code := self.process.poll()) is None:
            return None
        when = "while the rehearsal needed it" if self.ready else "instead of starting"
        return ServerError(f"{self.name} ended with exit code {code} {when}; {self._last_words()}")

    def _raise_if_dead(self) -> None:
        if death := self.death():
            raise death

    def _last_words(self) -> str:
        lines = self.log_path.read_text(errors="replace").splitlines()[-_LOG_LINES_SHOWN:]
        return f"the end of its log {self.log_path}:\n" + "\n".join(f"  {line}" for line in lines or ["(empty)"])
