"""The queue of the jobs of one invocation, against a real MLflow server."""

from __future__ import annotations

import threading
from collections.abc import Callable
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

    def take(
        self,
        name: str,
        run_id: str,
        standing: Callable[[], StandingVersion | None] = lambda: None,
        lease_seconds: float = LEASE,
    ) -> None:
        Claims(self.client, self.experiment_id, self.job(name), lease_seconds).take(run_id, standing)

    def tags(self, run_id: str) -> dict[str, str]:
        return dict(self.client.get_run(run_id).data.tags)

    def status(self, run_id: str) -> str:
        return str(self.client.get_run(run_id).info.status)


@pytest.fixture
def queue(mlflow_server: str) -> Queue:
    return Queue(mlflow_server)


class Clock:
    """Stands where the claims look at the time: it goes on as they wait, and what is due meanwhile happens then.

    So a lease passes at once, and a busy machine makes nobody's heartbeat late.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._due: list[tuple[float, Callable[[], object]]] = []

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        due = [each for when, each in self._due if when <= self._now]
        self._due = [(when, each) for when, each in self._due if when > self._now]
        for each in due:
            each()

    def at(self, seconds: float, what: Callable[[], object]) -> None:
        """Do it once, so many seconds from now."""
        self._due.append((self._now + seconds, what))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("scheduled_job.claims.time", clock)
    monkeypatch.setattr("scheduled_job.claims._LOOKS_PER_LEASE", 10)  # each look is a request
    return clock


@pytest.fixture
def beating(queue: Queue, clock: Clock) -> Callable[[str], None]:
    """Gives a run a heartbeat, as long as somebody waits."""

    def start(run_id: str, number: int = 1) -> None:
        def beat() -> None:
            queue.client.set_tag(run_id, HEARTBEAT, f"b-{number}")
            start(run_id, number + 1)

        clock.at(LEASE / 6, beat)

    return start


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


def test_a_dead_job_that_came_first_is_taken_over(
    queue: Queue, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = queue.run("job-1", "1"), queue.run("job-2")
    queue.take("job-2", second)
    assert LEASE < clock.monotonic() < 1.2 * LEASE
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
    queue: Queue, clock: Clock, beating: Callable[[str], None]
) -> None:
    choosing, mine = queue.run("job-1"), queue.run("job-2", "1")
    beating(choosing)
    clock.at(2 * LEASE, lambda: queue.client.set_tag(choosing, TICKET, "2"))
    queue.take("job-2", mine)
    assert clock.monotonic() >= 2 * LEASE
    assert queue.status(choosing) == "RUNNING"


def test_another_invocation_and_a_job_started_by_hand_wait_for_nobody(queue: Queue) -> None:
    queue.run("job-1", "1")
    tomorrow = TrainingJob("job-2", queue.job("job-1").schedule_arn, "2026-11-24T06:00:00Z")
    by_hand = TrainingJob("job-3")
    for job in (tomorrow, by_hand):
        run_id = queue.client.create_run(queue.experiment_id, tags=job_tags(job) | {TICKET: CHOOSING}).info.run_id
        Claims(queue.client, queue.experiment_id, job, 3600).take(run_id, lambda: None)


def test_of_ten_jobs_at_the_same_moment_one_has_its_turn(queue: Queue) -> None:
    names = [f"job-{number}" for number in range(10)]
    together = threading.Barrier(len(names))
    outcomes: dict[str, Any] = {}
    run_ids, all_done = list[str](), threading.Event()

    def beat() -> None:
        number = 0
        while not all_done.wait(0.5):
            number += 1
            for run_id in list(run_ids):
                queue.client.set_tag(run_id, HEARTBEAT, f"b-{number}")

    def take(name: str) -> None:
        together.wait()
        run_id = queue.run(name)
        run_ids.append(run_id)
        try:
            queue.take(name, run_id, lease_seconds=30)  # nobody's heartbeat is that late
            outcomes[name] = "its turn"
        except AlreadyClaimedError as claimed:
            outcomes[name] = claimed.training_job_name

    heart = threading.Thread(target=beat)
    threads = [threading.Thread(target=take, args=(name,)) for name in names]
    for thread in (heart, *threads):
        thread.start()
    for thread in threads:
        thread.join(120)
    all_done.set()
    heart.join(120)
    (winner,) = [name for name in names if outcomes[name] == "its turn"]
    assert {outcomes[name] for name in names} <= {"its turn", *names}
    assert winner in outcomes.values()
