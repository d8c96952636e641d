"""How the process of a container is started: in the virtual environment with a network of its own, or in the image."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rehearsal.container.engine import engine_variables, process_variables
from rehearsal.container.environment import ContainerPlatform, container_variables
from rehearsal.container.files import ContainerFiles, Request
from rehearsal.container.hosts import host_names
from rehearsal.container.packages import put_stand_ins, python_of
from rehearsal.container.sealed_network import sealed_network
from rehearsal.errors import ContainerError


@dataclass(frozen=True)
class Start:
    """How a host's process is started, and what is otherwise there than in the image."""

    command: list[str]
    variables: Callable[[ContainerFiles], dict[str, str]]
    differences: tuple[str, ...]
    not_imitated: tuple[str, ...] = ()
    end: Callable[[], None] = lambda: None
    """Ends what the process may have left running, and makes what it wrote readable: before that is uploaded."""


@contextlib.contextmanager
def in_the_environment(  # noqa: PLR0913, PLR0917 - a job, its tree, and what is around it
    command: list[str],
    request: Request,
    files: ContainerFiles,
    platform: ContainerPlatform,
    training_job_arn: str,
    on_line: Callable[[str], None],
) -> Iterator[Start]:
    """In the virtual environment, which has a network of its own."""
    put_stand_ins(request, files, platform.container_environment, on_line)
    with sealed_network(
        _reached(request, platform), Path(command[0]), platform.container_environment, namespaces=platform.namespaces
    ) as network:

        def variables(of: ContainerFiles) -> dict[str, str]:
            return {**container_variables(request, of, platform, training_job_arn), **network.variables}

        found = [python_of(platform.container_environment).difference, network.difference]
        is_open = network.difference and request.get("EnableNetworkIsolation")
        missing = ("the network is not isolated",) if is_open else ()
        yield Start([*network.prefix, *command], variables, tuple(filter(None, found)), missing)


@contextlib.contextmanager
def in_the_engine(  # noqa: PLR0913, PLR0917 - as above
    command: list[str],
    request: Request,
    files: ContainerFiles,
    platform: ContainerPlatform,
    training_job_arn: str,
    on_line: Callable[[str], None],
) -> Iterator[Start]:
    """In the image itself, by Docker or Podman."""
    engine = platform.engine
    assert engine is not None  # noqa: S101 - it is why this is called
    del command, on_line
    if len(host_names(request)) > 1:
        raise ContainerError(f"--container {engine.name} starts one host; set resources.instance_count to 1")
    inside = engine_variables(request, platform.environment, platform.swaps, training_job_arn)
    variables = process_variables(os.environ, inside)
    with contextlib.ExitStack() as ending:
        ending.callback(engine.clear, request, files)
        is_isolated = bool(request.get("EnableNetworkIsolation"))
        differences = () if is_isolated else ("the container has this machine's network",)
        yield Start(engine.command(request, files, inside), lambda _: variables, differences, end=ending.close)


def _reached(request: Request, platform: ContainerPlatform) -> list[str]:
    """The servers that the container reaches; an isolated one reaches none, neither S3 nor MLflow."""
    if request.get("EnableNetworkIsolation"):
        return []
    return list(filter(None, (platform.environment.get("AWS_ENDPOINT_URL"), *platform.swaps.values())))
