"""The file that remembers which servers a rehearsal left running: `servers.json` in its state folder."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError

_FILE_NAME = "servers.json"


class KeptServersError(RehearsalError):
    """What is remembered cannot be read; the message says what to do."""


@dataclass(frozen=True)
class KeptServer:
    """A server that was left running; `identity` tells its process from a later one with the same pid."""

    name: str
    pid: int
    port: int
    identity: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


def write(state_dir: Path, servers: Sequence[KeptServer]) -> None:
    """Remember `servers` in place of what was remembered before."""
    path = state_dir / _FILE_NAME
    draft = path.with_name(_FILE_NAME + ".draft")
    draft.write_text(json.dumps([asdict(server) for server in servers], indent=2) + "\n")
    draft.replace(path)


def read(state_dir: Path) -> list[KeptServer]:
    """Read the servers remembered in `state_dir`, whether they still run or not; none if there is no file.

    Raises:
        KeptServersError: the file is damaged.
    """
    path = state_dir / _FILE_NAME
    if not path.exists():
        return []
    try:
        return [KeptServer(**entry) for entry in json.loads(path.read_text())]
    except (ValueError, TypeError) as error:
        raise KeptServersError(
            f"{path} is damaged, so it is not known which servers a rehearsal left running: end those that `ps` shows "
            "as rehearsal.local_servers, and remove the file"
        ) from error


def forget(state_dir: Path) -> None:
    """Remember none."""
    (state_dir / _FILE_NAME).unlink(missing_ok=True)


def process_identity(pid: int) -> str | None:
    """Start time and command line of a process that runs; None if there is none (or only its exit code is left)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None if Path("/proc/self/stat").exists() else _identity_from_ps(pid)
    # The second field is the program's name in brackets and may hold spaces: count from the bracket that closes it.
    fields = stat.rpartition(")")[2].split()
    state, started = fields[0], fields[19]
    return None if state == "Z" else f"{started} {command.replace(bytes(1), b' ').decode(errors='replace').strip()}"


def _identity_from_ps(pid: int) -> str | None:
    found = subprocess.run(
        ["ps", "-o", "lstart=,command=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    )
    return found.stdout.strip() or None
