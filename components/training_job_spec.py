"""What SageMaker is asked to train: a validated spec. training_job_request makes the API's request of it."""

from collections.abc import Iterator
from typing import ClassVar

from .fields_fit import misfits
from .fitting import FittingModel
from .training_job_fields import TrainingJobFields


class TrainingJobSpec(TrainingJobFields, FittingModel):
    """One training job as the stack declares it."""

    is_judged_whole: ClassVar[bool] = False
    """What a stack has against a job is about single settings, which may be wrong whether others fit or not."""

    def misfits(self) -> Iterator[str]:
        """All that is wrong across the fields, a sentence each."""
        yield from misfits(self)
