"""Which of several training jobs for one invocation trains: a lock made of MLflow's runs, which know no lock.

Each job has a run, whose tags name its invocation. The order is that of Lamport's bakery: a job first says that it is
choosing (ticket 0), then takes a ticket greater than all it sees, and the lowest (ticket, run id) trains. Because the
choosing is said before anything is read, two jobs at the same moment order themselves the same way, whatever their
clocks say. Clocks are not compared anywhere: a job lives as long as its heartbeat, a tag, is seen to change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from . import tags
from .job import TrainingJob
from .log import say
from .tags import HEARTBEAT, TAKEN_OVER_BY, TICKET, TRAINING_JOB_NAME

CHOOSING = "0"

BEATS_PER_LEASE = 6
_LOOKS_PER_LEASE = 30


class Standing(Protocol):
    """A model version and the training job that made it."""

    @property
    def version(self) -> str: ...
    @property
    def training_job_name(self) -> str: ...


class AlreadyClaimedError(Exception):
    """Another training job has done this invocation, or is doing it; not a failure.

    `training_job_name` is that job's.
    """

    def __init__(self, message: str, training_job_name: str) -> None:
        super().__init__(message)
        self.training_job_name = training_job_name


@dataclass(frozen=True)
class Claim:
    """A job's place in the queue for one invocation, as its run tells it."""

    run_id: str
    training_job_name: str
    ticket: int
    heartbeat: str
    is_open: bool

    @classmethod
    def of(cls, run: Any) -> Claim:  # noqa: ANN401  # MLflow's Run, which is not imported for a type
        """The claim that an MLflow run stands for."""
        found = run.data.tags
        ticket = tags.read(found, TICKET)
        return cls(
            run.info.run_id,
            found.get(TRAINING_JOB_NAME, "unknown"),
            int(ticket or 0),
            tags.read(found, HEARTBEAT),
            run.info.status == "RUNNING" and ticket != "",
        )


class Claims:
    """The queue of one invocation's jobs in one experiment."""

    def __init__(self, client: Any, experiment_id: str, job: TrainingJob, lease_seconds: float) -> None:  # noqa: ANN401
        self._client = client
        self._experiment_id = experiment_id
        self._job = job
        self._lease = lease_seconds

    def take(self, run_id: str, standing: Callable[[], Standing | None]) -> None:
        """Return when it is this job's turn to train; `standing` looks for a registered result.

        It is, at once, where no other job has claimed the invocation. A claim whose heartbeat stands still for a whole
        lease is taken over.

        Raises:
            AlreadyClaimedError: another job's result stands, or another job is alive and came first.
        """
        if not self._job.is_scheduled:
            return  # nothing else is of its invocation
        mine = self._ticket(run_id)
        seen: dict[str, tuple[str, float]] = {}
        while True:
            # In this order: a job registers first and closes its run then.
            first = self._first_before(mine)
            stands = standing()
            if stands and stands.training_job_name != self._job.name:
                raise AlreadyClaimedError(_stands(stands), stands.training_job_name)
            if stands or first is None:
                return
            heartbeat, since = seen.setdefault(first.run_id, (first.heartbeat, time.monotonic()))
            if first.heartbeat != heartbeat:
                if first.ticket:
                    raise AlreadyClaimedError(_works(first), first.training_job_name)
                seen[first.run_id] = (first.heartbeat, time.monotonic())  # alive, and soon to have a ticket
            elif time.monotonic() - since > self._lease:
                self._take_over(first)
            else:
                time.sleep(self._lease / _LOOKS_PER_LEASE)

    def _ticket(self, run_id: str) -> tuple[int, str]:
        """The place of this job; a restarted job has kept the one it had, unless it was taken over."""
        claims = self._all()
        ticket = next((each.ticket for each in claims if each.run_id == run_id), 0)
        if not ticket:
            ticket = 1 + max((each.ticket for each in claims), default=0)
            self._client.set_tag(run_id, TICKET, str(ticket))
        return ticket, run_id

    def _first_before(self, mine: tuple[int, str]) -> Claim | None:
        others = [
            each
            for each in self._all()
            if each.is_open and each.training_job_name != self._job.name and (each.ticket, each.run_id) < mine
        ]
        return min(others, key=lambda each: (each.ticket, each.run_id), default=None)

    def _all(self) -> list[Claim]:
        wanted = tags.same_invocation(self._job)
        runs = self._client.search_runs([self._experiment_id], wanted, max_results=1000)
        return [Claim.of(each) for each in runs]

    def _take_over(self, dead: Claim) -> None:
        self._client.set_tag(dead.run_id, TAKEN_OVER_BY, self._job.name)
        self._client.update_run(dead.run_id, status="KILLED")
        say(
            f"claiming: training job {dead.training_job_name} claimed this invocation and gives no sign of life "
            f"for {self._lease:.0f} s; taking over"
        )


def _stands(standing: Standing) -> str:
    return (
        f"delivered again: version {standing.version} by training job {standing.training_job_name} "
        f"stands for this invocation; nothing to train"
    )


def _works(claim: Claim) -> str:
    return (
        f"delivered again: training job {claim.training_job_name} works on this invocation (run {claim.run_id}) "
        f"and came first; nothing to train"
    )
