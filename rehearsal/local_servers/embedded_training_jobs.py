"""Training jobs as SageMaker keeps them, in place of moto's, which finish at once and forget most of the request.

Everything else of moto's SageMaker (tags, `Search`) goes on working on them. The status is what the rehearsal reports:
nothing here trains anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, cast

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import AWSValidationException, ResourceInUseException
from moto.sagemaker.models import sagemaker_backends
from moto.sagemaker.responses import SageMakerResponse

from rehearsal.local_servers.training_job_state import RUNNING_STATUSES, ReportError, TrainingJob, as_time


def report_training_job(name: str, report: dict[str, Any]) -> dict[str, Any]:
    """Take over a report of the job called `name`, in whichever region it runs; answers with its description.

    Raises ReportError as `TrainingJob.report` does, and for a job that does not exist.
    """
    for account in sagemaker_backends.values():
        for backend in account.values():
            job = cast("dict[str, TrainingJob]", backend.training_jobs).get(name)
            if job is not None:
                job.report(report)
                return job.response_object
    raise ReportError(404, f"there is no training job {name!r}")


def install() -> None:
    """Put these training jobs in the place of moto's, in this process."""
    for operation in (
        _create_training_job,
        _describe_training_job,
        _list_training_jobs,
        _stop_training_job,
        _delete_training_job,
    ):
        setattr(SageMakerResponse, operation.__name__.removeprefix("_"), operation)


def _create_training_job(response: SageMakerResponse) -> ActionResult:
    request = dict(response.params)
    name = request["TrainingJobName"]
    arn = f"arn:aws:sagemaker:{response.region}:{response.current_account}:training-job/{name}"
    job = TrainingJob.create(arn, request)
    # `setdefault` decides between two threads; a check and a store would let both through.
    if _jobs(response).setdefault(name, job) is not job:
        raise ResourceInUseException(
            "Training job names must be unique within an AWS account and region, and a training job with this name "
            f"already exists ({arn})"
        )
    return ActionResult({"TrainingJobArn": arn})


def _describe_training_job(response: SageMakerResponse) -> ActionResult:
    return ActionResult(_job(response).response_object)


def _stop_training_job(response: SageMakerResponse) -> ActionResult:
    job = _job(response)
    if job.status not in RUNNING_STATUSES:
        raise AWSValidationException(f"The request was rejected because the training job is in status {job.status}.")
    job.stop()
    return EmptyResult()


def _delete_training_job(response: SageMakerResponse) -> ActionResult:
    job = _job(response)
    if job.status in RUNNING_STATUSES:
        raise ResourceInUseException(f"The training job is in status {job.status}. Stop it before you delete it.")
    del _jobs(response)[job.training_job_name]
    return EmptyResult()


def _list_training_jobs(response: SageMakerResponse) -> ActionResult:
    ask = response.params
    jobs = _listed(_jobs(response).values(), ask)
    jobs.sort(key=_SORT_KEYS.get(ask.get("SortBy", ""), _created), reverse=ask.get("SortOrder") == "Descending")
    start = int(ask.get("NextToken") or 0)
    end = start + int(ask.get("MaxResults") or 10)
    page: dict[str, Any] = {"TrainingJobSummaries": [job.summary for job in jobs[start:end]]}
    return ActionResult(page | ({"NextToken": str(end)} if end < len(jobs) else {}))


def _listed(jobs: Iterable[TrainingJob], ask: dict[str, Any]) -> list[TrainingJob]:
    """Those that are asked for: the cheapest question first, as there may be many thousands."""
    found = list(jobs)
    if (after := ask.get("CreationTimeAfter")) is not None:
        earliest = as_time(after)
        found = [job for job in found if job.created > earliest]
    if (before := ask.get("CreationTimeBefore")) is not None:
        latest = as_time(before)
        found = [job for job in found if job.created < latest]
    if contained := ask.get("NameContains"):
        found = [job for job in found if contained in job.training_job_name]
    if (status := ask.get("StatusEquals")) is not None:
        found = [job for job in found if job.status == status]
    if (after := ask.get("LastModifiedTimeAfter")) is not None:
        earliest = as_time(after)
        found = [job for job in found if job.reported["LastModifiedTime"] > earliest]
    if (before := ask.get("LastModifiedTimeBefore")) is not None:
        latest = as_time(before)
        found = [job for job in found if job.reported["LastModifiedTime"] < latest]
    return found


def _created(job: TrainingJob) -> datetime:
    return job.created


_SORT_KEYS: Final[dict[str, Callable[[TrainingJob], Any]]] = {
    "Name": lambda job: job.training_job_name,
    "Status": lambda job: job.status,
}
"""Of what is not sorted by the time of creation."""


def _jobs(response: SageMakerResponse) -> dict[str, TrainingJob]:
    # Kept where moto keeps its own, so that tags and `Search` find them.
    return cast("dict[str, TrainingJob]", response.sagemaker_backend.training_jobs)


def _job(response: SageMakerResponse) -> TrainingJob:
    job = _jobs(response).get(response.params["TrainingJobName"])
    if job is None:
        raise AWSValidationException("Requested resource not found.")
    return job
