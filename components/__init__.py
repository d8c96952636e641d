"""Training jobs that start by themselves on AWS: `ScheduledTrainingJob` and its args. Installed, `scheduled_training`.

Each is loaded when it is asked for: whoever only reads settings needs no provider of AWS in memory.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .job_args import JobSettingsError, ScheduledTrainingJobArgs
    from .scheduled_training_job import ScheduledTrainingJob

__all__ = ["JobSettingsError", "ScheduledTrainingJob", "ScheduledTrainingJobArgs"]


def __getattr__(name: str) -> object:
    module = "scheduled_training_job" if name == "ScheduledTrainingJob" else "job_args"
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
