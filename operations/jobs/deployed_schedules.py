"""A job's schedules as they are deployed: what GetSchedule answers is the truth, not the outputs nor the program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from operations.deployed_jobs import OutputsError, StackJob, StackSchedule
from rehearsal.invoking.deployed_schedule import DeployedSchedule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_scheduler import EventBridgeSchedulerClient

    from operations.places import Place


@dataclass(frozen=True)
class Found:
    """A schedule of a job by its name in the job ("" for the job's own), and since when it is as it is."""

    name: str
    exported: StackSchedule
    deployed: DeployedSchedule | None
    """None where there is none of that name any more."""
    changed: datetime | None = None
    """When it was created or changed last."""


def find_schedule(scheduler: EventBridgeSchedulerClient, name: str, exported: StackSchedule) -> Found:
    """Ask for a schedule that the stack exports."""
    try:
        answer = scheduler.get_schedule(GroupName=exported.group_name, Name=exported.schedule_name)
    except scheduler.exceptions.ResourceNotFoundException:
        return Found(name, exported, None)
    return Found(name, exported, DeployedSchedule.from_response(answer), answer.get("LastModificationDate"))


def choose_schedule(
    place: Place, jobs: Mapping[str, StackJob], job: str | None, wanted: str | None
) -> tuple[StackJob, Found]:
    """The one schedule that is meant: of a job by its name in the stack, and by the schedule's in the job or on AWS.

    Raises:
        OutputsError: there is no such one, several may be meant, or it is not deployed.
    """
    from operations.deployed_jobs import schedules_of, select_jobs

    own = {each.name: each for each in select_jobs(jobs, job)}
    found = list(schedules_of(own))
    if wanted is None:
        meant = [each for each in found if not each[1]]
        if len(meant) > 1:
            raise OutputsError(f"the stack has several jobs; name one with --job: {', '.join(own)}")
    else:
        meant = [each for each in found if wanted in {each[1], each[2].schedule_name}]
        if not meant:
            names = ", ".join(each[2].schedule_name for each in found)
            raise OutputsError(f"--schedule got {wanted!r}; the schedules: {names}")
        if len(meant) > 1:
            names = ", ".join(each[2].schedule_name for each in meant)
            raise OutputsError(f"--schedule got {wanted!r}, which several have; name it as AWS does: {names}")
    of, name, exported = meant[0]
    schedule = find_schedule(place.scheduler, name, exported)
    if schedule.deployed is None:
        raise OutputsError(
            f"schedule {exported.group_name}/{exported.schedule_name} is not deployed: run pulumi up, or name another "
            "stack"
        )
    return of, schedule
