"""How a training job ended, in DescribeTrainingJob's words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rehearsal.container.files import FAILURE_REASON_MAX_LENGTH, ContainerFiles
from rehearsal.container.process import ProcessOutcome
from rehearsal.container.training_logs import Metric
from rehearsal.container.written_files import WrittenFile


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


def status_of(
    outcome: ProcessOutcome,
) -> tuple[Literal["Completed", "Failed", "Stopped"], Literal["Completed", "Failed", "Stopped", "MaxRuntimeExceeded"]]:
    """Status and secondary status of a job whose first host's process ended so."""
    if outcome.timed_out:
        return "Stopped", "MaxRuntimeExceeded"
    if outcome.stopped:
        return "Stopped", "Stopped"
    return ("Completed", "Completed") if outcome.exit_code == 0 else ("Failed", "Failed")


def failure_reason(files: ContainerFiles, outcome: ProcessOutcome) -> str:
    """Why it failed, as SageMaker says it of an algorithm, from the tree that has the reason."""
    # A process that a signal ended has, in a container, 128 and the signal as its exit code.
    exit_code = outcome.exit_code if outcome.exit_code >= 0 else 128 - outcome.exit_code
    return f"AlgorithmError: {files.failure_message()}, exit code: {exit_code}"[:FAILURE_REASON_MAX_LENGTH]
