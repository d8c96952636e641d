"""What jobs without a network have recorded is brought in by whoever starts or awaits one: before it, and after.

None of it stops a run: what cannot be brought in stays in the job's output, and `training-jobs register` finds it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from operations.aws_mistakes import refused
from operations.describing import Described
from operations.jobs.history import SUCCESS, JobRun
from operations.jobs.operated_stack import OperatedStack
from operations.registering.one_job import register_described, register_training_job
from operations.registering.whole_stack import ended_jobs, without_version
from rehearsal.errors import RehearsalError
from rehearsal.invoking.deliveries import tracks_afterwards
from rehearsal.running.kept_record import NoRecordError, RegistrationError, fetch_record

EARLIER: Final = 10
"""So many of the job's newest training jobs are looked at: a run waits for them."""
_WITHOUT_RECORD: Final = 2
"""Where so many of the newest have no record no further output is fetched: that script records nothing."""
_FAILURES: Final = (ClientError, BotoCoreError, RehearsalError)
Say = Callable[[str], None]


def bring_in_earlier(
    stack: OperatedStack, prefix: str, request: Mapping[str, Any], console: Console, note: Say
) -> None:
    """Bring in what earlier training jobs of a prefix have left, where `request` is of a job without a network.

    Whatever fails is a note.
    """
    if not tracks_afterwards(request):
        return
    try:
        left = _left(stack, prefix)
    except _FAILURES as error:
        later = f"later: training-jobs register --all{stack.options}"
        note(f"what earlier runs have left cannot be brought in: {_why(error)}; {later}")
        return
    for described in left:
        try:
            register_described(stack.project_dir, described, stack.place, console)
        except NoRecordError:
            continue
        except _FAILURES as error:
            note(f"{_why(error)}; {_later(stack, described['TrainingJobName'])}")


def bring_in_own(stack: OperatedStack, run: JobRun, console: Console) -> str:
    """Register what a job without a network has recorded; gives why that failed, "" where it did not.

    In a rehearsal whoever runs the job has done so.
    """
    if run.status != SUCCESS or not run.tracks_afterwards or stack.place.is_rehearsal:
        return ""
    try:
        register_training_job(stack.project_dir, run.name, stack.place, console)
    except NoRecordError as error:
        return str(error)
    except _FAILURES as error:
        return f"{_why(error)}; {_later(stack, run.name)}"
    return ""


def _left(stack: OperatedStack, prefix: str) -> list[Described]:
    """Jobs without a version, the oldest first; none where the newest of them have no record."""
    asked = ended_jobs(stack.place.sagemaker, prefix, EARLIER)
    found = [each for each in asked.found if each["TrainingJobStatus"] == SUCCESS and tracks_afterwards(each)]
    left = without_version(stack.project_dir, found, stack.place)
    return left if any(_has_record(stack, each) for each in left[: -_WITHOUT_RECORD - 1 : -1]) else []


def _has_record(stack: OperatedStack, described: Described) -> bool:
    with tempfile.TemporaryDirectory(prefix="record-") as directory:
        try:
            fetch_record(stack.place.s3, described, Path(directory))
        except NoRecordError:
            return False
        except RegistrationError:
            return True  # one that cannot be read, which is told when it is brought in
    return True


def _why(error: Exception) -> str:
    return refused(error) if isinstance(error, ClientError) else str(error)


def _later(stack: OperatedStack, name: str) -> str:
    return f"later: training-jobs register {name}{stack.options}"
