"""Hears while a training job runs on this machine that somebody asks to stop it, as `training-jobs stop` does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.container.process import STOP_GRACE_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_LOOKS_AGAIN_AFTER_SECONDS: Final = 1.0


@contextmanager
def stop_requests(sagemaker: SageMakerClient, name: str, note: Callable[[str], None]) -> Iterator[threading.Event]:
    """An event that is set when somebody asks to stop the training job `name`; `note` says so."""
    stop_requested, ended = threading.Event(), threading.Event()

    def look() -> None:
        while not ended.wait(_LOOKS_AGAIN_AFTER_SECONDS):
            try:
                is_asked = sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "Stopping"
            except (BotoCoreError, ClientError):
                continue  # the embedded AWS may be busy; whoever runs the job tells where it is gone
            if is_asked:
                stop_requested.set()
                note(f"asked to stop: it has {STOP_GRACE_SECONDS:.0f} s to end by itself")
                return

    thread = threading.Thread(target=look, name=f"stop {name}", daemon=True)
    thread.start()
    try:
        yield stop_requested
    finally:
        ended.set()
        thread.join()
