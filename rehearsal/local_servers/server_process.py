"""What a server of the rehearsal does in its own process: take its socket over, and end with whoever started it."""

from __future__ import annotations

import errno
import os
import signal
import socket
import threading
from typing import Final

from rehearsal.errors import RehearsalError

LOOPBACK: Final = "127.0.0.1"
KEEP: Final = b"keep\n"
"""Written to a server's standard input, it tells the server to live on when its standard input closes."""


class PortError(RehearsalError):
    """The port that was asked for cannot be had."""


def listening_socket(port_or_fd: int, *, is_fd: bool = False) -> socket.socket:
    """Listen on a port of loopback (0: a free one), or take over a descriptor that listens already.

    Because the socket listens from here on, nobody else can take the port, and clients that come before the server
    is ready wait instead of being refused.

    Raises:
        PortError: the port is taken, or this person may not listen on it.
    """
    if is_fd:
        return socket.socket(fileno=port_or_fd)
    try:
        return socket.create_server((LOOPBACK, port_or_fd), backlog=128)
    except OSError as error:
        place = f"port {port_or_fd} of {LOOPBACK}"
        if error.errno == errno.EADDRINUSE:
            raise PortError(
                f"{place} is taken by another program: end that program, name another port, or name none to have a "
                "free one"
            ) from error
        raise PortError(
            f"{place} cannot be used: {os.strerror(error.errno or 0)}; name another port, or none to have a free one"
        ) from error


def stop_when_stdin_closes() -> None:
    """End this process when its standard input closes, that is when its parent has ended in whatever way.

    Unlike PR_SET_PDEATHSIG this works on every system and does not depend on which thread started the process.
    """

    def watch() -> None:
        # Not `sys.stdin`: a thread that waits in it holds its lock, and the interpreter cannot shut down then.
        received = b""
        while chunk := os.read(0, 64):
            received += chunk
        if received != KEEP:
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()
