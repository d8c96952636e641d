"""What jobs without a network have recorded is brought in by whoever starts or awaits one: before it, and after.

None of it stops a run: what cannot be brought in stays in the job's output, and `training-jobs register` finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from operations.aws_mistakes import refused
from operations.jobs.history import SUCCESS, JobRun
from operations.jobs.operated_stack import OperatedStack
from operations.registering.one_job import register_described, register_training_job
from operations.registering.whole_stack import ended_jobs, without_version
from rehearsal.errors import RehearsalError
from rehearsal.invoking.deliveries import tracks_afterwards
from rehearsal.running.kept_record import NoRecordError, RegistrationError

EARLIER: Final = 10
"""So many of the job's newest training jobs are looked at: a run waits for them."""
_WITHOUT_RECORD: Final = 2
"""After so many outputs without a record no further one is fetched: that script records nothing."""
Say = Callable[[str], None]


def bring_in_earlier(
    stack: OperatedStack, prefix: str, request: Mapping[str, Any], console: Console, note: Say
) -> list[str]:
    """Bring in what earlier training jobs of a prefix have left, where `request` is of a job without a network.

    Gives the names of those that were brought in. Whatever fails is a note.
    """
    if not tracks_afterwards(request):
        return []
    try:
        return _bring_in(stack, prefix, console, note)
    except ClientError as error:
        why = refused(error)
    except (BotoCoreError, RehearsalError) as error:
        why = str(error)
    note(f"what earlier runs have left cannot be brought in: {why}; later: training-jobs register --all{stack.options}")
    return []


def _bring_in(stack: OperatedStack, prefix: str, console: Console, note: Say) -> list[str]:
    asked = ended_jobs(stack.place.sagemaker, prefix, EARLIER)
    found = [each for each in asked.found if each["TrainingJobStatus"] == SUCCESS and tracks_afterwards(each)]
    brought, without_record = [], 0
    for described in without_version(stack.project_dir, found, stack.place):
        name = described["TrainingJobName"]
        try:
            register_described(stack.project_dir, described, stack.place, console)
        except NoRecordError:
            without_record += 1
            if without_record == _WITHOUT_RECORD:
                break
            continue
        except RegistrationError as error:
            note(str(error))
            continue
        brought.append(name)
    return brought


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
    except RegistrationError as error:
        return f"{error}; later: training-jobs register {run.name}{stack.options}"
    return ""
