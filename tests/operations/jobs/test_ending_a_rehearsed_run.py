"""A rehearsed training job, stopped, interrupted or redriven: what runs it says how it ended, and nothing goes on."""

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

from rehearsal.invoking.schedule_runner import InvocationFailedError, invoke_schedule, read_schedule
from tests.operations.deployed_stack import FIRST, DeployedStack, deployed_stack
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
PREFIX = "breast-cancer-staging"
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
    """A run that trains: its process, and its training job, where it has named it."""

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
def training(stack: DeployedStack, *command: str) -> Iterator[Run]:
    """A command that trains (`training-jobs run` where none is told), from when its script waits."""
    with subprocess.Popen(
        [sys.executable, "-c", WITH_DEFAULT_SIGNALS, PROGRAM, *(command or ("run", "--rehearsal"))],
        cwd=stack.project,
        env=environment_for(stack.project, {"PYTHONUNBUFFERED": "1"}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        read = ""
        for line in process.stdout:
            read += line
            if "the script waits" in line:
                break
        else:
            pytest.fail(read + (process.stderr.read() if process.stderr else ""))
        named = re.search(rf"{PREFIX}-[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}", read)
        yield Run(process, named[0] if named else "")


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


def test_a_dead_letter_that_is_redriven_runs_to_its_end_and_is_gone(
    waiting: DeployedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(waiting.project)
    schedule = read_schedule(waiting.clients, waiting.job.group_name, waiting.job.schedule_name)
    with pytest.raises(InvocationFailedError, match="a dead letter is in"):
        invoke_schedule(waiting.clients, schedule, scheduled_time=FIRST, authorize=lambda *_: ["may not iam:PassRole"])
    (letter,) = re.findall(r"^([0-9a-f-]{36})  ", typed("dead-letters", "--rehearsal").stdout, re.MULTILINE)
    with training(waiting, "dead-letters", "--rehearsal", "--redrive", letter) as redriving:
        (waiting.project / "gate").write_text("")
        code, printed, errors = redriving.end()

    assert (code, errors) == (0, "")
    (name,) = set(re.findall(rf"{PREFIX}-[0-9a-f-]{{36}}", printed))
    run = told_of(waiting, name, monkeypatch)
    assert (run["status"], run["scheduled_time"]) == ("Completed", "2026-10-01T03:00:00Z")
    left = typed("dead-letters", "--rehearsal")
    assert (left.exit_code, letter in left.stdout) == (0, False)


def test_a_job_that_a_rehearsal_fires_is_stopped_as_well_and_what_is_kept_tells_of_it(
    waiting: DeployedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(waiting.project)  # whose servers this rehearsal takes the place of
    with training(waiting, "rehearse", "--keep") as rehearsal:
        stop = typed("stop", rehearsal.name, "--rehearsal")
        rehearsal.read_until("asked to stop: it has 120 s to end by itself")
        (waiting.project / "gate").write_text("")
        code, _, errors = rehearsal.end()

    assert (stop.exit_code, "is asked to stop" in stop.stdout) == (0, True)
    assert (code, f"training job {rehearsal.name} ended as Stopped" in errors) == (1, True)
    assert_stopped(told_of(waiting, rehearsal.name, monkeypatch))
