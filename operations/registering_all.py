"""`training-jobs register --all`: bring in the record of every job of a stack that has one and no version yet.

The newest jobs of each of the stack's prefixes are looked at, the oldest of them first. MLflow is asked first which
invocations have a version already, so that no output is fetched twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from components.schedule_input import EXECUTION_ID
from components.tracking_mode import AFTERWARDS, NONE
from operations.describing import Described, DescribedJobs, describe_all
from operations.jobs.history import SUCCESS
from operations.places import Place, stack_requests, tracking_variables
from operations.registering import register_described
from rehearsal.running.kept_record import NoRecordError, RegistrationError
from rehearsal.running.training_script import run_training_script

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

NEWEST: Final = 200
"""So many jobs of each prefix are looked at, unless something else is asked for."""
_SCRIPT: Final = Path("training_code") / "standing.py"
_ENDED: Final = ("Completed", "Failed", "Stopped")


def register_all(project_dir: Path, stack: str, place: Place, console: Console, newest: int = NEWEST) -> int:
    """Register what is there to register; 1 where one of the jobs could not be.

    Raises:
        RegistrationError: MLflow does not answer.
    """
    prefixes = list(dict.fromkeys(_prefix(request) for request in stack_requests(project_dir, stack)))
    described = [_described(place.sagemaker, prefix, newest) for prefix in prefixes]
    for note in (note for each in described for note in each.notes):
        console.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)
    found = [job for each in described for job in each.found if _may_have_record(job)]
    left = _without_version(project_dir, found, place)
    registered, failed = 0, 0
    for described in left:
        try:
            register_described(project_dir, described, place, console)
            registered += 1
        except NoRecordError:
            continue  # it failed before there was a model
        except RegistrationError as error:
            failed += 1
            console.print(f"error: {error}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"{', '.join(prefixes)}: {len(found)} jobs that may have kept a record, {registered} brought in, {failed} not",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return 1 if failed else 0


def _prefix(request: Mapping[str, Any]) -> str:
    return str(request["TrainingJobName"]).removesuffix(EXECUTION_ID)


def _described(sagemaker: SageMakerClient, prefix: str, newest: int) -> DescribedJobs:
    """The jobs that have ended, the oldest first: the first delivery of an invocation stands."""
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains=prefix,
        SortBy="CreationTime",
        SortOrder="Descending",
        PaginationConfig={"MaxItems": newest, "PageSize": min(newest, 100)},
    )
    jobs = [job for page in pages for job in page["TrainingJobSummaries"]]
    ended = [job["TrainingJobName"] for job in reversed(jobs) if job["TrainingJobStatus"] in _ENDED]
    return describe_all(sagemaker, [name for name in ended if name.startswith(prefix)])


def _may_have_record(described: Described) -> bool:
    mode = described.get("Environment", {}).get("TRACKING", "")
    return mode == AFTERWARDS or (mode != NONE and described["TrainingJobStatus"] != SUCCESS)


def _without_version(project_dir: Path, jobs: Sequence[Described], place: Place) -> list[Described]:
    """Those whose invocation has no version yet; each MLflow server is asked once."""
    by_server: dict[str, list[Described]] = {}
    for described in jobs:
        tracking = {name: value for name, value in tracking_variables(described["Environment"]).items() if value}
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
    told = described["Environment"]
    return {
        "name": described["TrainingJobName"],
        "model": told.get("REGISTERED_MODEL_NAME", ""),
        "schedule_arn": told.get("SCHEDULE_ARN", ""),
        "scheduled_time": told.get("SCHEDULED_TIME", ""),
    }
