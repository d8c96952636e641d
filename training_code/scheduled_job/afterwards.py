"""A job that cannot reach MLflow leaves its record in its output, and whoever can brings it in: once.

While it trains it asks nothing. What is asked at the start of any other job (who else has this invocation, who is the
champion) is asked when the record is brought in.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from . import models
from .job import AFTERWARDS, TRACKING, TrainingJob
from .record import KEPT, MODEL, Record
from .registry import StandingVersion
from .tracker import JobTracker

MEANING = (
    "Trained in a container without a network and registered afterwards: before training, no other delivery of the "
    "invocation was looked for; the champion is held against by what it recorded of itself, on its own held-out rows."
)
"""What a reader of the version is told."""


def is_told(environ: Mapping[str, str]) -> bool:
    """Whether the job is to leave its record in its output."""
    return environ.get(TRACKING) == AFTERWARDS


def announcement() -> str:
    """What the log says at the start."""
    return (
        "tracking: afterwards: nothing is reached from here, so no other delivery of this invocation is looked for, "
        "and no champion is asked for; the record of this run goes into the job's output"
    )


def leave(record: Record, output_directory: Path) -> str:
    """Move a record that has no run yet into the job's output, the first one of a job; gives what that means, in words.

    A script that registers twice has one version, as elsewhere.
    """
    kept = output_directory / KEPT
    if kept.exists():
        return _how_to_bring_in(record.job)
    record = replace(record, summary="\n\n".join(filter(None, [record.summary, MEANING])))
    record.save()
    partial = kept.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    output_directory.mkdir(parents=True, exist_ok=True)
    shutil.move(record.directory, partial)  # a large model is copied only to another disk
    partial.rename(kept)  # what is killed before has left nothing
    return _how_to_bring_in(record.job)


def _how_to_bring_in(job: TrainingJob) -> str:
    """What is to be done for a version, in words."""
    return (
        f"recorded: not registered yet; the record is in the job's output: `training-jobs register {job.name}` brings "
        f"it in"
    )


def bring_in(tracker: JobTracker, record: Record) -> StandingVersion:
    """Begin the run that the record is of, and send it; the version that stands for the invocation.

    A job whose invocation has a version of another job gets neither run nor version. Done again, or going on after it
    broke off, it goes on with the run and the version that are there.

    Raises:
        UnreachableError: MLflow is away, or refuses; nothing of the record is lost.
    """
    standing = tracker.standing_version()
    if standing and standing.training_job_name != record.job.name:
        return standing
    record = replace(record, champion=tracker.recorded_champion())
    if standing:
        return tracker.deliver(replace(record, run_id=standing.run_id))
    with tracker.run(None, record.title, script=record.script) as run_id:
        models.describe_files(record.directory / MODEL, run_id)
        return tracker.deliver(replace(record, run_id=run_id))
