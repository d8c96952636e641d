"""Run a training job in AWS's own container contract, without a container.

AWS's `sagemaker-training` toolkit, the program that the image starts, runs in a virtual environment that holds what the
image holds, over a temporary /opt/ml tree. Channels and checkpoints come from S3, the model goes to S3, lines go to
CloudWatch Logs. What stands in for what is swapped at this boundary, in environment variables and nowhere else.

Differences from AWS are listed in each result. Sources: SageMaker Developer Guide, "Use your own training algorithms";
aws/deep-learning-containers, docker/sklearn/1.9-0.
"""

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from rehearsal.errors import ContainerError
from rehearsal.running.channel_data import download_channels
from rehearsal.running.container_engine import ContainerEngine, engine_variables
from rehearsal.running.container_environment import (
    Surroundings,
    container_variables,
    start_command,
)
from rehearsal.running.container_files import (
    FAILURE_REASON_MAX_LENGTH,
    Checkpoints,
    ContainerFiles,
    Request,
    require_bucket,
)
from rehearsal.running.container_hosts import OtherHosts, cores_of, host_names
from rehearsal.running.container_image import require_usual_start
from rehearsal.running.container_packages import put_stand_ins, python_of
from rehearsal.running.container_process import STOP_GRACE_SECONDS, Limits, ProcessOutcome, run_process
from rehearsal.running.job_output import output_uris, upload_output
from rehearsal.running.not_imitated import not_imitated
from rehearsal.running.sealed_network import sealed_network
from rehearsal.running.training_logs import LogStream, Metric, MetricPicker, latest_metrics
from rehearsal.running.written_files import WrittenFile, WrittenFiles

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from rehearsal.aws_clients import AwsClients


@dataclass(frozen=True)
class ContainerResult:
    """How a training job ended, in DescribeTrainingJob's words.

    Only `Completed` is success. `metrics` are the last values, `log_line_count` counts the lines that were written to
    `log_stream_name`, `differences` says what was otherwise than on AWS.
    """

    status: Literal["Completed", "Failed", "Stopped"]
    secondary_status: Literal["Completed", "Failed", "Stopped", "MaxRuntimeExceeded"]
    failure_reason: str | None
    metrics: tuple[Metric, ...]
    model_artifact_uri: str | None
    started: datetime
    ended: datetime
    log_stream_name: str
    log_line_count: int
    differences: tuple[str, ...]
    written: tuple[WrittenFile, ...]
    """What the first host's processes have written or changed."""
    not_imitated: tuple[str, ...] = ()
    """What of `differences` the request asks for and a rehearsal does not do."""


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


def run_training_container(
    request: Request,
    platform: ContainerPlatform,
    *,
    training_job_arn: str,
    on_line: Callable[[str], None],
    stop_requested: threading.Event | None = None,
) -> ContainerResult:
    """Run the training job that `request` describes, to its end.

    Args:
        request: the CreateTrainingJob request.
        platform: what is around the container.
        training_job_arn: as CreateTrainingJob answered it.
        on_line: called with each log line as it comes.
        stop_requested: set it to stop the job, as StopTrainingJob does.

    Raises:
        ContainerError: the request or the container environment cannot be rehearsed; nothing was run.

    """
    if request.get("EnableNetworkIsolation"):
        platform = replace(platform, swaps={})  # whose servers it cannot reach
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="training-job-"))
        files = ContainerFiles(Path(directory) / "opt" / "ml")
        if platform.engine is None:
            require_usual_start(request)
        command = [] if platform.engine else start_command(platform, files)
        checkpoints = _move_in(platform.clients.s3, request, files)
        written = WrittenFiles(files)
        log = _Log.of_request(request, platform.clients, on_line, written)
        limits = Limits(
            request["StoppingCondition"]["MaxRuntimeInSeconds"],
            platform.grace_seconds,
            stop_requested or threading.Event(),
        )
        place = _in_the_engine if platform.engine else _in_the_environment
        start = stack.enter_context(place(command, request, files, platform, training_job_arn, on_line))
        names = host_names(request)
        others = OtherHosts(request, files, names, platform, start.command, start.variables, limits)
        started = datetime.now(UTC)
        outcome, failed = _run_hosts(others, files, log)
        # SageMaker copies checkpoints all the time; what a failed job leaves is there for its next attempt.
        checkpoints.upload(platform.clients.s3)
        artifact = upload_output(platform.clients.s3, request, files, Path(directory))
        status, secondary_status = _status(outcome)
        missing = (*not_imitated(request, len(names)), *start.not_imitated)
        differences = [_hosts_difference(names), *missing, *start.differences]
        return ContainerResult(
            status=status,
            secondary_status=secondary_status,
            failure_reason=_failure_reason(failed, outcome) if status == "Failed" else None,
            metrics=latest_metrics(log.metrics.latest.values()),
            model_artifact_uri=artifact if status == "Completed" else None,
            started=started,
            ended=datetime.now(UTC),
            log_stream_name=log.stream.name,
            log_line_count=log.count,
            differences=tuple(filter(None, differences)),
            not_imitated=missing,
            written=written.now(),
        )


def _reached(request: Request, platform: ContainerPlatform) -> list[str]:
    """The servers that the container reaches; an isolated one reaches none, neither S3 nor MLflow."""
    if request.get("EnableNetworkIsolation"):
        return []
    return list(filter(None, (platform.environment.get("AWS_ENDPOINT_URL"), *platform.swaps.values())))


@dataclass(frozen=True)
class _Start:
    """How a host's process is started, and what is otherwise there than in the image."""

    command: list[str]
    variables: Callable[[ContainerFiles], dict[str, str]]
    differences: tuple[str, ...]
    not_imitated: tuple[str, ...] = ()


@contextlib.contextmanager
def _in_the_environment(  # noqa: PLR0913, PLR0917 - a job, its tree, and what is around it
    command: list[str],
    request: Request,
    files: ContainerFiles,
    platform: ContainerPlatform,
    training_job_arn: str,
    on_line: Callable[[str], None],
) -> Iterator[_Start]:
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
        yield _Start([*network.prefix, *command], variables, tuple(filter(None, found)), missing)


@contextlib.contextmanager
def _in_the_engine(  # noqa: PLR0913, PLR0917 - as above
    command: list[str],
    request: Request,
    files: ContainerFiles,
    platform: ContainerPlatform,
    training_job_arn: str,
    on_line: Callable[[str], None],
) -> Iterator[_Start]:
    """In the image itself, by Docker or Podman."""
    engine = platform.engine
    assert engine is not None  # noqa: S101 - it is why this is called
    del command, on_line
    if len(host_names(request)) > 1:
        raise ContainerError(f"--container {engine.name} starts one host; set resources.instance_count to 1")
    inside = engine_variables(request, platform.environment, platform.swaps, training_job_arn)
    own = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST") if name in os.environ}
    try:
        is_isolated = bool(request.get("EnableNetworkIsolation"))
        differences = () if is_isolated else ("the container has this machine's network",)
        yield _Start(engine.command(request, files, inside), lambda _: {**own, **inside}, differences)
    finally:
        engine.clear(request, files)


def _move_in(s3: "S3Client", request: Request, files: ContainerFiles) -> Checkpoints:
    """Put what SageMaker puts into the first host's tree: configuration, channels, and earlier checkpoints."""
    names = host_names(request)
    files.write_configuration(request, names, names[0])
    for uri in output_uris(request):
        require_bucket(s3, uri)
    download_channels(s3, request, files)
    checkpoints = Checkpoints.of_request(request, files)
    checkpoints.download(s3)
    return checkpoints


def _run_hosts(others: OtherHosts, files: ContainerFiles, log: "_Log") -> tuple[ProcessOutcome, ContainerFiles]:
    """Run the first host beside the others, to the end of all; the job's outcome, and the tree that has its reason."""
    with others:
        try:
            outcome = run_process(
                [*others.command, *cores_of(0, len(others.all_names))],
                environment=others.variables(files),
                directory=files.base,
                on_line=log.line,
                limits=others.limits,
            )
        finally:
            log.stream.flush()
        others.wait(leader_failed=outcome.exit_code != 0)
    return others.with_leader(outcome, files)


@dataclass
class _Log:
    """Hands each line to CloudWatch Logs, to the metric definitions, to the listing of files and to the person."""

    stream: LogStream
    metrics: MetricPicker
    on_line: Callable[[str], None]
    written: WrittenFiles
    count: int = 0

    @classmethod
    def of_request(
        cls, request: Request, clients: "AwsClients", on_line: Callable[[str], None], written: WrittenFiles
    ) -> Self:
        """The log of the training job's first host."""
        stream = LogStream(clients.logs, request["TrainingJobName"])
        return cls(stream, MetricPicker.of_request(request), on_line, written)

    def line(self, text: str) -> None:
        self.count += 1
        self.written.line(text)
        self.on_line(text)
        self.metrics.look_at(text, self.stream.write(text))


def _status(
    outcome: ProcessOutcome,
) -> tuple[Literal["Completed", "Failed", "Stopped"], Literal["Completed", "Failed", "Stopped", "MaxRuntimeExceeded"]]:
    if outcome.timed_out:
        return "Stopped", "MaxRuntimeExceeded"
    if outcome.stopped:
        return "Stopped", "Stopped"
    return ("Completed", "Completed") if outcome.exit_code == 0 else ("Failed", "Failed")


def _failure_reason(files: ContainerFiles, outcome: ProcessOutcome) -> str:
    # A process that a signal ended has, in a container, 128 and the signal as its exit code.
    exit_code = outcome.exit_code if outcome.exit_code >= 0 else 128 - outcome.exit_code
    return f"AlgorithmError: {files.failure_message()}, exit code: {exit_code}"[:FAILURE_REASON_MAX_LENGTH]


def _hosts_difference(names: Sequence[str]) -> str:
    hosts = "container's host is" if len(names) == 1 else f"{len(names)} hosts share this machine's cores and are"
    return f"the {hosts} {', '.join(names)}, not algo-1"
