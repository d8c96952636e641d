"""The queue of the jobs of one invocation, against a real MLflow server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from options.environment import TrainingJob
from scheduled_job.claims import CHOOSING, AlreadyClaimedError, Claims
from scheduled_job.registry import StandingVersion
from scheduled_job.tags import HEARTBEAT, TAKEN_OVER_BY, TICKET, job_tags

if TYPE_CHECKING:
    from mlflow import MlflowClient

pytestmark = pytest.mark.slow

LEASE = 3.0


class Queue:
    """One invocation in an experiment of its own, and the jobs that want it."""

    def __init__(self, address: str) -> None:
        import mlflow

        self.client: MlflowClient = mlflow.MlflowClient(address)
        self.experiment_id = self.client.create_experiment(f"c-{uuid4().hex[:8]}")

    def job(self, name: str) -> TrainingJob:
        return TrainingJob(name, "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s", "2026-11-23T06:00:00Z")

    def run(self, name: str, ticket: str = CHOOSING, heartbeat: str = "a-1") -> str:
        tags = job_tags(self.job(name)) | {TICKET: ticket, HEARTBEAT: heartbeat}
        return str(self.client.create_run(self.experiment_id, tags=tags).info.run_id)

    def take(self, name: str, run_id: str, standing: Callable[[], StandingVersion | None] = lambda: None) -> None:
        Claims(self.client, self.experiment_id, self.job(name), LEASE).take(run_id, standing)

    def tags(self, run_id: str) -> dict[str, str]:
        return dict(self.client.get_run(run_id).data.tags)

    def status(self, run_id: str) -> str:
        return str(self.client.get_run(run_id).info.status)


@pytest.fixture
def queue(mlflow_server: str) -> Queue:
    return Queue(mlflow_server)


@pytest.fixture
def beating(queue: Queue) -> Iterator[Callable[[str], None]]:
    """Gives a run a heartbeat until the test ends."""
    ended = threading.Event()
    threads = []

    def beat(run_id: str) -> None:
        number = 0
        while not ended.wait(LEASE / 6):
            number += 1
            queue.client.set_tag(run_id, HEARTBEAT, f"b-{number}")

    def start(run_id: str) -> None:
        threads.append(threading.Thread(target=beat, args=(run_id,)))
        threads[-1].start()

    yield start
    ended.set()
    for thread in threads:
        thread.join(120)


def test_a_job_alone_has_its_turn_at_once(queue: Queue) -> None:
    run_id = queue.run("job-1")
    queue.take("job-1", run_id)
    assert queue.tags(run_id)[TICKET] == "1"
    assert TAKEN_OVER_BY not in queue.tags(run_id)


def test_a_living_job_that_came_first_is_left_the_work(queue: Queue, beating: Callable[[str], None]) -> None:
    first, second = queue.run("job-1", "1"), queue.run("job-2")
    beating(first)
    with pytest.raises(AlreadyClaimedError) as caught:
        queue.take("job-2", second)
    assert str(caught.value) == (
        f"delivered again: training job job-1 works on this invocation (run {first}) and came first; nothing to train"
    )
    assert caught.value.training_job_name == "job-1"
    assert queue.tags(second)[TICKET] == "2"
    assert queue.status(first) == "RUNNING"


def test_a_dead_job_that_came_first_is_taken_over(queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = queue.run("job-1", "1"), queue.run("job-2")
    started = time.monotonic()
    queue.take("job-2", second)
    assert time.monotonic() - started > LEASE
    assert queue.status(first) == "KILLED"
    assert queue.tags(first)[TAKEN_OVER_BY] == "job-2"
    assert capsys.readouterr().out == (
        f"claiming: training job job-1 claimed this invocation and gives no sign of life for {LEASE:.0f} s; "
        "taking over\n"
    )


@pytest.mark.parametrize("status", ["FAILED", "KILLED", "FINISHED"])
def test_a_job_that_has_ended_without_a_version_is_no_hindrance(queue: Queue, status: str) -> None:
    first, second = queue.run("job-1", "1"), queue.run("job-2")
    queue.client.set_terminated(first, status=status)
    queue.take("job-2", second)
    assert queue.status(first) == status
    assert TAKEN_OVER_BY not in queue.tags(first)


def test_a_registered_result_ends_the_queue(queue: Queue) -> None:
    with pytest.raises(AlreadyClaimedError) as caught:
        queue.take("job-2", queue.run("job-2"), lambda: StandingVersion("4", "job-1"))
    assert str(caught.value) == (
        "delivered again: version 4 by training job job-1 stands for this invocation; nothing to train"
    )


def test_a_restarted_job_is_no_duplicate_of_itself_and_keeps_its_place(
    queue: Queue, beating: Callable[[str], None]
) -> None:
    mine, second = queue.run("job-1", "1"), queue.run("job-2", "2")
    beating(second)
    queue.take("job-1", mine, lambda: StandingVersion("1", "job-1"))
    assert queue.tags(mine)[TICKET] == "1"
    assert queue.status(second) == "RUNNING"


def test_a_restarted_job_that_was_taken_over_queues_behind(queue: Queue, beating: Callable[[str], None]) -> None:
    mine, second = queue.run("job-1"), queue.run("job-2", "2")
    beating(second)
    with pytest.raises(AlreadyClaimedError, match="training job job-2 works on this invocation"):
        queue.take("job-1", mine)


def test_a_job_that_is_still_choosing_is_waited_for_and_not_left_the_work(
    queue: Queue, beating: Callable[[str], None]
) -> None:
    choosing, mine = queue.run("job-1"), queue.run("job-2", "1")
    beating(choosing)
    ended = threading.Event()

    def choose_later() -> None:
        ended.wait(2 * LEASE)
        queue.client.set_tag(choosing, TICKET, "2")

    thread = threading.Thread(target=choose_later)
    thread.start()
    started = time.monotonic()
    queue.take("job-2", mine)
    assert time.monotonic() - started > LEASE
    thread.join(120)
    assert queue.status(choosing) == "RUNNING"


def test_another_invocation_and_a_job_started_by_hand_wait_for_nobody(queue: Queue) -> None:
    queue.run("job-1", "1")
    tomorrow = TrainingJob("job-2", queue.job("job-1").schedule_arn, "2026-11-24T06:00:00Z")
    by_hand = TrainingJob("job-3")
    for job in (tomorrow, by_hand):
        run_id = queue.client.create_run(queue.experiment_id, tags=job_tags(job) | {TICKET: CHOOSING}).info.run_id
        Claims(queue.client, queue.experiment_id, job, 3600).take(run_id, lambda: None)


def test_of_ten_jobs_at_the_same_moment_one_has_its_turn(queue: Queue, beating: Callable[[str], None]) -> None:
    names = [f"job-{number}" for number in range(10)]
    together = threading.Barrier(len(names))
    outcomes: dict[str, Any] = {}

    def take(name: str) -> None:
        together.wait()
        run_id = queue.run(name)
        beating(run_id)
        try:
            queue.take(name, run_id)
            outcomes[name] = "its turn"
        except AlreadyClaimedError as claimed:
            outcomes[name] = claimed.training_job_name

    threads = [threading.Thread(target=take, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    (winner,) = [name for name in names if outcomes[name] == "its turn"]
    assert {outcomes[name] for name in names} <= {"its turn", *names}
    assert winner in outcomes.values()
