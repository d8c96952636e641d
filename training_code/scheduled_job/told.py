"""What a script of a team's own is told of tracking: where it records, and what a version must reach."""

from __future__ import annotations

import json
from collections.abc import Mapping

from . import afterwards, promotion
from .failure import Fault, RefusedError
from .job import TrackingSettings, lease_seconds, patience_seconds, training_job


def is_tracked(environ: Mapping[str, str]) -> bool:
    """Whether there is tracking, and this is the job's first process on its first host."""
    hosts = sorted(json.loads(environ.get("SM_HOSTS") or "[]"))
    is_first_host = not hosts or environ.get("SM_CURRENT_HOST") == hosts[0]
    is_first_process = environ.get("RANK", "0") == "0"  # as torchrun and its like number them
    has_tracking = bool(environ.get("MLFLOW_TRACKING_URI")) or afterwards.is_told(environ)
    return has_tracking and is_first_host and is_first_process


def read(environ: Mapping[str, str]) -> tuple[TrackingSettings, promotion.Gate]:
    """Where the job records, and what a version must reach.

    Raises:
        RefusedError: what is missing or wrong, all at once.
    """
    faults = [
        Fault("environment variable", name, "not set; the job's request sets it, by hand set it yourself")
        for name in ("TRAINING_JOB_NAME", "MLFLOW_EXPERIMENT_NAME", "REGISTERED_MODEL_NAME")
        if not environ.get(name)
    ]
    settings = TrackingSettings(
        environ.get("MLFLOW_TRACKING_URI", ""),
        environ.get("MLFLOW_EXPERIMENT_NAME", ""),
        environ.get("REGISTERED_MODEL_NAME", ""),
        training_job(environ),
        lease_seconds(environ, faults),
        patience_seconds(environ, faults),
    )
    gate = promotion.read(environ, faults)
    if faults:
        raise RefusedError(faults)
    return settings, gate
