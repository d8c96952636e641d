"""What MLflow's pages call a run, and where they say that it comes from."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

from .job import TrainingJob


def run_name(job: TrainingJob, what: str) -> str:
    """`2026-11-27 03:00 UTC · random forest · 2f9c`: when the job was due, what is fitted, the end of the job's name.

    A job that was started by hand has no due time, and its whole name; `what` may be "".
    """
    when, unique = "by hand", job.name
    if job.is_scheduled:
        day, _, time = job.scheduled_time.partition("T")
        when, unique = f"{day} {time[:5]} UTC".strip(), job.name[-4:]
    return " · ".join(part for part in (when, what, unique) if part)


def script_name() -> str:
    """What runs in this process."""
    return Path(sys.argv[0]).name or "a script"


def source_tags(job: TrainingJob, script: str) -> dict[str, str]:
    """What MLflow shows as source, version and creator of a run, as far as they are known.

    The creator of a scheduled run is its schedule, `group/name`; nobody starts it.
    """
    bundle = f" of source bundle {job.source_bundle_digest[:12]}" if job.source_bundle_digest else ""
    tags = {"mlflow.source.name": f"{script}{bundle}", "mlflow.source.type": "JOB"}
    if job.git_commit:
        tags["mlflow.source.git.commit"] = job.git_commit
    if job.is_scheduled:
        tags["mlflow.user"] = job.schedule_arn.partition(":schedule/")[2] or job.schedule_arn
    return tags


def origin(job: TrainingJob) -> list[str]:
    """The training job with its pages in the console, which a schedule's ARN tells the Region of, and the schedule."""
    if not job.is_scheduled:
        return [f"Training job `{job.name}`, started by hand."]
    _, partition, _, region, *_ = job.schedule_arn.split(":")
    told = f"Training job `{job.name}`"
    if partition == "aws":
        console = f"https://{region}.console.aws.amazon.com"
        logs = f"log-groups/log-group/$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3D{quote(job.name)}"
        told = (
            f"Training job [{job.name}]({console}/sagemaker/home?region={region}#/jobs/{quote(job.name)}) "
            f"([logs]({console}/cloudwatch/home?region={region}#logsV2:{logs}))"
        )
    return [f"{told}, of the invocation at {job.scheduled_time} of schedule `{job.schedule_arn.rpartition(':')[2]}`."]
