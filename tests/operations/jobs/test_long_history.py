"""A stack whose history has 10,000 training jobs, beside another one whose longer prefix has as many.

How long that takes is in benchmarks/history.py.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.deployed_jobs import StackJob
from operations.jobs.history_asking import list_jobs, newest_job
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.status_asking import Wanted, read_status
from operations.named_stack import Named
from operations.places import Place
from operations.report import asking, listing
from operations.report.asking import read_report
from operations.report.listing import list_all
from rehearsal.aws_clients import AwsClients
from rehearsal.local_servers.training_job_state import TrainingJob
from tests.operations.jobs.descriptions import EXPORTED, PREFIX, REQUEST, SCHEDULE
from tests.rehearsal.embedded_server import empty_embedded_aws, serve_embedded_aws

pytestmark = pytest.mark.slow
COUNT, ACCOUNT = 10_000, "123456789012"
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
OTHER = f"{PREFIX}-weekly"
JOB = StackJob(
    **EXPORTED.model_dump(),
    name="breast-cancer",
    scheduler_role_arn="arn:aws:iam::123456789012:role/s",
    execution_role_arn="arn:aws:iam::123456789012:role/e",
    training_job_name_prefix=PREFIX,
    s3_output_path="s3://bucket/training-outputs/",
)


def put_history(prefix: str, count: int, first: datetime) -> None:
    """Training jobs that have succeeded and track nowhere, one each hour: put where the embedded AWS keeps them."""
    from moto.sagemaker.models import sagemaker_backends

    jobs = sagemaker_backends[ACCOUNT]["us-east-1"].training_jobs
    for number in range(count):
        name, created = f"{prefix}-{uuid.UUID(int=number, version=4)}", first + timedelta(hours=number)
        job = TrainingJob.create(
            f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/{name}",
            {**REQUEST, "TrainingJobName": name, "Environment": {**REQUEST["Environment"], "TRACKING": "none"}},
        )
        job.created = created
        job.reported |= {"TrainingJobStatus": "Completed", "SecondaryStatus": "Completed", "LastModifiedTime": created}
        jobs[name] = job


@pytest.fixture(scope="module")
def clients() -> Iterator[AwsClients]:
    with serve_embedded_aws() as clients:
        put_history(PREFIX, COUNT, FIRST)
        put_history(OTHER, COUNT, FIRST + timedelta(minutes=30))
        clients.scheduler.create_schedule_group(Name=PREFIX)
        clients.scheduler.create_schedule(
            Name=PREFIX,
            GroupName=PREFIX,
            ScheduleExpression=SCHEDULE.expression,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": SCHEDULE.target_arn, "RoleArn": SCHEDULE.role_arn, "Input": SCHEDULE.target_input},
        )
        yield clients
        empty_embedded_aws()


@pytest.fixture
def calls(clients: AwsClients) -> Iterator[Counter[str]]:
    """How often each operation was called."""
    counted = Counter[str]()

    def count(model: Any, **_more: Any) -> None:  # noqa: ANN401 - botocore's hooks
        counted[model.name] += 1

    for client in (clients.sagemaker, clients.scheduler):
        client.meta.events.register("before-call", count)
    yield counted
    for client in (clients.sagemaker, clients.scheduler):
        client.meta.events.unregister("before-call", count)


def test_a_status_makes_a_call_for_each_job_that_is_shown_however_long_the_history_is(
    clients: AwsClients, calls: Counter[str]
) -> None:
    place = Place(lambda service: getattr(clients, service), "us-east-1", {})

    status = read_status(Path.cwd(), "staging", place, [JOB], Wanted(runs=10, with_models=False))

    runs = status.jobs[0].history.runs
    assert len(runs) == 10
    assert [run.created for run in runs] == sorted((run.created for run in runs), reverse=True)
    assert runs[0].created == FIRST + timedelta(hours=COUNT - 1)
    assert all(run.name.startswith(f"{PREFIX}-00000000") for run in runs), "the other stack's names are longer"
    assert calls == {"GetSchedule": 1, "ListTrainingJobs": 1, "DescribeTrainingJob": 10}


def test_a_report_reads_so_many_pages_of_names_and_says_that_there_are_more(
    clients: AwsClients, calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PAGES_AT_MOST", 3)
    monkeypatch.setattr(listing, "AT_ONCE", 1)  # so that it can be counted: side by side it is one span more or less
    place = Place(lambda service: getattr(clients, service), "us-east-1", {})

    report = read_report(OperatedStack(Path.cwd(), Named(), place, {"breast-cancer": JOB}), 20)

    # Half of the names that are read are the other stack's.
    assert len(report.jobs["breast-cancer"]) == 150
    assert (calls["GetSchedule"], calls["DescribeTrainingJob"]) == (2, 20)
    # Of the status, the newest page, the oldest name, and one span.
    assert calls["ListTrainingJobs"] == 1 + 2 + 8
    assert "breast-cancer: there are more than the newest 150 training jobs; older ones are not shown" in report.notes


def test_the_newest_job_is_one_call_and_a_prefix_without_jobs_ends_after_so_many_pages(
    clients: AwsClients, calls: Counter[str]
) -> None:
    newest = newest_job(clients.sagemaker, [PREFIX])
    assert newest is not None
    assert calls["ListTrainingJobs"] == 1

    found = list_jobs(clients.sagemaker, "breast", 10, pages_at_most=3)

    assert (found.jobs, found.cut_after) == ((), 300)
    assert calls["ListTrainingJobs"] == 4


def test_all_of_a_history_is_listed_side_by_side_with_hardly_more_calls_than_it_has_pages(
    clients: AwsClients, calls: Counter[str]
) -> None:
    listed = list_all(clients.sagemaker, PREFIX, 250)

    assert listed.cut_after == 0
    assert [job.created for job in listed.jobs] == [FIRST + timedelta(hours=COUNT - 1 - n) for n in range(COUNT)]
    assert calls["ListTrainingJobs"] <= 2 * COUNT // 100 * 1.2


def test_of_a_history_that_is_too_long_the_newest_are_listed_without_a_gap(
    clients: AwsClients, calls: Counter[str]
) -> None:
    listed = list_all(clients.sagemaker, PREFIX, 50)

    assert listed.cut_after == 5000
    assert [job.created for job in listed.jobs] == [FIRST + timedelta(hours=COUNT - 1 - n) for n in range(2500)]
    assert calls["ListTrainingJobs"] <= 50 + 2 + 4 * 10
