"""Who runs a training job that a person starts: SageMaker, or in a kept rehearsal this very command."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from operations.jobs.history import JobRun
from operations.jobs.history_asking import describe_job
from operations.jobs.invocations import Request
from operations.places import Place
from rehearsal.errors import RehearsalError
from rehearsal.invoking.deployed_schedule import DeployedSchedule

LOOKS_AGAIN_AFTER_SECONDS = 10.0
OnChange = Callable[[JobRun], None]
"""Hears of each status that a training job comes to."""


class AlreadyStartedError(RehearsalError):
    """There is a training job of that name already: somebody else has just started the same invocation."""


class Runner(Protocol):
    """Starts training jobs and waits for their ends."""

    waits_always: bool
    """Whether nothing goes on without this command."""

    def start(self, schedule: DeployedSchedule, request: Request) -> str:
        """Make the training job and answer with its ARN; raises AlreadyStartedError."""

    def wait_for_one(self, names: Sequence[str], on_change: OnChange) -> JobRun:
        """The first of these jobs that has ended."""


@dataclass
class SageMakerRunner:
    """On AWS: CreateTrainingJob with the caller's own credentials."""

    place: Place
    wait: Callable[[float], None] = time.sleep
    waits_always: bool = False
    _seen: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self, schedule: DeployedSchedule, request: Request) -> str:  # noqa: ARG002 - as of any runner
        """As `Runner.start`."""
        try:
            return self.place.sagemaker.create_training_job(**request)["TrainingJobArn"]
        except self.place.sagemaker.exceptions.ResourceInUse as error:
            raise AlreadyStartedError(error.response["Error"]["Message"]) from None

    def wait_for_one(self, names: Sequence[str], on_change: OnChange) -> JobRun:
        """As `Runner.wait_for_one`: each job is asked for every ten seconds."""
        while True:
            for name in names:
                run = describe_job(self.place.sagemaker, name)
                if self._seen.get(name) != (run.status, run.secondary_status):
                    self._seen[name] = (run.status, run.secondary_status)
                    on_change(run)
                if run.has_ended:
                    return run
            self.wait(LOOKS_AGAIN_AFTER_SECONDS)
