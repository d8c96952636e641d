"""`training-jobs register --all`: bring in the record of every job of a stack that has one and no version yet.

The newest jobs of each of the stack's prefixes are looked at, the oldest of them first. MLflow is asked first which
invocations have a version already, so that no output is fetched twice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from components.tracking_mode import AFTERWARDS, NONE
from operations.describing import Described, DescribedJobs, describe_all
from operations.jobs.history import SUCCESS
from operations.jobs.history_asking import list_jobs
from operations.jobs.operated_stack import OperatedStack
from operations.places import Place, tracking_variables
from operations.registering.one_job import Brought, register_described
from rehearsal.running.kept_record import NoRecordError, RegistrationError
from rehearsal.running.training_script import run_training_script

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

NEWEST: Final = 200
"""So many jobs of each prefix are looked at, unless something else is asked for."""
_SCRIPT: Final = Path("training_code") / "standing.py"


def register_all(operated: OperatedStack, console: Console, newest: int = NEWEST) -> Brought:
    """Register what is there to register, and print each as it comes.

    Raises:
        RegistrationError: MLflow does not answer.
    """
    asked = [ended_jobs(operated.place.sagemaker, prefix, newest) for prefix in operated.prefixes]
    found = [job for each in asked for job in each.found if _may_have_record(job)]
    brought = Brought(notes=[note for each in asked for note in each.notes])
    for note in brought.notes:
        _print(console, f"note: {note}")
    for described in without_version(operated.project_dir, found, operated.place):
        name = described["TrainingJobName"]
        try:
            brought.registered[name] = register_described(operated.project_dir, described, operated.place, console)
        except NoRecordError:
            continue  # it failed before there was a model
        except RegistrationError as error:
            brought.failed[name] = str(error)
            _print(console, f"error: {error}")
    _print(
        console,
        f"{', '.join(f'{prefix}-' for prefix in operated.prefixes)}: {len(found)} jobs that may have kept a record, "
        f"{len(brought.registered)} brought in, {len(brought.failed)} not",
    )
    return brought


def _print(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def ended_jobs(sagemaker: SageMakerClient, prefix: str, newest: int) -> DescribedJobs:
    """Of the newest jobs of a prefix those that have ended, the oldest first: an invocation's first delivery stands."""
    listed = list_jobs(sagemaker, prefix, newest).jobs
    return describe_all(sagemaker, [job.name for job in reversed(listed) if job.has_ended])


def _may_have_record(described: Described) -> bool:
    mode = described.get("Environment", {}).get("TRACKING", "")
    return bool(mode == AFTERWARDS or (mode != NONE and described["TrainingJobStatus"] != SUCCESS))


def without_version(project_dir: Path, jobs: Sequence[Described], place: Place) -> list[Described]:
    """Those whose invocation has no version yet; each MLflow server is asked once.

    Raises:
        RegistrationError: one does not answer.
    """
    by_server: dict[str, list[Described]] = {}
    for described in jobs:
        tracking = {
            name: value for name, value in tracking_variables(described.get("Environment", {})).items() if value
        }
        by_server.setdefault(json.dumps(tracking), []).append(described)
    names: set[str] = set()
    for server, asked in by_server.items():
        questions = json.dumps([_question(each) for each in asked])
        environment = json.loads(server) | dict(place.environment)
        answer = run_training_script(project_dir, _SCRIPT, [], environment, questions)
        if answer.returncode:
            raise RegistrationError(f"it cannot be told what is registered: {answer.stderr.strip()}")
        names.update(json.loads(answer.stdout))
    return [each for each in jobs if each["TrainingJobName"] not in names]


def _question(described: Described) -> dict[str, str]:
    told = described.get("Environment", {})
    return {
        "name": described["TrainingJobName"],
        "model": told.get("REGISTERED_MODEL_NAME", ""),
        "schedule_arn": told.get("SCHEDULE_ARN", ""),
        "scheduled_time": told.get("SCHEDULED_TIME", ""),
    }
