"""Completes a training job that kept its record, without a network or while MLflow is away: trains nothing.

    python register.py DIRECTORY

DIRECTORY holds record.json; the server's address is MLFLOW_TRACKING_URI. Done twice, it registers once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import packages

if __name__ == "__main__" and (missing := packages.fault(os.environ)):
    sys.exit(missing)

import asking
from progress import say
from scheduled_job.afterwards import bring_in
from scheduled_job.job import TrackingSettings
from scheduled_job.record import load
from scheduled_job.tracker import JobTracker


def register(directory: Path, environ: Mapping[str, str]) -> None:
    """Send the record in `directory`.

    Raises:
        TrainingError: there is no record, no address, or no server there.
    """
    kept = load(directory)
    settings = TrackingSettings(
        tracking_uri=asking.address(environ),
        experiment_name=kept.experiment_name,
        registered_model_name=kept.registered_model_name,
        job=kept.job,
        patience_seconds=10,
    )
    tracker = JobTracker(settings, environ)
    standing = tracker.deliver(kept) if kept.run_id else bring_in(tracker, kept)
    if standing.training_job_name != kept.job.name:
        say(f"delivered again: {kept.job.name} is for an invocation that has a version; nothing of it is registered")
    say(f"registered: version {standing.version} of {kept.registered_model_name} by {standing.training_job_name}")


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Register; a failure leaves its reason on standard error, and gives 1."""
    if len(arguments) != 1:
        print("usage: python register.py DIRECTORY", file=sys.stderr)
        return 1
    return asking.ended(lambda given: register(Path(arguments[0]), given), environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
