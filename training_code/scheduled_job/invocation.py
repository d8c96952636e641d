"""The invocation that a job is for, as a script is told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .job import training_job


@dataclass(frozen=True)
class Invocation:
    """One firing of a schedule; a job that was started by hand has a key and a name, and nothing else.

    `key` is the same for every delivery of the invocation. `execution_id` and `attempt_number` are those of this one.
    """

    key: str
    training_job_name: str
    schedule_name: str = ""
    schedule_arn: str = ""
    scheduled_time: datetime | None = None
    execution_id: str = ""
    attempt_number: int = 0


def read(environ: Mapping[str, str]) -> Invocation:
    """The invocation that the container's variables tell of."""
    job = training_job(environ)
    if not job.is_scheduled:
        return Invocation(job.name, job.name)
    return Invocation(
        key=f"{job.schedule_arn} {job.scheduled_time}",
        training_job_name=job.name,
        schedule_name=job.schedule_arn.rpartition("/")[2],
        schedule_arn=job.schedule_arn,
        # Pythons before 3.11 do not know the Z.
        scheduled_time=datetime.fromisoformat(job.scheduled_time.replace("Z", "+00:00")),
        execution_id=job.schedule_execution_id,
        attempt_number=int(job.schedule_attempt_number or 1),
    )
