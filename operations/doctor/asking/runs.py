"""Asks SageMaker for the newest training jobs of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from components.aws_names import EXECUTION_ID_LENGTH
from operations.doctor.facts import Run

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_PAGE, _PAGES = 100, 3
"""Names that merely contain the prefix are listed too: so many pages are looked through for the job's own."""
_DESCRIBED: Final = 5
"""So many of the newest are asked what started them and why they failed."""


def ask_runs(sagemaker: SageMakerClient, prefix: str) -> tuple[Run, ...]:
    """The newest training jobs of a name prefix, the newest first."""
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains=prefix,
        SortBy="CreationTime",
        SortOrder="Descending",
        PaginationConfig={"MaxItems": _PAGE * _PAGES, "PageSize": _PAGE},
    )
    found = list[Run]()
    for page in pages:
        for job in page["TrainingJobSummaries"]:
            if _is_own(job["TrainingJobName"], prefix):
                found.append(_run(sagemaker, job["TrainingJobName"]))
            if len(found) == _DESCRIBED:
                return tuple(found)
    return tuple(found)


def _is_own(name: str, prefix: str) -> bool:
    """Whether a name is the prefix and an execution id: `churn-weekly-…` begins with `churn-` as well."""
    return name.startswith(f"{prefix}-") and len(name) == len(prefix) + 1 + EXECUTION_ID_LENGTH


def _run(sagemaker: SageMakerClient, name: str) -> Run:
    told: Any = sagemaker.describe_training_job(TrainingJobName=name)
    return Run(
        name,
        told["TrainingJobStatus"],
        told.get("SecondaryStatus", ""),
        told["CreationTime"],
        told.get("FailureReason", ""),
        told.get("Environment", {}).get("SCHEDULE_ARN", ""),
    )
