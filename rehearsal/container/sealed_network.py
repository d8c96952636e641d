"""Where a training job reaches S3 and MLflow and nothing else: no package index, no other server of this machine.

On Linux the job's processes have a network namespace of their own, in which connections to the ports of these two are
accepted by this process and handed on. Elsewhere, and where the kernel does not let us, what the job would need for the
way out is a proxy at a port where nothing listens.
"""

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from rehearsal.sealed_environment import NO_ENDPOINT

_PROGRAM: Final = Path(__file__).with_name("network_namespace.py")
_CHUNK: Final = 1 << 16
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_START_SECONDS: Final = 60.0


@dataclass(frozen=True)
class SealedNetwork:
    """How a job's processes are started: what stands before the command, and with which variables.

    `difference` is what is otherwise than in a container, "" for nothing.
    """

    prefix: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    difference: str = ""


@contextmanager
def sealed_network(
    addresses: Sequence[str], python: Path, read_only: Path, *, namespaces: bool = True
) -> Iterator[SealedNetwork]:
    """A network in which these addresses (http://127.0.0.1:PORT) answer and nothing else does.

    `python` starts the job, and what is below `read_only` cannot be written to by it. Without `namespaces` it is done
    as where there are none.
    """
    ports = sorted({port for each in addresses if each != NO_ENDPOINT and (port := urlsplit(each).port)})
    holder = _Holder.start(ports, read_only) if namespaces and sys.platform == "linux" else None
    if holder is None:
        yield SealedNetwork(
            variables=dict.fromkeys(_PROXIES, NO_ENDPOINT),
            difference="no network namespace here: a package index is cut off by a proxy that leads nowhere",
        )
        return
    try:
        yield SealedNetwork((str(python), str(_PROGRAM), "enter", str(holder.process.pid)))
    finally:
        holder.end()


@dataclass
class _Holder:
    """The process that keeps the namespaces, and what accepts for the servers outside."""

    process: "subprocess.Popen[bytes]"
    control: socket.socket
    listening: list[socket.socket]

    @classmethod
    def start(cls, ports: Sequence[int], read_only: Path) -> "_Holder | None":
        """Make the namespaces; None where the kernel does not let us."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-I", str(_PROGRAM), "hold", str(theirs.fileno()), str(read_only.resolve())]
            process = subprocess.Popen(
                [*command, *map(str, ports)],
                pass_fds=[theirs.fileno()],
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        ours.settimeout(_START_SECONDS)
        try:
            _, descriptors, _, _ = socket.recv_fds(ours, 16, len(ports))
        except OSError:
            descriptors = []
        ours.settimeout(None)
        holder = cls(process, ours, [socket.socket(fileno=each) for each in descriptors])
        if len(descriptors) != len(ports):
            holder.end()
            return None
        for server, port in zip(holder.listening, ports, strict=True):
            threading.Thread(target=_accept, args=(server, port), name=f"port {port}", daemon=True).start()
        return holder

    def end(self) -> None:
        """Close it all, and see the process end."""
        for server in self.listening:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)  # wakes who accepts
            server.close()
        self.control.close()
        self.process.wait()


def _accept(server: socket.socket, port: int) -> None:
    while True:
        try:
            inside, _ = server.accept()
        except OSError:  # it was closed: the job is over
            return
        threading.Thread(target=_hand_on, args=(inside, port), name=f"connection to {port}", daemon=True).start()


def _hand_on(inside: socket.socket, port: int) -> None:
    """Join a connection of the job's with one to the server, until both directions are closed."""
    with inside:
        try:
            outside = socket.create_connection(("127.0.0.1", port))
        except OSError:
            return
        with outside:
            back = threading.Thread(target=_pump, args=(outside, inside), daemon=True)
            back.start()
            _pump(inside, outside)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
