"""However a rehearsal ends, what it started is stopped: failing job, Ctrl-C, closed terminal, a port that is taken."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.local_servers import kept_servers
from tests.operations.projects import (
    PROGRAM,
    WITH_DEFAULT_SIGNALS,
    copy_project,
    environment_for,
    left_in_temporary_files,
    processes_of,
    require_container,
    training_jobs,
)

pytestmark = pytest.mark.slow

MESSAGE = "interrupted; everything that was started has been stopped\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    require_container()
    return copy_project(tmp_path / "project")


def interrupt(project: Path, number: signal.Signals, is_time: Callable[[str], bool]) -> tuple[int, str, str]:
    """Start a rehearsal, send it a signal after the first line for which it is time; exit code and both outputs."""
    with subprocess.Popen(
        [sys.executable, "-c", WITH_DEFAULT_SIGNALS, PROGRAM, "rehearse", "--keep"],
        cwd=project,
        env=environment_for(project, {"PYTHONUNBUFFERED": "1"}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if is_time(line):
                assert len(processes_of(project)) >= 3, "the rehearsal and its two servers"
                process.send_signal(number)
                break
        rest, errors = process.communicate(timeout=300)
        return process.returncode, printed + rest, errors


def while_training(line: str) -> bool:
    return "growing: " in line


def after_deployment(line: str) -> bool:
    return "deploy the stack onto the embedded AWS" in line


@pytest.mark.parametrize(
    ("number", "is_time"),
    [(signal.SIGINT, while_training), (signal.SIGHUP, after_deployment)],
    ids=["ctrl-c-while-training", "closed-terminal-after-deployment"],
)
def test_an_interrupted_rehearsal_leaves_nothing(
    number: signal.Signals, is_time: Callable[[str], bool], project: Path
) -> None:
    code, printed, errors = interrupt(project, number, is_time)

    assert (code, errors) == (130, MESSAGE)
    assert "Traceback" not in printed
    assert processes_of(project) == []
    assert kept_servers.read(project / ".rehearsal" / "staging") == []
    assert left_in_temporary_files(project) == []


def test_a_training_job_that_fails_ends_the_rehearsal_with_its_reason_and_keeps_the_servers(project: Path) -> None:
    data = project / "mine.csv"
    data.write_text("size,target\n1,0\n2,0\n")

    ran = training_jobs(project, "rehearse", "--data", f"training={data}", "--keep")
    stopped = training_jobs(project, "rehearse", "--stop")

    name = re.search(r"\((breast-cancer-staging-[0-9a-f-]{36})\)", ran.stdout)
    assert name is not None
    log = project / ".rehearsal" / "staging" / "training-jobs" / f"{name[1]}.log"
    reason = (
        "channel training: all 2 rows are of one class, '0'; a classifier needs at least two: add rows of another class"
    )
    assert ran.returncode == 1
    assert ran.stderr == (
        f"error: training job {name[1]} ended as Failed: AlgorithmError: {reason}, exit code: 1\nits log: {log}\n"
    )
    assert f"training failed: {reason}\n" in ran.stdout, "the job's own line"
    assert f"training failed: {reason}\n" in log.read_text()
    assert re.search(r"^✗ +\d+\.\d s  train in the container \([^)]*Python 3\.\d+[^)]*\)$", ran.stdout, re.MULTILINE)
    assert stopped.stdout == "stopped: the embedded AWS, the MLflow server\n", "a failure is what one wants to look at"
    assert processes_of(project) == []
    assert left_in_temporary_files(project) == []


def test_an_empty_channel_is_refused_as_sagemaker_refuses_it(project: Path) -> None:
    (project / "nothing").mkdir()

    ran = training_jobs(project, "rehearse", "--data", "training=nothing")

    assert ran.returncode == 1
    assert ran.stderr == (
        'error: ValidationException: No S3 objects found under S3 URL "s3://ml-platform-staging-ml-bucket/datasets/'
        'training/" given in input data source. Please ensure that the bucket exists in the selected region '
        '(us-east-1), that objects exist under that S3 prefix, and that the role "arn:aws:iam::123456789012:role/'
        'breast-cancer-staging-execution" has "s3:ListBucket" permissions on bucket "ml-platform-staging-ml-bucket". '
        "(a dead letter is in arn:aws:sqs:us-east-1:123456789012:breast-cancer-staging-dead-letters)\n"
    )
    assert processes_of(project) == []


def test_a_port_that_is_taken_is_named(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = training_jobs(project, "rehearse", "--mlflow-port", str(port))

    assert (ran.returncode, ran.stderr) == (
        1,
        f"error: port {port} of 127.0.0.1 is taken by another program: end that program, name another port, "
        "or name none to have a free one\n",
    )
    assert processes_of(project) == []


def test_a_project_without_a_container_environment_is_told_before_anything_starts(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    (project / ".venv-container").unlink()

    ran = training_jobs(project, "rehearse")

    assert (ran.returncode, ran.stderr) == (
        1,
        f"error: no container environment: {project}/.venv-container/bin/train is missing; run `make install`\n",
    )
    assert not (project / ".rehearsal").exists()


def test_output_that_cannot_show_every_character_shows_the_rest(project: Path) -> None:
    latin = {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}

    ran = training_jobs(project, "rehearse", "--data", "testing=Pulumi.yaml", environ=latin)

    assert (ran.returncode, ran.stderr) == (
        1,
        "error: --data names the channel testing; the stack's channels: training\n",
    )
    assert re.search(r"^\? +\d+\.\d s  check settings, request, permissions and policies", ran.stdout, re.MULTILINE)
    assert not (project / ".rehearsal").exists(), "told before any server was started"


def test_a_process_that_is_left_would_be_found(project: Path) -> None:
    command = ["sh", "-c", "echo started; read line"]
    with subprocess.Popen(command, cwd=project, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = processes_of(project)
        process.communicate()

    assert found == ["sh -c echo started; read line"]
    assert processes_of(project) == []
