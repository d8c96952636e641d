"""What the training code says: of its hyperparameters, in sentences, and in its log."""

from __future__ import annotations

from collections.abc import Sequence

from options import hyperparameters
from options.hyperparameters import Hyperparameters

SCHEDULED = {
    "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s",
    "SCHEDULED_TIME": "2026-11-23T06:00:00Z",
}


def parse(arguments: Sequence[str]) -> tuple[Hyperparameters, list[str], list[str]]:
    """Hyperparameters, notes, and each fault as the log has it."""
    settings, notes, faults = hyperparameters.parse(arguments)
    return settings, notes, [str(fault) for fault in faults]


def without_reading(log: str) -> str:
    """A log without the lines of what is read meanwhile, which may come to its end or not."""
    lines = log.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("memory: about ", "reading ")))
