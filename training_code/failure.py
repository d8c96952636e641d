"""What a training job says when it fails, as all rooms know it: that of `scheduled_job`, which travels further."""

from __future__ import annotations

from scheduled_job.failure import (
    FAILURE_REASON_LIMIT,
    SECRET_VARIABLES,
    Fault,
    RefusedError,
    TrainingError,
    failure_file,
    reason_of_failure,
    shown,
    without_secrets,
    write_failure,
)

__all__ = [
    "FAILURE_REASON_LIMIT",
    "SECRET_VARIABLES",
    "Fault",
    "RefusedError",
    "TrainingError",
    "failure_file",
    "reason_of_failure",
    "shown",
    "without_secrets",
    "write_failure",
]
