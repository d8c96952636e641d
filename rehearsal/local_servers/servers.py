"""Start, keep and stop the two servers of a rehearsal: the embedded AWS and MLflow.

Each runs in a session of its own on a socket that this process has bound, so its address is known and safe before the
server is up, and both come up at the same time. A server ends when it is stopped, or when this process ends for any
reason (its standard input closes then), unless it was told to stay.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from rehearsal.local_servers import kept_servers
from rehearsal.local_servers.kept_servers import KeptServer, process_identity
from rehearsal.local_servers.mlflow_database import database_arguments
from rehearsal.local_servers.server import Server, ServerError
from rehearsal.local_servers.server_process import KEEP, LOOPBACK, listening_socket
from rehearsal.local_servers.state_folder import locked_state_folder
from rehearsal.sealed_environment import ACCOUNT_ID, sealed_environment

_PACKAGE_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ports:
    """Ports of 127.0.0.1 that the person asked for; 0 takes a free one."""

    aws: int = 0
    mlflow: int = 0


@dataclass
class Servers:
    """The servers of one rehearsal; leaving the `with` block stops them, unless they are kept."""

    state_dir: Path
    aws: Server
    mlflow: Server | None
    _lock: IO[bytes] = field(repr=False)
    replaced: tuple[str, ...] = ()
    """Names of servers that an earlier rehearsal had kept there, and that were stopped for these."""
    _kept: bool = False

    @property
    def endpoint_url(self) -> str:
        """Endpoint of the embedded AWS, for every service."""
        return self.aws.url

    @property
    def tracking_uri(self) -> str:
        """Tracking URI of the MLflow server, and the address of its pages."""
        if self.mlflow is None:
            raise ServerError("no MLflow server was started: start the servers with an artifact_root")
        return self.mlflow.url

    def wait_until_ready(self) -> Self:
        """Wait for every server's first answer; raises ServerError."""
        for server in self._all():
            server.wait_until_ready()
        return self

    def announce(self) -> None:
        """Remember where the servers are, so that other processes find them as long as they run."""
        kept_servers.write(
            self.state_dir,
            [KeptServer(s.name, s.process.pid, s.port, process_identity(s.process.pid) or "") for s in self._all()],
        )

    def keep(self) -> None:
        """Let the servers live on after this process; `stop_kept` of the same state folder ends them."""
        self.announce()
        for server in self._all():
            if server.process.stdin is not None:
                server.process.stdin.write(KEEP)
                server.process.stdin.close()
            # They are nobody's children from now on; without this Python warns that they still run.
            server.process.returncode = 0
        self._kept = True
        self._lock.close()

    def stop(self) -> None:
        """End every server that is not kept: politely, and after five seconds by force."""
        if self._kept:
            return
        _stop([server.process for server in self._all()])
        kept_servers.forget(self.state_dir)
        self._lock.close()

    def _all(self) -> list[Server]:
        return [self.aws] if self.mlflow is None else [self.aws, self.mlflow]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Whatever failed without a server that has died, its death is the reason.
        failed = isinstance(error, Exception) and not self._kept
        deaths = [death for server in self._all() if (death := server.death())] if failed else []
        self.stop()
        if deaths:
            raise deaths[0] from error


def start_servers(
    state_dir: Path,
    *,
    region: str,
    artifact_root: str | None,
    account_id: str = ACCOUNT_ID,
    ports: Ports = Ports(),
) -> Servers:
    """Start the embedded AWS and, with an `artifact_root` (`s3://BUCKET/PREFIX`), MLflow; returns before they are up.

    The embedded AWS plays the account `account_id`. Logs, database and state are in `state_dir`, which is
    made. Servers that an earlier rehearsal kept there are stopped first. The MLflow database is a new one each time.

    Raises:
        PortError: a port cannot be had.
        ServerError: `state_dir` cannot be written, or another rehearsal runs in it.
        KeptServersError: it is not known which servers an earlier rehearsal kept there.
    """
    state_dir = state_dir.resolve()
    lock = locked_state_folder(state_dir)
    started: list[subprocess.Popen[bytes]] = []
    try:
        replaced = tuple(stop_kept(state_dir))
        with listening_socket(ports.aws) as aws_socket, listening_socket(ports.mlflow) as mlflow_socket:
            aws_port, mlflow_port = aws_socket.getsockname()[1], mlflow_socket.getsockname()[1]
            environment = sealed_environment(os.environ, region=region, endpoint_url=f"http://{LOOPBACK}:{aws_port}")
            playing = {"MOTO_ACCOUNT_ID": account_id}
            started.append(_spawn(state_dir, "embedded_aws", aws_socket, [], environment | playing))
            aws = Server(
                "the embedded AWS", aws_port, started[0], _log(state_dir, "embedded_aws"), "/_rehearsal/health"
            )
            mlflow = None
            if artifact_root is not None:
                arguments = ["--artifact-root", artifact_root, *database_arguments(state_dir, artifact_root)]
                started.append(_spawn(state_dir, "mlflow_server", mlflow_socket, arguments, environment))
                log = _log(state_dir, "mlflow_server")
                mlflow = Server("the MLflow server", mlflow_port, started[1], log, "/health")
        return Servers(state_dir, aws, mlflow, lock, replaced)
    except BaseException:
        _stop(started)
        lock.close()
        raise


def stop_kept(state_dir: Path) -> list[str]:
    """Stop the servers that an earlier rehearsal left running; returns the names of those that were.

    A process is stopped only if it is still the one that was started: its start time and command are compared.
    """
    stopped = []
    for server in kept_servers.read(state_dir):
        if process_identity(server.pid) == server.identity:
            _end_group(server.pid)
            stopped.append(server.name)
    kept_servers.forget(state_dir)
    return stopped


def _spawn(
    state_dir: Path, module: str, listener: socket.socket, arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    python_path = os.pathsep.join(filter(None, [str(_PACKAGE_ROOT), environment.get("PYTHONPATH", "")]))
    fd = listener.fileno()
    with _log(state_dir, module).open("wb") as log:
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                f"rehearsal.local_servers.{module}",
                "--fd",
                str(fd),
                "--stop-when-stdin-closes",
                *arguments,
            ],
            pass_fds=(fd,),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=state_dir,
            # A server's libraries warn; that is nothing to end it for, whatever its starter wants for itself.
            env={**environment, "PYTHONPATH": python_path, "PYTHONWARNINGS": ""},
            start_new_session=True,
        )


def _log(state_dir: Path, module: str) -> Path:
    return state_dir / f"{module}.log"


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        _signal_group(process.pid, signal.SIGTERM)
    give_up = time.monotonic() + 5
    for process in processes:
        try:
            process.wait(max(0.0, give_up - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _end_group(pid: int) -> None:
    """End a process group whose leader is not our child."""
    identity = process_identity(pid)
    _signal_group(pid, signal.SIGTERM)
    give_up = time.monotonic() + 5
    while process_identity(pid) == identity and time.monotonic() < give_up:
        time.sleep(0.02)
    if process_identity(pid) == identity:
        _signal_group(pid, signal.SIGKILL)


def _signal_group(pid: int, number: signal.Signals) -> None:
    # Each server leads its session, so its group has its pid. No such group: it has ended already.
    with suppress(ProcessLookupError):
        os.killpg(pid, number)
