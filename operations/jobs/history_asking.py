"""Asks SageMaker for a job's training jobs: a few pages of names, and only those that are shown one by one.

Calls: ListTrainingJobs (a page has up to 100 names) and DescribeTrainingJob. One that is deleted between the two is
left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from operations.describing import describe, describe_all
from operations.jobs.history import History, JobRun, JobSummary, is_of_prefix

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

PAGE_SIZE: Final = 100
"""Names with one call. Source: SageMaker API, ListTrainingJobs, MaxResults."""
PAGES_AT_MOST: Final = 20
"""So many pages are read for one job: beyond, other jobs' names that contain its prefix take up the rest."""


@dataclass(frozen=True)
class Listed:
    """Training jobs of a prefix, the newest first."""

    jobs: tuple[JobSummary, ...]
    cut_after: int = 0
    """As `History.cut_after`."""


def list_jobs(sagemaker: SageMakerClient, prefix: str, count: int, pages_at_most: int = PAGES_AT_MOST) -> Listed:
    """The newest `count` training jobs of the prefix.

    `NameContains` also finds the jobs of other prefixes: they are left out here, and take up places of a page.
    """
    found, seen = list[JobSummary](), 0
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains=f"{prefix}-",
        SortBy="CreationTime",
        SortOrder="Descending",
        PaginationConfig={"PageSize": PAGE_SIZE},
    )
    for number, page in enumerate(pages, 1):
        seen += len(page["TrainingJobSummaries"])
        found += [JobSummary.read(each) for each in page["TrainingJobSummaries"] if _is_own(each, prefix)]
        if len(found) >= count:
            return Listed(tuple(found[:count]))
        if number == pages_at_most and "NextToken" in page:
            return Listed(tuple(found), seen)
    return Listed(tuple(found))


def newest_job(sagemaker: SageMakerClient, prefixes: Iterable[str]) -> JobSummary | None:
    """The training job of any of the prefixes that was created last; None where there is none."""
    newest = (each for prefix in prefixes for each in list_jobs(sagemaker, prefix, 1).jobs)
    return max(newest, key=lambda job: job.created, default=None)


def describe_job(sagemaker: SageMakerClient, name: str) -> JobRun:
    """A training job by its name.

    Raises:
        PlaceError: there is none of that name.
    """
    return JobRun.read(describe(sagemaker, name))


def read_history(sagemaker: SageMakerClient, prefix: str, count: int) -> History:
    """The newest `count` training jobs of a prefix, each described.

    What is told of a job may be newer than the list, which may still name one as running, or one that is gone.
    """
    listed = list_jobs(sagemaker, prefix, count)
    described = describe_all(sagemaker, [each.name for each in listed.jobs])
    return History(
        prefix,
        tuple(map(JobRun.read, described.found)),
        is_whole=len(listed.jobs) < count and not listed.cut_after,
        cut_after=listed.cut_after,
        gone=tuple(each for each in listed.jobs if each.name in described.gone),
        notes=described.notes,
    )


def _is_own(listed: Mapping[str, object], prefix: str) -> bool:
    return is_of_prefix(str(listed["TrainingJobName"]), prefix)
