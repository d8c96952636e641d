"""Run a training job in AWS's own container contract, without a container.

AWS's `sagemaker-training` toolkit, the program that the image starts, runs in a virtual environment that holds what the
image holds, over a temporary /opt/ml tree. Channels and checkpoints come from S3, the model goes to S3, lines go to
CloudWatch Logs. What stands in for what is swapped at this boundary, in environment variables and nowhere else.

Differences from AWS are listed in each result. Sources: SageMaker Developer Guide, "Use your own training algorithms";
aws/deep-learning-containers, docker/sklearn/1.9-0.
"""

import contextlib
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rehearsal.container.channel_data import download_channels
from rehearsal.container.environment import ContainerPlatform, start_command
from rehearsal.container.files import Checkpoints, ContainerFiles, Request, require_bucket
from rehearsal.container.hosts import OtherHosts, cores_of, host_names, hosts_difference
from rehearsal.container.job_output import output_uris, upload_output
from rehearsal.container.not_imitated import not_imitated
from rehearsal.container.process import Limits, ProcessOutcome, run_process
from rehearsal.container.result import ContainerResult, failure_reason, status_of
from rehearsal.container.start import in_the_engine, in_the_environment
from rehearsal.container.training_logs import LogStream, MetricPicker, latest_metrics
from rehearsal.container.usual_start import require_usual_start
from rehearsal.container.written_files import WrittenFiles

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from rehearsal.aws_clients import AwsClients


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
        files = ContainerFiles(Path(directory) / "opt" / "ml", is_mounted=platform.engine is not None)
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
        place = in_the_engine if platform.engine else in_the_environment
        start = stack.enter_context(place(command, request, files, platform, training_job_arn, on_line))
        names = host_names(request)
        others = OtherHosts(request, files, names, platform, start.command, start.variables, limits)
        started = datetime.now(UTC)
        outcome, failed = _run_hosts(others, files, log)
        start.end()
        # SageMaker copies checkpoints all the time; what a failed job leaves is there for its next attempt.
        checkpoints.upload(platform.clients.s3)
        artifact = upload_output(platform.clients.s3, request, files, Path(directory))
        status, secondary_status = status_of(outcome)
        missing = (*not_imitated(request, len(names)), *start.not_imitated)
        differences = [hosts_difference(names), *missing, *start.differences]
        return ContainerResult(
            status=status,
            secondary_status=secondary_status,
            failure_reason=failure_reason(failed, outcome) if status == "Failed" else None,
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
