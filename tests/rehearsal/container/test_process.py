import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from rehearsal.container.process import Limits, ProcessOutcome, run_process

pytestmark = pytest.mark.slow

IGNORE_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
SLEEP = "import time; time.sleep(60)\n"


def run(code: str, tmp_path: Path, limits: Limits, lines: list[str] | None = None) -> ProcessOutcome:
    found = [] if lines is None else lines
    return run_process(
        [sys.executable, "-u", "-c", code],
        environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        directory=tmp_path,
        on_line=found.append,
        limits=limits,
    )


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it ends before the file is opened, or before it is read
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def wait_until_dead(pid: int) -> None:
    deadline = time.monotonic() + 60
    while is_alive(pid):
        assert time.monotonic() < deadline, f"process {pid} is still alive"
        threading.Event().wait(0.01)


def test_output_and_errors_come_line_by_line_and_the_exit_code_is_told(tmp_path: Path) -> None:
    lines: list[str] = []

    code = (
        "import os, sys\n"
        "print('one')\n"
        "print('zwö', file=sys.stderr)\n"
        "print(os.getcwd())\n"
        "sys.stdout.buffer.write(b'\\xff')\n"
        "sys.exit(3)"
    )

    outcome = run(code, tmp_path, Limits(30), lines)

    assert outcome == ProcessOutcome(exit_code=3, timed_out=False, stopped=False)
    assert lines == ["one", "zwö", str(tmp_path), "\ufffd"]


def test_a_process_that_ends_on_sigterm_ends_at_its_time_limit(tmp_path: Path) -> None:
    assert run(SLEEP, tmp_path, Limits(0.2)) == ProcessOutcome(-signal.SIGTERM, timed_out=True, stopped=False)


def test_a_process_that_does_not_end_on_sigterm_is_killed_after_the_grace(tmp_path: Path) -> None:
    stop = threading.Event()

    outcome = run_process(
        [sys.executable, "-u", "-c", IGNORE_SIGTERM + "print('ready')\n" + SLEEP],
        environment={},
        directory=tmp_path,
        on_line=lambda line: stop.set() if line == "ready" else None,
        limits=Limits(60, grace_seconds=0.1, stop_requested=stop),
    )

    assert outcome == ProcessOutcome(-signal.SIGKILL, timed_out=False, stopped=True)


def test_a_process_is_ended_when_a_stop_is_requested(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()

    outcome = run(SLEEP, tmp_path, Limits(60, stop_requested=stop))

    assert outcome == ProcessOutcome(-signal.SIGTERM, timed_out=False, stopped=True)


def test_no_process_of_the_group_outlives_the_first_one(tmp_path: Path) -> None:
    lines: list[str] = []
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], stdout=subprocess.DEVNULL, "
        "stderr=subprocess.DEVNULL)\n"
        "print(child.pid)"
    )

    outcome = run(code, tmp_path, Limits(30), lines)

    assert outcome.exit_code == 0
    wait_until_dead(int(lines[0]))


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_exception_ends_the_whole_group(tmp_path: Path, error: type[BaseException]) -> None:
    pids: list[int] = []

    def interrupt(line: str) -> None:
        pids.append(int(line))
        raise error

    with pytest.raises(error):
        run_process(
            [sys.executable, "-u", "-c", IGNORE_SIGTERM + "import os; print(os.getpid())\n" + SLEEP],
            environment={},
            directory=tmp_path,
            on_line=interrupt,
            limits=Limits(60),
        )

    wait_until_dead(pids[0])
    assert not [thread for thread in threading.enumerate() if thread.name == "training time limit"]
