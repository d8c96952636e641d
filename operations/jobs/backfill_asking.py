"""Asks AWS and MLflow what has become of the invocations of a past range.

The Scheduler's own training jobs are looked for where they can be: created between the first time and the last one,
with what an invocation may be late. Those of earlier backfills have names that are known. Each is described once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from components.tracking_mode import NONE
from operations.deployed_jobs import StackJob
from operations.describing import AT_ONCE, describe_all, describe_if_there
from operations.jobs.history import JobRun, is_of_prefix
from operations.jobs.history_asking import PAGE_SIZE
from operations.jobs.invocations import execution_id_of
from operations.jobs.model_versions import Question, Versions, ask_versions
from operations.next_times import in_utc
from operations.places import Place, tracking_variables
from rehearsal.invoking.deployed_schedule import DeployedSchedule

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_LATEST: Final = timedelta(days=2)
"""How late the Scheduler's own training job may come: a window of up to 24 hours, and retries for as long.
Source: EventBridge Scheduler API, MaximumWindowInMinutes and MaximumEventAgeInSeconds."""


def runs_of_range(
    sagemaker: SageMakerClient, job: StackJob, schedule_arn: str, times: Sequence[datetime]
) -> list[JobRun]:
    """The training jobs that may be of these invocations of a job's schedule.

    Of one that was deleted since it was listed nothing is known: only its version tells that its invocation is done.
    """
    if not times:
        return []
    prefix = job.training_job_name_prefix
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains=f"{prefix}-",
        CreationTimeAfter=times[0] - timedelta(seconds=1),
        CreationTimeBefore=times[-1] + _LATEST,
        PaginationConfig={"PageSize": PAGE_SIZE},
    )
    names = [each["TrainingJobName"] for page in pages for each in page["TrainingJobSummaries"]]
    found = [name for name in names if is_of_prefix(name, prefix)]
    listed = [JobRun.read(each) for each in describe_all(sagemaker, found).found]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        attempts = pool.map(lambda due: _attempts(sagemaker, prefix, schedule_arn, due), times)
        return [*listed, *(run for runs in attempts for run in runs if run.name not in found)]


def _attempts(sagemaker: SageMakerClient, prefix: str, schedule_arn: str, due: datetime) -> list[JobRun]:
    """The training jobs that earlier backfills have made of an invocation."""
    found = list[JobRun]()
    while True:
        described = describe_if_there(sagemaker, f"{prefix}-{execution_id_of(schedule_arn, due, len(found) + 1)}")
        if described is None:
            return found
        found.append(JobRun.read(described))


def versions_of_range(
    project_dir: Path, place: Place, schedule: DeployedSchedule, times: Iterable[datetime]
) -> Versions:
    """The model versions that stand for these invocations, by their times as `2026-11-20T03:00:00Z`."""
    told: Mapping[str, str] = json.loads(schedule.target_input).get("Environment", {})
    model = told.get("REGISTERED_MODEL_NAME", "")
    if not model or told.get("TRACKING") == NONE:
        return Versions({})
    tracking = {name: value for name, value in tracking_variables(told).items() if value}
    return ask_versions(
        project_dir,
        place,
        [Question(text, model, schedule.arn, text, tracking) for text in map(in_utc, times)],
    )
