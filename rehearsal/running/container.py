"""Run a training job in AWS's own container contract, without a container.

AWS's `sagemaker-training` toolkit, the program that the image starts, runs in a virtual environment that holds what the
image holds, over a temporary /opt/ml tree. Channels and checkpoints come from S3, the model goes to S3, lines go to
CloudWatch Logs. What stands in for what is swapped at this boundary, in environment variables and nowhere else.

Differences from AWS are listed in each result. Sources: SageMaker Developer Guide, "Use your own training algorithms";
sagemaker-training 5.1.4.
"""

import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from rehearsal.running.container_files import (
    BASE_PATH,
    FAILURE_REASON_MAX_LENGTH,
    Checkpoints,
    ContainerError,
    ContainerFiles,
    Request,
    download_channels,
    output_uris,
    require_bucket,
    upload_output,
)
from rehearsal.running.container_hosts import OtherHosts, cores_of, host_names
from rehearsal.running.container_process import STOP_GRACE_SECONDS, Limits, ProcessOutcome, run_process
from rehearsal.running.training_logs import LogStream, Metric, MetricPicker, latest_metrics

if TYPE_CHECKING:
    from rehearsal.aws_clients import AwsClients

__all__ = [
    "ContainerError",
    "ContainerPlatform",
    "ContainerResult",
    "Surroundings",
    "require_container_environment",
    "run_toolkit",
    "run_training_container",
]

_DROPPED_PREFIXES: Final = ("PYTHON", "PIP_", "UV_", "CONDA", "VIRTUAL_ENV", "SM_", "SAGEMAKER_", "TRAINING_JOB_")
"""Variables of the caller that would reach into the container: another Python's modules, another job's settings."""

_IMAGE_ENVIRONMENT: Final = {
    # As AWS's scikit-learn image sets it, so that lines come as they are printed.
    "PYTHONUNBUFFERED": "1",
    # The toolkit runs `pip install -r requirements.txt` at every start. The container environment holds all of it
    # already; without an index a missing package is an error that pip names, never a download.
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
    """What is around a container, instead of SageMaker; `clients` are the embedded AWS's."""

    clients: "AwsClients"
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
    python = require_container_environment(platform.container_environment)
    s3 = platform.clients.s3
    with tempfile.TemporaryDirectory(prefix="training-job-") as directory:
        files = ContainerFiles(Path(directory) / "opt" / "ml")
        names = host_names(request)
        files.write_configuration(request, names, names[0])
        for uri in output_uris(request):
            require_bucket(s3, uri)
        download_channels(s3, request, files)
        checkpoints = Checkpoints.of_request(request, files)
        checkpoints.download(s3)
        metrics = MetricPicker.of_request(request)
        stream = LogStream(platform.clients.logs, request["TrainingJobName"])
        log = _Log(stream, metrics, on_line)
        limits = Limits(
            request["StoppingCondition"]["MaxRuntimeInSeconds"],
            platform.grace_seconds,
            stop_requested or threading.Event(),
        )
        started = datetime.now(UTC)
        command = [str(python), "-c", _START_TOOLKIT]

        def variables(of: ContainerFiles) -> dict[str, str]:
            return _variables(request, of, platform, training_job_arn)

        others = OtherHosts(request, files, names[1:], names, platform.clients, command, variables, limits)
        with others:
            try:
                outcome = run_process(
                    [*command, *cores_of(0, len(names))],
                    environment=variables(files),
                    directory=files.base,
                    on_line=log.line,
                    limits=limits,
                )
            finally:
                stream.flush()
            others.wait(leader_failed=outcome.exit_code != 0)
        outcome, failed = others.with_leader(outcome, files)
        # SageMaker copies checkpoints all the time; what a failed job leaves is there for its next attempt.
        checkpoints.upload(s3)
        status, secondary_status = _status(outcome)
        artifact = upload_output(s3, request, files, Path(directory))
        return ContainerResult(
            status=status,
            secondary_status=secondary_status,
            failure_reason=_failure_reason(failed, outcome) if status == "Failed" else None,
            metrics=latest_metrics(log.metrics.latest.values()),
            model_artifact_uri=artifact if status == "Completed" else None,
            started=started,
            ended=datetime.now(UTC),
            log_stream_name=stream.name,
            log_line_count=log.count,
            differences=_differences(request),
        )


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
        [str(require_container_environment(around.container_environment)), "-c", _START_TOOLKIT],
        environment=_variables(request, files, around, training_job_arn),
        directory=files.base,
        on_line=on_line,
        limits=limits,
    )


def require_container_environment(container_environment: Path) -> Path:
    """The Python of the virtual environment that holds what the image holds.

    Raises:
        ContainerError: there is none.

    """
    program, python = (container_environment / "bin" / name for name in ("train", "python"))
    if not program.is_file():
        raise ContainerError(f"no container environment: {program} is missing; run `make install`")
    return python


@dataclass
class _Log:
    """Hands each line to CloudWatch Logs, to the metric definitions and to the person."""

    stream: LogStream
    metrics: MetricPicker
    on_line: Callable[[str], None]
    count: int = 0

    def line(self, text: str) -> None:
        self.count += 1
        self.on_line(text)
        self.metrics.look_at(text, self.stream.write(text))


def _variables(
    request: Request, files: ContainerFiles, surroundings: Surroundings, training_job_arn: str
) -> dict[str, str]:
    around = surroundings.environment
    kept = {name: value for name, value in around.items() if not name.startswith(_DROPPED_PREFIXES)}
    requested = {name: _placed(value, files) for name, value in request.get("Environment", {}).items()}
    contract = {
        "PATH": f"{surroundings.container_environment / 'bin'}:{around.get('PATH', '/usr/bin:/bin')}",
        "SAGEMAKER_BASE_DIR": str(files.base),
        "TRAINING_JOB_NAME": str(request["TrainingJobName"]),
        "TRAINING_JOB_ARN": training_job_arn,
    }
    return {**kept, **_IMAGE_ENVIRONMENT, **requested, **contract, **surroundings.swaps}


def _placed(value: str, files: ContainerFiles) -> str:
    """A path below /opt/ml in an environment variable is a path of the tree."""
    return str(files.local(value)) if value == BASE_PATH or value.startswith(f"{BASE_PATH}/") else value


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


def _differences(request: Request) -> tuple[str, ...]:
    names = host_names(request)
    hosts = "container's host is" if len(names) == 1 else f"{len(names)} hosts share this machine's cores and are"
    found = [f"the {hosts} {', '.join(names)}, not algo-1", "pip installs nothing: PIP_NO_INDEX=1"]
    if request.get("EnableManagedSpotTraining"):
        found.append("a spot interruption does not happen")
    if request.get("EnableNetworkIsolation"):
        found.append("the network is not isolated")
    return tuple(found)
