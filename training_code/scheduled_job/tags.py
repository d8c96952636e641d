"""The tags of runs and model versions: those that a person reads, and those that only this code does.

What only this code reads, or compares, begins with a prefix of its own: MLflow's pages show it in one block, apart from
the rest. Runs of earlier versions of this code have the same tags without the prefix.
"""

from __future__ import annotations

from collections.abc import Mapping

from .job import TrainingJob

PREFIX = "scheduled_training."

TRAINING_JOB_NAME = "training_job_name"
"""On a run and a version: the training job that they come from."""
SCHEDULE_ARN = "schedule_arn"
"""On a run and a version: the schedule that started the job."""
SCHEDULED_TIME = "scheduled_time"
"""On a run and a version: when the job was due, in UTC."""
TRAINING_IMAGE = "training_image"
"""On a run and a version: the image's URI."""
MODEL_VERSION = "model_version"
"""On a run: the version that it became."""
DUPLICATE_OF = "duplicate_of"
"""On a run that was closed: the training job whose result stands instead."""
TAKEN_OVER_BY = "taken_over_by"
"""On a run that gave no sign of life: the training job that did its work."""
PROMOTION = "promotion"
"""On a version: which alias it got, and why in words."""
ALIAS_MOVED = "alias_moved"
"""On a version: who gave it the alias `champion` by hand, when, and from which version."""
DATA_CHECKS = "data_checks"
"""On a run and a version: what has changed in the data since the champion was trained, in words."""

CHAMPION_MOVED = f"{PREFIX}champion_moved"
"""The same as JSON: `at`, `by`, `from`, `how`, and `before`, which is where a rollback from this version leads."""
TICKET = f"{PREFIX}claim_ticket"
HEARTBEAT = f"{PREFIX}claim_heartbeat"


def job_tags(job: TrainingJob) -> dict[str, str]:
    """What a run and a model version say of the job they come from."""
    tags = {
        TRAINING_JOB_NAME: job.name,
        SCHEDULE_ARN: job.schedule_arn,
        SCHEDULED_TIME: job.scheduled_time,
        TRAINING_IMAGE: job.training_image,
        f"{PREFIX}schedule_execution_id": job.schedule_execution_id,
        f"{PREFIX}schedule_attempt_number": job.schedule_attempt_number,
        f"{PREFIX}source_bundle_digest": job.source_bundle_digest,
    }
    tags |= {f"channel_uri.{name}": uri for name, uri in job.dated_channel_uris.items()}
    return {name: value for name, value in tags.items() if value}


def digest_tags(digests: Mapping[str, str]) -> dict[str, str]:
    """Digests by which runs are compared, such as `data_digest`; those that are "" are left out."""
    return {PREFIX + name: value for name, value in digests.items() if value}


def same_invocation(job: TrainingJob) -> str:
    """MLflow's filter for the runs, or the model versions, of every delivery of the job's invocation.

    Schedule ARN and scheduled time, not the execution id: that one is new for each attempt. For a job started by hand,
    its name. Runs and versions of all versions of this code have these tags.
    """
    own = {SCHEDULE_ARN: job.schedule_arn, SCHEDULED_TIME: job.scheduled_time}
    wanted = own if job.is_scheduled else {TRAINING_JOB_NAME: job.name}
    return " and ".join(f"tags.{name} = '{value}'" for name, value in wanted.items())


def read(tags: Mapping[str, str], name: str, default: str = "") -> str:
    """The value of a tag with the prefix, whichever version of this code has written it."""
    return tags.get(name, tags.get(name.removeprefix(PREFIX), default))
