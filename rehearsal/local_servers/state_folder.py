"""The folder in which a rehearsal keeps its servers' logs and database: one rehearsal at a time."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from rehearsal.local_servers.server import ServerError


def locked_state_folder(state_dir: Path) -> IO[bytes]:
    """Make the folder, and lock it until the file that is returned is closed.

    Raises:
        ServerError: it cannot be written, or another rehearsal uses it.
    """
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        lock = (state_dir / "lock").open("ab")
    except OSError as error:
        raise ServerError(
            f"{state_dir} cannot be used: {error.strerror}; logs and database of a rehearsal are kept there: make it a "
            "folder that can be written, or remove what is in its place"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise ServerError(
            f"another rehearsal is running in {state_dir}: wait for its end, or give this one another state folder"
        ) from error
    return lock
