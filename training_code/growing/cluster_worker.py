"""One of the other hosts: a Dask worker until the first host is gone. It reads, tracks, saves and registers nothing.

The worker is a process of its own. If it is killed, for its memory say, this host starts another one instead of failing
the job: SageMaker fails a job as soon as one of its containers does.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import joblib

import packages
from failure import TrainingError
from options.hosts import DASK_LOGGING, PORT, Hosts
from progress import say

PATIENCE_SECONDS = 600.0
"""How long a host looks for the first one: the toolkit installs the requirements on each by itself."""
_LOOK_SECONDS = 0.5
_FAREWELL_SECONDS = 5.0
"""How long the port may be open after the scheduler has sent its workers home."""
_STARTS = 10


def work(hosts: Hosts, n_jobs: int, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Grow what the first host hands out, until it is gone. How the job ended is for that host to say.

    Raises:
        TrainingError: the first host does not appear.
    """
    say(f"host {hosts.current} grows for {hosts.leader}")
    if not _wait(hosts, appear=True, seconds=patience_seconds):
        raise TrainingError(
            f"host {hosts.current}: nothing listens at {hosts.leader}:{PORT} after {patience_seconds:.0f} s; see "
            f"the log of {hosts.leader}; in a VPC, the job's security groups must let its members reach each other"
        )
    threads = int(joblib.effective_n_jobs(n_jobs))
    for start in range(1, _STARTS + 1):
        code = _run_worker(hosts, f"{hosts.current}#{start}", threads)
        if _wait(hosts, appear=False, seconds=_FAREWELL_SECONDS):
            say(f"host {hosts.current}: {hosts.leader} is done")
            return
        say(f"host {hosts.current}: its worker ended (exit code {code}), {hosts.leader} goes on")
    say(f"host {hosts.current}: its worker ended {_STARTS} times, so {hosts.leader} goes on without it")


def _run_worker(hosts: Hosts, name: str, threads: int) -> int:
    command = [
        sys.executable,
        packages.__file__,
        "distributed.cli.dask_worker",
        hosts.address,
        "--no-nanny",
        "--no-dashboard",
    ]
    command += ["--name", name, "--host", hosts.current, "--nthreads", str(threads), "--memory-limit", "0"]
    quiet = {**os.environ, "DASK_LOGGING": repr(DASK_LOGGING)}
    process = subprocess.Popen([*command, "--death-timeout", "60"], env=quiet)
    say(f"host {hosts.current}: worker {name} with {threads} threads is process {process.pid}")
    try:
        return process.wait()
    finally:
        process.kill()
        process.wait()


def _wait(hosts: Hosts, *, appear: bool, seconds: float) -> bool:
    """Whether the first host's port came to be open, or shut, in time."""
    end = time.monotonic() + seconds
    while _listens(hosts) is not appear:
        left = end - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(_LOOK_SECONDS, left))
    return True


def _listens(hosts: Hosts) -> bool:
    try:
        with socket.create_connection((hosts.leader, PORT), timeout=5):
            return True
    except OSError:
        return False
