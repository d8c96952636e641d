"""What a training job finds in place of the image: its programs, its variables, and how it starts.

The programs are those of a virtual environment that holds what the image holds. What stands in for what is swapped
here, in environment variables and nowhere else.
"""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rehearsal.container.engine import ContainerEngine
from rehearsal.container.files import BASE_PATH, ContainerFiles, Request
from rehearsal.container.process import STOP_GRACE_SECONDS, Limits, ProcessOutcome, run_process
from rehearsal.errors import ContainerError

if TYPE_CHECKING:
    from rehearsal.aws_clients import AwsClients

_DROPPED_PREFIXES: Final = ("PYTHON", "PIP_", "UV_", "CONDA", "VIRTUAL_ENV", "SM_", "SAGEMAKER_", "TRAINING_JOB_")
"""Variables of the caller that would reach into the container: another Python's modules, another job's settings."""

_IMAGE_ENVIRONMENT: Final = {
    # As AWS's scikit-learn image sets them. Source: ENV in its Dockerfile.
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONIOENCODING": "utf-8",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "SAGEMAKER_SKLEARN_VERSION": "1.9-0",
    # Without an index a package that neither the image has nor the job brings is an error that pip names.
    "PIP_NO_INDEX": "1",
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
}

_START_TOOLKIT: Final = """
import os, signal, sys
if sys.argv[1:]:  # this host's share of the machine's cores
    os.sched_setaffinity(0, [int(core) for core in sys.argv.pop().split(",")])
from sagemaker_training.cli.train import main
signal.signal(signal.SIGTERM, lambda number, frame: None)
main()
"""
"""What the image's `train` command does. In a container the toolkit is process 1, which a SIGTERM without a handler
does not end and which does not hand it on: the script works on until the SIGKILL (toolkit issues #125, #173)."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a container's process finds around it.

    `container_environment` is the virtual environment that holds what the image holds. `environment` is a sealed
    environment, in which no AWS endpoint is the real one. `swaps` are variables of the request's Environment that stand
    for something else here (`MLFLOW_TRACKING_URI` -> the local server's address); variables that the request does not
    have are added.
    """

    container_environment: Path
    environment: Mapping[str, str]
    swaps: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ContainerPlatform(Surroundings):
    """What is around a container, instead of SageMaker; `clients` are the embedded AWS's.

    Without `namespaces` the job is kept from the network as on a machine that has none. With an `engine` the image
    itself is started, in place of the virtual environment.
    """

    clients: "AwsClients"
    namespaces: bool = True
    engine: ContainerEngine | None = None
    grace_seconds: float = STOP_GRACE_SECONDS


def require_container_environment(container_environment: Path) -> Path:
    """The Python of the virtual environment that holds what the image holds.

    Raises:
        ContainerError: there is none.

    """
    program, python = (container_environment / "bin" / name for name in ("train", "python"))
    if not program.is_file():
        raise ContainerError(f"no container environment: {program} is missing; run `make install`")
    return python


def start_command(around: Surroundings, files: ContainerFiles) -> list[str]:
    """What starts the toolkit over a tree.

    Raises:
        ContainerError: there is no container environment, or no path to it that the toolkit can use.

    """
    python = require_container_environment(around.container_environment)
    if not _stays_whole(python):
        python = _beside(files, around.container_environment) / "bin" / python.name
    return [str(python), "-c", _START_TOOLKIT]


def _beside(files: ContainerFiles, container_environment: Path) -> Path:
    """A link to the environment, beside the tree."""
    link = files.base.parents[1] / "image"
    if not _stays_whole(link):
        raise ContainerError(
            f"{container_environment} and the folder for temporary files, {link.parent}/, have a space or a quote in "
            "their paths, where AWS's training toolkit breaks its commands: set TMPDIR to a folder without"
        )
    link.symlink_to(container_environment.absolute())
    return link


def _stays_whole(path: Path) -> bool:
    """Whether the toolkit's own command lines, which it makes with `format` and `shlex.split`, keep a path."""
    try:
        return shlex.split(str(path)) == [str(path)]
    except ValueError:  # a quote that is not closed
        return False


def run_toolkit(  # noqa: PLR0913 - a job, its tree, what is around it, and how it is watched
    request: Request,
    files: ContainerFiles,
    around: Surroundings,
    *,
    training_job_arn: str,
    on_line: Callable[[str], None],
    limits: Limits,
) -> ProcessOutcome:
    """Start the toolkit on one host, over a tree that is ready, as the image's `train` command does, and see it end.

    Raises:
        ContainerError: there is no container environment.

    """
    return run_process(
        start_command(around, files),
        environment=container_variables(request, files, around, training_job_arn),
        directory=files.base,
        on_line=on_line,
        limits=limits,
    )


def container_variables(
    request: Request, files: ContainerFiles, surroundings: Surroundings, training_job_arn: str
) -> dict[str, str]:
    """All environment variables of the container's process, with the paths of its tree."""
    around = surroundings.environment
    kept = {name: value for name, value in around.items() if not name.startswith(_DROPPED_PREFIXES)}
    requested = {name: _placed(value, files) for name, value in request.get("Environment", {}).items()}
    contract = {
        "PATH": f"{surroundings.container_environment / 'bin'}:{around.get('PATH', '/usr/bin:/bin')}",
        "SAGEMAKER_BASE_DIR": str(files.base),
        "TMPDIR": str(files.temporary),
        "TRAINING_JOB_NAME": str(request["TrainingJobName"]),
        "TRAINING_JOB_ARN": training_job_arn,
    }
    return {**kept, **_IMAGE_ENVIRONMENT, **requested, **contract, **surroundings.swaps}


def _placed(value: str, files: ContainerFiles) -> str:
    """A path below /opt/ml in an environment variable is a path of the tree."""
    return str(files.local(value)) if value == BASE_PATH or value.startswith(f"{BASE_PATH}/") else value
