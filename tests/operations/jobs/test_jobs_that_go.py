"""What a list names may be gone when it is asked for: training jobs, log streams and schedules that somebody deletes.

The embedded AWS deletes them at that very moment: between a command's call that lists, and its next one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from operations.cleanup.asking import everything
from operations.costs.asking import deployed_costs
from operations.jobs.backfill_asking import runs_of_range
from operations.jobs.history_asking import read_history
from operations.jobs.logs import print_logs
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.status_asking import Wanted, read_status
from operations.jobs.stopping import stop_job
from operations.models import asking
from operations.named_stack import Named
from operations.places import Place
from operations.registering.whole_stack import register_all
from rehearsal.container.training_logs import LOG_GROUP, LogStream
from tests.operations.deployed_stack import FIRST, DeployedStack
from tests.operations.test_models_command import answer_here

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType")]


@contextmanager
def once_after(place: Place, service: str, operation: str, act: object) -> Iterator[None]:
    """Do something as soon as an operation has answered for the first time."""
    waiting = [act]

    def hook(**_told: object) -> None:
        if waiting:
            waiting.pop()()  # type: ignore[operator] # a function without arguments

    events, name = place.client(service).meta.events, f"after-call.{service}.{operation}"
    events.register(name, hook)
    try:
        yield
    finally:
        events.unregister(name, hook)
    assert not waiting, f"{operation} was not called"


@pytest.fixture
def two(deployed: DeployedStack) -> tuple[str, str]:
    """Training jobs that have ended, of one invocation of long ago: one that stays, and the newest, which goes."""
    due = datetime(2026, 8, 1, 3, tzinfo=UTC)
    return deployed.run_job(due=due), deployed.run_job("Failed", due=due)


@contextmanager
def deleted_once_listed(deployed: DeployedStack, place: Place, name: str) -> Iterator[None]:
    def delete() -> None:
        deployed.clients.sagemaker.delete_training_job(TrainingJobName=name)

    with once_after(place, "sagemaker", "ListTrainingJobs", delete):
        yield


def test_a_status_leaves_a_job_out_that_goes_and_says_so(
    deployed: DeployedStack, stack: OperatedStack, two: tuple[str, str]
) -> None:
    stays, goes = two

    with deleted_once_listed(deployed, stack.place, goes):
        status = read_status(Path.cwd(), "staging", stack.place, [deployed.job], Wanted(runs=2, with_models=False))

    (job,) = status.jobs
    assert [run.name for run in job.history.runs] == [stays]
    assert [each.name for each in job.history.gone] == [goes]
    assert status.notes == (f"breast-cancer: left out, because deleted while the list was read: {goes}",)
    whole = read_history(stack.place.sagemaker, deployed.job.training_job_name_prefix, 1)
    assert (len(whole.runs), whole.gone, whole.notes) == (1, (), ())


def test_a_backfill_a_cost_and_a_registration_go_on_without_it(deployed: DeployedStack) -> None:
    place, job = deployed.place, deployed.job
    output = io.StringIO()

    goes = deployed.run_job("Failed")
    with deleted_once_listed(deployed, place, goes):
        found = runs_of_range(place.sagemaker, job, job.schedule_arn, [datetime.now(UTC) - timedelta(hours=1)])
    assert goes not in [run.name for run in found]

    goes = deployed.run_job("Failed")
    with deleted_once_listed(deployed, place, goes):
        (cost,), notes = deployed_costs([job], place, FIRST, 5)
    assert cost.schedule.name == job.schedule_name
    assert notes == [f"left out, because deleted while the list was read: {goes}"]

    goes = deployed.run_job("Failed")
    with deleted_once_listed(deployed, place, goes):
        operated = OperatedStack(deployed.project, Named(), place, deployed.jobs)
        brought = register_all(operated, Console(file=output, width=300), newest=1)
    assert brought.as_document("staging") == {
        "version": 1,
        "stack": "staging",
        "registered": [],
        "failed": [],
        "notes": [f"left out, because deleted while the list was read: {goes}"],
    }
    assert output.getvalue().startswith(f"note: left out, because deleted while the list was read: {goes}\n")
    assert "0 jobs that may have kept a record, 0 brought in, 0 not" in output.getvalue()


def test_a_schedule_that_is_gone_costs_nothing_and_still_tells_where_its_jobs_left_things(
    deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "run_training_script", answer_here)
    gone = deployed.job.model_copy(update={"schedule_name": "gone"})

    found, notes = deployed_costs([gone], deployed.place, FIRST, 0)
    _, refers = everything(deployed.project, deployed.place, {"gone": gone}, datetime.now(UTC))

    assert found == []
    assert notes == [
        f"schedule {gone.group_name}/gone is not deployed, so it costs nothing: it was deleted when its time was over, "
        "or pulumi up has not made it yet"
    ]
    assert {who for who in refers.bundles.values() if who.startswith("schedule")} == {"schedule gone"}


def test_a_job_that_ends_before_it_is_stopped_is_left_as_it_is(
    deployed: DeployedStack, stack: OperatedStack, in_progress: str
) -> None:
    def end() -> None:
        deployed.report(in_progress, TrainingJobStatus="Completed", SecondaryStatus="Completed")

    with once_after(stack.place, "sagemaker", "DescribeTrainingJob", end):
        run, asked = stop_job(stack.place, in_progress)

    assert (run.status, asked) == ("Completed", False)


def test_a_log_stream_that_goes_is_told_and_the_others_are_read(deployed: DeployedStack, stack: OperatedStack) -> None:
    name, output = deployed.create_job(), io.StringIO()
    for host in ("algo-1", "algo-2"):
        stream = LogStream(deployed.clients.logs, name, host)
        stream.write(f"from {host}")
        stream.flush()
    deployed.report(name, TrainingJobStatus="Completed", SecondaryStatus="Completed")
    logs = deployed.clients.logs
    streams = logs.describe_log_streams(logGroupName=LOG_GROUP, logStreamNamePrefix=f"{name}/")["logStreams"]
    (gone,) = [each["logStreamName"] for each in streams if "algo-1" in each["logStreamName"]]

    def delete() -> None:
        logs.delete_log_stream(logGroupName=LOG_GROUP, logStreamName=gone)

    with once_after(stack.place, "logs", "DescribeLogStreams", delete):
        assert print_logs(stack.place, name, Console(file=output, width=300, highlight=False)) == 0

    line, note = output.getvalue().splitlines()
    assert line.endswith("from algo-2")
    assert note == f"note  log stream {gone} was deleted while it was read"
