"""The real image by Docker or Podman. There is no daemon here: a program in its place runs the toolkit instead."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from rehearsal.container.engine import ContainerEngine, engine_variables, process_variables
from rehearsal.container.files import ContainerFiles
from rehearsal.errors import ContainerError
from tests.operations.projects import copy_project, require_container, training_jobs

URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/boosting:1.2"
REQUEST = {
    "TrainingJobName": "job-1",
    "AlgorithmSpecification": {"TrainingImage": URI},
    "Environment": {"CHECKPOINT_LOCAL_PATH": "/opt/ml/checkpoints", "MLFLOW_TRACKING_URI": "arn:aws:sagemaker:…"},
}


def program(directory: Path, text: str, name: str = "docker") -> dict[str, str]:
    """A program of that name, first on PATH."""
    path = directory / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return {"PATH": f"{path.parent}:/usr/bin:/bin"}


@pytest.mark.parametrize("name", ["docker", "podman"])
def test_an_engine_that_is_not_there_is_said_with_the_cure(name: str, tmp_path: Path) -> None:
    with pytest.raises(ContainerError) as refused:
        ContainerEngine.find(name, {"PATH": str(tmp_path)})  # type: ignore[arg-type]

    assert str(refused.value) == (
        f"--container {name}: there is no {name} on PATH; install it, or leave the option out and put a lock beside "
        "the script (docs/own-code.md)"
    )


def test_one_that_does_not_answer_is_said_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = program(tmp_path, "echo 'Is the docker daemon running?' >&2; exit 1")
    monkeypatch.setenv("PATH", environ["PATH"])

    with pytest.raises(
        ContainerError, match=r"docker does not answer \(Is the docker daemon running\?\); start it, or"
    ):
        ContainerEngine.find("docker", environ)


def test_an_image_that_cannot_be_pulled_names_the_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", program(tmp_path, "echo 'no basic auth credentials' >&2; exit 1")["PATH"])

    with pytest.raises(ContainerError) as refused:
        ContainerEngine("docker").provide(URI)

    assert str(refused.value) == (
        f"docker cannot pull {URI} (no basic auth credentials); log in first, as with `aws ecr get-login-password | "
        "docker login --username AWS --password-stdin 123456789012.dkr.ecr.us-east-1.amazonaws.com`, or build it here"
    )


def test_the_container_is_started_as_sagemaker_starts_it(tmp_path: Path) -> None:
    files = ContainerFiles(tmp_path / "ml")

    command = ContainerEngine("podman").command(REQUEST, files, {"TRAINING_JOB_NAME": "job-1", "SECRET": "hunter2"})

    assert command == [
        *("podman", "run", "--rm", "--name", "job-1", "--network", "host", "--volume", f"{tmp_path}/ml:/opt/ml"),
        *("--env", "SECRET", "--env", "TRAINING_JOB_NAME", URI, "train"),
    ]


def test_an_isolated_container_has_no_network(tmp_path: Path) -> None:
    request = REQUEST | {"EnableNetworkIsolation": True}

    command = ContainerEngine("docker").command(request, ContainerFiles(tmp_path / "ml"), {})

    assert command[command.index("--network") + 1] == "none"


@pytest.mark.parametrize(
    ("start", "before", "after"),
    [
        ({"ContainerEntrypoint": ["python3", "/a.py"]}, ["--entrypoint", "python3"], ["/a.py"]),
        (
            {"ContainerEntrypoint": ["python3"], "ContainerArguments": ["--n", "1"]},
            ["--entrypoint", "python3"],
            ["--n", "1"],
        ),
        ({"ContainerArguments": ["--n", "1"]}, [], ["--n", "1"]),
    ],
)
def test_a_start_of_ones_own_takes_the_place_of_train(
    tmp_path: Path, start: dict[str, list[str]], before: list[str], after: list[str]
) -> None:
    request = REQUEST | {"AlgorithmSpecification": {"TrainingImage": URI, **start}}

    command = ContainerEngine("docker").command(request, ContainerFiles(tmp_path / "ml"), {})

    assert command[command.index(f"{tmp_path}/ml:/opt/ml") + 1 :] == [*before, URI, *after]


def test_the_container_has_the_requests_variables_and_none_of_this_machine_but_what_is_sealed() -> None:
    sealed = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "HOME": "/home/ann", "SHELL": "/bin/sh"}

    found = engine_variables(REQUEST, sealed, {"MLFLOW_TRACKING_URI": "http://127.0.0.1:2"}, "arn:job")

    assert found == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "CHECKPOINT_LOCAL_PATH": "/opt/ml/checkpoints",
        "MLFLOW_TRACKING_URI": "http://127.0.0.1:2",
        "TRAINING_JOB_ARN": "arn:job",
        "TRAINING_JOB_NAME": "job-1",
    }


@pytest.mark.parametrize(("is_mounted", "base"), [(True, "/opt/ml"), (False, "{tmp_path}/ml")])
def test_the_script_of_an_isolated_job_is_named_as_the_container_sees_it(
    tmp_path: Path, is_mounted: bool, base: str
) -> None:
    place = "input/data/code/sourcedir.tar.gz"
    request = REQUEST | {
        "AlgorithmSpecification": {"TrainingImage": URI, "TrainingInputMode": "File"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        "HyperParameters": {"sagemaker_submit_directory": f"/opt/ml/{place}"},
    }

    ContainerFiles(tmp_path / "ml", is_mounted=is_mounted).write_configuration(request)

    written = json.loads((tmp_path / "ml" / "input" / "config" / "hyperparameters.json").read_text())
    assert written == {"sagemaker_submit_directory": f"{base.format(tmp_path=tmp_path)}/{place}"}


def test_a_variable_of_the_job_is_none_of_the_engines_own(tmp_path: Path) -> None:
    inside = {"PATH": "/opt/venv/bin", "LD_LIBRARY_PATH": "/opt/lib", "TOKEN": "hunter2"}
    machine = {"PATH": "/usr/bin", "CONTAINERS_STORAGE_CONF": "/etc/s.conf", "XDG_RUNTIME_DIR": "/run/1", "SHELL": "sh"}

    command = ContainerEngine("podman").command(REQUEST, ContainerFiles(tmp_path / "ml"), inside)
    around = process_variables(machine, inside)

    start = command.index("--env")
    assert command[start : start + 6] == [
        *("--env", "LD_LIBRARY_PATH=/opt/lib", "--env", "PATH=/opt/venv/bin", "--env", "TOKEN")
    ]
    assert around == {
        "PATH": "/usr/bin",
        "CONTAINERS_STORAGE_CONF": "/etc/s.conf",
        "XDG_RUNTIME_DIR": "/run/1",
        "TOKEN": "hunter2",
    }


STAND_IN = """
echo "$1 $2 $3" >> "{log}"
[ "$1" = run ] || exit 0
while [ "$1" != --volume ]; do shift; done
base=${{2%%:/opt/ml}}
export SAGEMAKER_BASE_DIR="$base" SM_STUDIO_LOCAL_MODE=true PATH="{container}/bin:$PATH"
exec "{container}/bin/train"
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is a shell script for Linux")
def test_a_whole_rehearsal_goes_through_the_engine(tmp_path: Path) -> None:
    container = require_container()
    log, project = tmp_path / "log", copy_project(tmp_path / "project")
    path = program(tmp_path, STAND_IN.format(log=log, container=container))["PATH"]

    ran = training_jobs(project, "rehearse", "--container", "docker", environ={"PATH": f"{path}:{os.environ['PATH']}"})

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    told = " ".join(ran.stdout.split())
    assert "the image itself is started by docker, with this machine's network." in told
    assert "train in the container (the image itself, started by docker) (Completed)" in told
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["info", "image", "run", "rm"]
