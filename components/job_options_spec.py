"""Smaller parts of CreateTrainingJob: retries, experiments, and what its newest members name.

Limits: SageMaker API, RetryStrategy, ExperimentConfig, MlflowConfig and ModelPackageConfig; each is declared once.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .fitting import FittingModel

_LINE = r"^[^\n\r\u0085\u2028\u2029]+$"
ExperimentName = Annotated[str, Field(max_length=120, pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,119}$")]
MlflowArn = Annotated[
    str,
    Field(
        max_length=2048,
        pattern=r"^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:mlflow-(app|tracking-server)/[A-Za-z0-9_.-]+$",
    ),
]
_PACKAGES = r"^arn:aws[a-z-]*:sagemaker:[a-z0-9-]{9,16}:[0-9]{12}:model-package"
ModelPackageGroupArn = Annotated[str, Field(max_length=2048, pattern=rf"{_PACKAGES}-group/[A-Za-z0-9_.-]+$")]
ModelPackageArn = Annotated[str, Field(max_length=2048, pattern=rf"{_PACKAGES}/[A-Za-z0-9_./-]+$")]


class RetryStrategy(BaseModel):
    """How often SageMaker starts a job again that failed by an error of its own (InternalServerError)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    maximum_attempts: Annotated[int, Field(ge=1, le=30)]
    """How many more attempts; the time of all together is `stopping_condition.max_runtime_in_seconds`."""


class ExperimentConfig(FittingModel):
    """A SageMaker experiment (not MLflow's) that the job is recorded in as a trial component."""

    experiment_name: ExperimentName | None = None
    """Name of an existing experiment."""
    trial_name: ExperimentName | None = None
    """Name of an existing trial; absent: SageMaker makes one."""
    trial_component_display_name: ExperimentName | None = None
    """What the trial component is called on screen."""
    run_name: ExperimentName | None = None
    """Name of the experiment's run."""

    def misfits(self) -> Iterator[str]:
        """That nothing is said."""
        if not any(getattr(self, name) for name in type(self).model_fields):
            yield f"got nothing; allowed: one at least of {', '.join(type(self).model_fields)}"


class MlflowConfig(BaseModel):
    """What SageMaker itself is told of managed MLflow; `tracking` is what the script is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    resource_arn: MlflowArn
    """ARN of a tracking server or an MLflow App."""
    experiment_name: Annotated[str, Field(min_length=1, max_length=256, pattern=_LINE)] | None = None
    """The MLflow experiment of the job."""
    run_name: Annotated[str, Field(min_length=1, max_length=256, pattern=_LINE)] | None = None
    """The MLflow run of the job."""


class ModelPackageConfig(BaseModel):
    """The model package that SageMaker makes of the job's output."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    group_arn: ModelPackageGroupArn
    """ARN of the model package group that it goes to."""
    source_arn: ModelPackageArn | None = None
    """ARN of the model package that training goes on from."""
