"""What SageMaker is asked to train: a validated spec. training_job_request makes the API's request of it."""

from typing import Self

from pydantic import model_validator

from .fields_fit import misfits
from .training_job_fields import TrainingJobFields


class TrainingJobSpec(TrainingJobFields):
    """One training job as the stack declares it."""

    @model_validator(mode="after")
    def _fields_fit_each_other(self) -> Self:
        problems = list(misfits(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self
