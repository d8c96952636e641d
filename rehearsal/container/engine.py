"""The real image of a training job, started by Docker or Podman over the same /opt/ml tree.

The container has this machine's network: the embedded AWS and MLflow are on its loopback. An isolated one has none.
It is process 1 itself, as on SageMaker, and starts as the image says, with the one argument `train`, or with the
entrypoint and the arguments of the request.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from shutil import which
from typing import Final, Literal

from rehearsal.container.files import BASE_PATH, ContainerFiles, Request
from rehearsal.errors import ContainerError

EngineName = Literal["docker", "podman"]
_PASSED_ON: Final = ("AWS_",)
"""Beginnings of the caller's sealed variables that the job needs: endpoint, region, credentials that are none."""
_OF_THE_ENGINE: Final = ("PATH", "HOME", "TMPDIR", "LD_", "XDG_", "DOCKER_", "CONTAINER", "PODMAN_", "DBUS_")
"""Beginnings of the variables by which the engine's own program finds itself, its storage and its daemon."""


@dataclass(frozen=True)
class ContainerEngine:
    """Docker or Podman, found and answering."""

    name: EngineName

    @classmethod
    def find(cls, name: EngineName, environ: Mapping[str, str]) -> "ContainerEngine":
        """The engine of that name.

        Raises:
            ContainerError: it is not installed, or does not answer.
        """
        if which(name, path=environ.get("PATH")) is None:
            raise ContainerError(
                f"--container {name}: there is no {name} on PATH; install it, or leave the option out and put a lock "
                f"beside the script (docs/own-code.md)"
            )
        done = subprocess.run([name, "info"], capture_output=True, text=True, check=False)
        if done.returncode:
            why = " ".join(done.stderr.split())[-200:]
            raise ContainerError(
                f"--container {name}: {name} does not answer ({why}); start it, or leave the option out and put a lock "
                f"beside the script (docs/own-code.md)"
            )
        return cls(name)

    def provide(self, uri: str) -> None:
        """Have the image here, pulled where it is not.

        Raises:
            ContainerError: it cannot be pulled.
        """
        if subprocess.run([self.name, "image", "inspect", uri], capture_output=True, check=False).returncode == 0:
            return
        done = subprocess.run([self.name, "pull", "--quiet", uri], capture_output=True, text=True, check=False)
        if done.returncode:
            login = f"{self.name} login --username AWS --password-stdin {uri.partition('/')[0]}"
            raise ContainerError(
                f"{self.name} cannot pull {uri} ({' '.join(done.stderr.split())[-300:]}); log in first, as with `aws "
                f"ecr get-login-password | {login}`, or build it here"
            )

    def command(self, request: Request, files: ContainerFiles, variables: Mapping[str, str]) -> list[str]:
        """What starts the job's container; it takes the variables' values from its own environment.

        Where its own is another one, such as PATH, the job's value stands in the command.
        """
        named = [
            part
            for name, value in sorted(variables.items())
            for part in ("--env", f"{name}={value}" if name.startswith(_OF_THE_ENGINE) else name)
        ]
        network = "none" if request.get("EnableNetworkIsolation") else "host"
        start = [self.name, "run", "--rm", "--name", str(request["TrainingJobName"]), "--network", network]
        algorithm = request["AlgorithmSpecification"]
        program, *words = algorithm.get("ContainerEntrypoint") or ("",)
        entrypoint = ["--entrypoint", program] if program else []
        words += algorithm.get("ContainerArguments") or ([] if program else ["train"])
        return [*start, "--volume", f"{files.base}:{BASE_PATH}", *named, *entrypoint, _image(request), *words]

    def clear(self, request: Request, files: ContainerFiles) -> None:
        """End what may still run, and make the tree this user's again: a container's root has written in it."""
        subprocess.run([self.name, "rm", "--force", str(request["TrainingJobName"])], capture_output=True, check=False)
        if self.name == "docker" and os.getuid() != 0:
            owner = f"{os.getuid()}:{os.getgid()}"
            change = ["--entrypoint", "chown", _image(request), "-R", owner, BASE_PATH]
            subprocess.run(
                [self.name, "run", "--rm", "--volume", f"{files.base}:{BASE_PATH}", *change],
                capture_output=True,
                check=False,
            )


def process_variables(environ: Mapping[str, str], inside: Mapping[str, str]) -> dict[str, str]:
    """The variables of the engine's own program: its own of this machine, and the values that the container takes."""
    own = {name: value for name, value in environ.items() if name.startswith(_OF_THE_ENGINE)}
    return {name: value for name, value in inside.items() if not name.startswith(_OF_THE_ENGINE)} | own


def engine_variables(
    request: Request, environment: Mapping[str, str], swaps: Mapping[str, str], training_job_arn: str
) -> dict[str, str]:
    """The variables of a container: the request's, SageMaker's, and what leads to the embedded AWS and MLflow."""
    kept = {name: value for name, value in environment.items() if name.startswith(_PASSED_ON)}
    contract = {"TRAINING_JOB_NAME": str(request["TrainingJobName"]), "TRAINING_JOB_ARN": training_job_arn}
    return {**kept, **request.get("Environment", {}), **contract, **swaps}


def _image(request: Request) -> str:
    return str(request["AlgorithmSpecification"]["TrainingImage"])
