"""`training-jobs stop`: ask SageMaker to stop a training job."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from rich.console import Console
from rich.text import Text

from operations.console import print_hanging, write_document
from operations.jobs.durations import utc
from operations.jobs.history import JobRun
from operations.jobs.history_asking import describe_job
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.status import run_document
from operations.places import Place

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""


def stop_job(place: Place, name: str) -> tuple[JobRun, bool]:
    """The job as it is now, and whether it was asked to stop: not one that has ended, or that stops already.

    Raises:
        PlaceError: there is no such job.
    """
    from botocore.exceptions import ClientError

    run = describe_job(place.sagemaker, name)
    if run.status != "InProgress":
        return run, False
    try:
        place.sagemaker.stop_training_job(TrainingJobName=name)
    except ClientError:
        # It may have ended this moment: SageMaker refuses to stop that.
        run = describe_job(place.sagemaker, name)
        if run.status == "InProgress":
            raise
        return run, False
    return describe_job(place.sagemaker, name), True


def stop_training_job(stack: OperatedStack, wanted: str, console: Console, *, as_json: bool) -> int:
    """Stop it and say so; 0 also where there was nothing to stop.

    Raises:
        PlaceError: there is no such job.
    """
    run, asked = stop_job(stack.place, stack.training_job(wanted))
    if as_json:
        document = {
            "version": JSON_VERSION,
            "asked_to_stop": asked,
            "training_job": run_document(run, datetime.now(UTC), None),
        }
        write_document(document)
    else:
        print_stop(run, console, stack.options, asked=asked)
    return 0


def print_stop(run: JobRun, console: Console, options: str, *, asked: bool) -> None:
    """What has become of the wish."""
    lead = Text.assemble("training job ", (run.name, "bold"), ": ")
    if asked:
        text = f"is asked to stop; it has 120 s to end by itself. See: training-jobs logs {run.name} --follow{options}"
    elif run.has_ended:
        when = f" at {utc(run.ended)} UTC" if run.ended else ""
        text = f"has ended already, as {run.status}{when}; there is nothing to stop"
    else:
        text = "is being stopped already"
    print_hanging(console, lead, Text(text))
