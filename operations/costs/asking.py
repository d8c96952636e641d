"""What a cost is made of, asked of AWS or of a kept rehearsal: schedules, the job's last runs, and prices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from operations.costs.price_list import PRICE_LIST_REGION, ListedPrices
from operations.costs.price_table import Prices, TablePrices
from operations.costs.schedule_costs import ScheduleCost, schedule_cost
from operations.deployed_jobs import StackJob
from operations.describing import DescribedJobs, describe_all
from operations.jobs.deployed_schedules import find_schedule
from operations.jobs.history import is_of_prefix
from operations.places import Place

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_LISTED: Final = 500
"""The newest jobs whose names have a job's prefix in them, among which its own are looked for."""
_ENDED: Final = ("Completed", "Failed", "Stopped")


def deployed_costs(
    jobs: list[StackJob], place: Place, now: datetime, runs: int
) -> tuple[list[ScheduleCost], list[str]]:
    """The cost of each schedule of the jobs as it is deployed, with its last `runs`; and notes, on the prices too.

    Raises:
        CostError: a schedule starts no training job.
    """
    prices = PricesOfPlace(place)
    found, notes = list[ScheduleCost](), list[str]()
    for job in jobs:
        described = last_runs(job, place, runs) if runs else DescribedJobs()
        notes += described.notes
        for name, each in job.schedules.items():
            schedule = find_schedule(place.scheduler, name, each).deployed
            if schedule is None:
                notes.append(
                    f"schedule {each.group_name}/{each.schedule_name} is not deployed, so it costs nothing: it was "
                    "deleted when its time was over, or pulumi up has not made it yet"
                )
                continue
            of_region = prices(schedule.scope.region, schedule.scope.partition)
            found.append(schedule_cost(schedule, of_region, now, described.found, runs))
    return found, [*notes, *prices.notes]


def last_runs(job: StackJob, place: Place, runs: int) -> DescribedJobs:
    """The newest runs of a job that have ended, `runs` for each of its schedules."""
    names = islice(_ended(place.sagemaker, job.training_job_name_prefix), runs * len(job.schedules))
    return describe_all(place.sagemaker, names)


def _ended(sagemaker: SageMakerClient, prefix: str) -> Iterator[str]:
    """Names, the newest first; pages are asked for as they are needed."""
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains=f"{prefix}-",
        SortBy="CreationTime",
        SortOrder="Descending",
        PaginationConfig={"MaxItems": _LISTED, "PageSize": 100},
    )
    for page in pages:
        for each in page["TrainingJobSummaries"]:
            if is_of_prefix(each["TrainingJobName"], prefix) and each["TrainingJobStatus"] in _ENDED:
                yield each["TrainingJobName"]


class PricesOfPlace:
    """The prices of each region that a place's schedules are in: AWS's own, or the table's in a rehearsal."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._by_region: dict[str, Prices] = {}

    def __call__(self, region: str, partition: str) -> Prices:
        """Of a region; AWS is asked where its partition has a Price List, and for dollars."""
        if region not in self._by_region:
            self._by_region[region] = self._of(region, partition)
        return self._by_region[region]

    @property
    def notes(self) -> list[str]:
        """What AWS did not tell; each once."""
        told = [note for each in self._by_region.values() if isinstance(each, ListedPrices) for note in each.notes]
        return list(dict.fromkeys(told))

    def _of(self, region: str, partition: str) -> Prices:
        if self._place.is_rehearsal or partition not in PRICE_LIST_REGION:
            return TablePrices(region)
        import boto3

        session = boto3.session.Session(profile_name=self._place.environment.get("AWS_PROFILE") or None)
        return ListedPrices(region, session.client("pricing", region_name=PRICE_LIST_REGION[partition]))


def declared_costs(project_dir: Path, stack: str, now: datetime) -> list[ScheduleCost]:
    """The cost of each schedule as the program declares it, at the table's prices: nothing is asked.

    Raises:
        CostError: a schedule starts no training job.
        RehearsalError, pulumi.RunError: the stack's files or settings are wrong.
    """
    from components.aws_names import AwsScope
    from rehearsal.declaring.program import OfflineMocks, answer_invoke, declare
    from rehearsal.declaring.stack_configuration import read_stack_configuration
    from rehearsal.judging.judgement import declared_schedules

    configuration = read_stack_configuration(project_dir, stack)
    region, account = configuration.values.get("aws:region", "us-east-1"), configuration.account_id
    declared = declare(project_dir, stack, OfflineMocks(region=region, account_id=account), preview=True)
    partition = answer_invoke("aws:index/getPartition:getPartition", account_id=account, region=region)["partition"]
    schedules = declared_schedules(declared.resources, AwsScope(partition, region, account))
    return [schedule_cost(each, TablePrices(each.scope.region), now) for each in schedules]
