"""What the training code says of its hyperparameters, in sentences."""

from collections.abc import Sequence

import hyperparameters
from hyperparameters import Hyperparameters


def parse(arguments: Sequence[str]) -> tuple[Hyperparameters, list[str], list[str]]:
    """Hyperparameters, notes, and each fault as the log has it."""
    settings, notes, faults = hyperparameters.parse(arguments)
    return settings, notes, [str(fault) for fault in faults]
