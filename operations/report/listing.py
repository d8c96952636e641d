"""Lists all training jobs of a job: spans of time side by side, as the pages of one list can only be read in turn.

Call: ListTrainingJobs, a hundred names with each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from operations.jobs.history import JobSummary, is_of_prefix
from operations.jobs.history_asking import PAGE_SIZE, Listed, list_jobs

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

AT_ONCE: Final = 4
"""Ours: SageMaker does not say how many lists it answers at once, and a call that it throttles is tried again."""
_PAGES_OF_A_SPAN: Final = 8
_SPANS_AT_MOST: Final = 400
_MARGIN: Final = timedelta(seconds=2)
"""Spans overlap by this: boto3 sends whole seconds, and whether a limit is itself within a span is nowhere said."""
Named = Mapping[str, Any]
"""An entry of TrainingJobSummaries."""


def list_all(sagemaker: SageMakerClient, prefix: str, pages_at_most: int) -> Listed:
    """The training jobs of the prefix, the newest first, of as many names as fit so many pages.

    As with `list_jobs` the names of longer prefixes take up places.
    """
    newest = _page(sagemaker, prefix, SortOrder="Descending", MaxResults=PAGE_SIZE)
    names, is_whole = list(newest["TrainingJobSummaries"]), "NextToken" not in newest
    if not is_whole:
        oldest = _page(sagemaker, prefix, SortOrder="Ascending", MaxResults=1)["TrainingJobSummaries"]
        if not names or not oldest:  # a page may be empty though others follow it
            return list_jobs(sagemaker, prefix, pages_at_most * PAGE_SIZE, pages_at_most)
        older, is_whole = _Reading(sagemaker, prefix, pages_at_most * PAGE_SIZE).read(
            spans(names[0]["CreationTime"], names[-1]["CreationTime"], oldest[0]["CreationTime"])
        )
        names += older
    each_once = {each["TrainingJobName"]: each for each in names}
    ordered = sorted(each_once.values(), key=lambda each: each["CreationTime"], reverse=True)
    looked = ordered[: pages_at_most * PAGE_SIZE]
    own = tuple(JobSummary.read(each) for each in looked if is_of_prefix(each["TrainingJobName"], prefix))
    return Listed(own, 0 if is_whole and len(looked) == len(ordered) else len(looked))


def spans(newest: datetime, last: datetime, oldest: datetime) -> list[tuple[datetime, datetime]]:
    """Spans of time from `last`, where the first page ended that began with `newest`, back to `oldest`.

    Each should fill a few pages, if there were always as many jobs as in the time of the first page.
    """
    pages = (last - oldest) / max(newest - last, timedelta(seconds=1))
    count = min(max(1, round(pages / _PAGES_OF_A_SPAN)), _SPANS_AT_MOST)
    limits = [last - (last - oldest) * number / count for number in range(count + 1)]
    return [(later, earlier) for later, earlier in pairwise(limits)]


@dataclass
class _Reading:
    """Of a list in spans, the newest first, until so many names have been seen."""

    sagemaker: SageMakerClient
    prefix: str
    names_at_most: int
    _seen: list[int] = field(default_factory=list)
    """Names of each page: threads only add to it."""

    def read(self, wanted: Sequence[tuple[datetime, datetime]]) -> tuple[list[Named], bool]:
        """The names without a gap, and whether these are all."""
        names: list[Named] = []
        with ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as pool:
            for found, is_whole in pool.map(self._of_span, wanted):
                names += found
                if not is_whole:  # what other threads have read of older spans lies behind a gap
                    return names, False
        return names, True

    def _of_span(self, span: tuple[datetime, datetime]) -> tuple[list[Named], bool]:
        """A span that was begun is read to its end, unless it is by far longer than it should be."""
        later, earlier = span
        names: list[Named] = []
        if self._has_enough():
            return names, False
        limits = {"CreationTimeBefore": later + _MARGIN, "CreationTimeAfter": earlier - _MARGIN}
        for page in self._pages(limits):
            names += page["TrainingJobSummaries"]
            self._seen.append(len(page["TrainingJobSummaries"]))
            if self._has_enough(AT_ONCE * _PAGES_OF_A_SPAN * PAGE_SIZE):
                return names, "NextToken" not in page
        return names, True

    def _pages(self, limits: Mapping[str, datetime]) -> Iterator[Mapping[str, Any]]:
        asked: Any = {"NameContains": f"{self.prefix}-", "SortBy": "CreationTime", "SortOrder": "Descending", **limits}
        paginator = self.sagemaker.get_paginator("list_training_jobs")
        yield from paginator.paginate(PaginationConfig={"PageSize": PAGE_SIZE}, **asked)

    def _has_enough(self, and_more: int = 0) -> bool:
        return sum(self._seen) >= self.names_at_most + and_more


def _page(sagemaker: SageMakerClient, prefix: str, **more: Any) -> Mapping[str, Any]:  # noqa: ANN401 - of ListTrainingJobs
    return sagemaker.list_training_jobs(NameContains=f"{prefix}-", SortBy="CreationTime", **more)
