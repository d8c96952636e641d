"""`training-jobs run --rehearsal`, stopped or interrupted while it trains: the job says so, and nothing goes on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.operations.deployed_stack import DeployedStack, deployed_stack
from tests.operations.projects import (
    PROGRAM,
    WITH_DEFAULT_SIGNALS,
    environment_for,
    left_in_temporary_files,
    processes_of,
    require_container,
    typed,
)

pytestmark = pytest.mark.slow
SCRIPT = """
import pathlib, sys
print("the script waits", flush=True)
pathlib.Path(sys.argv[sys.argv.index("--gate") + 1]).read_text()
"""
"""It waits until somebody opens the gate, which is a FIFO, for writing."""


def prepare(project: Path) -> None:
    (project / "waiting").mkdir()
    (project / "waiting" / "train.py").write_text(SCRIPT)
    os.mkfifo(project / "gate")
    path = project / "Pulumi.staging.yaml"
    stack = yaml.safe_load(path.read_text())
    job = stack["config"]["scheduled-training:training_jobs"]["breast-cancer"]
    job |= {"source": {"directory": "waiting"}, "hyperparameters": {"gate": str(project / "gate")}, "tracking": "none"}
    path.write_text(yaml.safe_dump(stack))


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    require_container()
    with deployed_stack(tmp_path_factory.mktemp("waiting"), prepare=prepare) as stack:
        yield stack


@dataclass
class Run:
    """A run that trains: its process, and its training job."""

    process: subprocess.Popen[str]
    name: str

    def read_until(self, text: str) -> None:
        assert self.process.stdout is not None
        read = list[str]()
        for line in self.process.stdout:
            read.append(line)
            if text in line:
                return
        pytest.fail(f"{text!r} did not come: {''.join(read)}")

    def end(self) -> tuple[int, str, str]:
        rest, errors = self.process.communicate(timeout=120)
        return self.process.returncode, rest, errors


@contextmanager
def training(stack: DeployedStack) -> Iterator[Run]:
    """`training-jobs run`, from when its script waits."""
    with subprocess.Popen(
        [sys.executable, "-c", WITH_DEFAULT_SIGNALS, PROGRAM, "run", "--rehearsal"],
        cwd=stack.project,
        env=environment_for(stack.project, {"PYTHONUNBUFFERED": "1"}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        named = re.fullmatch(r"training job (\S+)\n", first)
        assert named is not None, first + process.stdout.read() + (process.stderr.read() if process.stderr else "")
        run = Run(process, named[1])
        run.read_until("the script waits")
        yield run


def told_of(stack: DeployedStack, name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(stack.project)
    (job,) = json.loads(typed("status", "--rehearsal", "--json", "-n", "1").stdout)["jobs"]
    (run,) = job["training_jobs"]
    assert run["name"] == name
    assert isinstance(run, dict)
    return run


def assert_stopped(run: dict[str, Any]) -> None:
    assert (run["status"], run["secondary_status"]) == ("Stopped", "Stopped")
    assert run["created"] <= run["started"] <= run["ended"]
    assert run["duration_in_seconds"] >= 0
    assert run["billable_seconds"] is not None
    assert run["reason"] == "somebody stopped it, with training-jobs stop or otherwise"
    assert (run["failure_reason"], run["model"]) == (None, None)


def test_a_run_that_somebody_stops_ends_as_stopped(waiting: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(waiting.project)
    before = processes_of(waiting.project)
    with training(waiting) as run:
        stop = typed("stop", run.name, "--rehearsal")
        run.read_until("asked to stop: it has 120 s to end by itself")
        (waiting.project / "gate").write_text("")
        code, printed, errors = run.end()

    assert (stop.exit_code, "is asked to stop" in stop.stdout) == (0, True)
    assert (code, errors) == (1, "")
    assert printed.count("Stopped") == 1, "it is told once"
    assert printed.splitlines()[-1] == (
        f"training job {run.name} Stopped: somebody stopped it, with training-jobs stop or otherwise. See: "
        f"training-jobs logs {run.name} --rehearsal"
    )
    assert_stopped(told_of(waiting, run.name, monkeypatch))
    described = waiting.clients.sagemaker.describe_training_job(TrainingJobName=run.name)
    assert "ModelArtifacts" not in described
    assert processes_of(waiting.project) == before
    assert left_in_temporary_files(waiting.project) == []


def test_a_run_that_is_interrupted_is_stopped_with_all_that_it_started(
    waiting: DeployedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = processes_of(waiting.project)
    with training(waiting) as run:
        assert len(processes_of(waiting.project)) > len(before)
        run.process.send_signal(signal.SIGINT)
        code, _, errors = run.end()

    assert (code, errors) == (130, "interrupted; everything that was started has been stopped\n")
    assert_stopped(told_of(waiting, run.name, monkeypatch))
    assert processes_of(waiting.project) == before
    assert left_in_temporary_files(waiting.project) == []
