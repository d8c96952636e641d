"""The first flight itself: training jobs are started, watched to their ends, and read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from rich.console import Console

from components.s3_location import bucket_of, key_of
from operations.jobs.history import SUCCESS, JobRun
from operations.jobs.invocations import Request, request_of, training_job_name
from operations.jobs.model_versions import StandingVersion, standing_versions
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.runners import OnChange, Runner
from operations.registering.by_itself import bring_in_own
from operations.verifying import steps
from operations.verifying.interrupting import stopped_once_it_trains
from operations.verifying.steps import Outcome, Step
from rehearsal.invoking.deliveries import is_tracked, standing_delivery
from rehearsal.invoking.deployed_schedule import DeployedSchedule


@dataclass(frozen=True)
class Flight:
    """Of which schedule of a stack, by whom its jobs are run, and who hears how they go on."""

    stack: OperatedStack
    schedule: DeployedSchedule
    runner: Runner
    on_change: OnChange
    console: Console
    interrupt: bool = False
    completed: list[str] = field(default_factory=list)
    """Training jobs of this flight that have completed, the first one first."""
    unregistered: dict[str, str] = field(default_factory=dict)
    """Job without a network -> why its record could not be brought in."""

    def request(self, due: datetime, attempt: int) -> Request:
        """What one delivery of the invocation of a time sends."""
        return request_of(self.schedule, due, str(uuid4()), attempt)

    def run(self, request: Request) -> JobRun:
        """Start the job of a delivery, and see it end."""
        self.runner.start(self.schedule, request)
        run = self.runner.wait_for_one([training_job_name(request)], self.on_change)
        if run.status == SUCCESS:
            self.completed.append(run.name)
        if why := bring_in_own(self.stack, run, self.console):
            self.unregistered[run.name] = why
        return run

    def version_of(self, run: JobRun) -> StandingVersion | None:
        """The version that stands for the run's invocation."""
        return standing_versions(self.stack.project_dir, self.stack.place, [run]).of_jobs.get(run.name)


def fly(flight: Flight) -> Iterator[Step]:
    """Each step as soon as it is over; a run that fails ends the flight.

    Raises:
        RehearsalError: a job cannot be started.
    """
    due = datetime.now(UTC).replace(microsecond=0)
    sent = flight.request(due, 1)
    first = flight.run(sent)
    yield steps.run_step(first)
    if first.status != SUCCESS:
        return
    yield steps.artifact_step(first, _size_of(flight, first.model_artifact))
    if first.name in flight.unregistered:
        yield Step("model version", Outcome.FAILED, flight.unregistered[first.name])
        return
    yield from _deliveries(flight, sent, first, due)
    if flight.interrupt:
        yield _interruption(flight, due + timedelta(seconds=1))


def _deliveries(flight: Flight, sent: Request, first: JobRun, due: datetime) -> Iterator[Step]:
    """What the run delivered, and that a second delivery delivers nothing more."""
    version = None
    if is_tracked(sent):
        version = flight.version_of(first)
        yield steps.version_step(first, version)
        if version is None:
            return
    again = flight.request(due, 2)
    second = flight.run(again)
    if second.name in flight.unregistered:
        yield Step("second delivery", Outcome.FAILED, flight.unregistered[second.name])
        return
    if is_tracked(sent) or second.status != SUCCESS:
        yield steps.delivery_step(first, second, version, flight.version_of(second) if is_tracked(sent) else None)
    else:
        yield steps.untracked_delivery_step(first, standing_delivery(flight.stack.place.s3, again))


def _interruption(flight: Flight, due: datetime) -> Step:
    """Stop a run once it trains, and deliver its invocation once more: what was saved of it goes on."""
    request = flight.request(due, 1)
    if "CheckpointConfig" not in request:
        told = "the job keeps no checkpoints (checkpoint): after an interruption it begins anew"
        return Step("interruption", Outcome.SKIPPED, told)
    with stopped_once_it_trains(flight.stack.place, training_job_name(request)) as interruption:
        stopped = flight.run(request)
    if interruption.refused:
        told = f"{stopped.name} could not be stopped once it trained: {interruption.refused}"
        return Step("interruption", Outcome.SKIPPED, told)
    again = None if stopped.status == SUCCESS else flight.run(flight.request(due, 2))
    if again is not None and again.name in flight.unregistered:
        return Step("interruption", Outcome.FAILED, flight.unregistered[again.name])
    version = flight.version_of(again) if again is not None and again.status == SUCCESS else None
    return steps.interruption_step(stopped, again, version)


def _size_of(flight: Flight, uri: str) -> int | None:
    """Bytes of an object, or of those below a prefix as far as one listing shows; None where there is none."""
    if not uri.startswith("s3://"):
        return None
    listed = flight.stack.place.s3.list_objects_v2(Bucket=bucket_of(uri), Prefix=key_of(uri)).get("Contents", [])
    return sum(each["Size"] for each in listed) if listed else None
