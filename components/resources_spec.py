"""The machines of a job, and how long they may take.

Limits: SageMaker API, ResourceConfig and StoppingCondition; each is declared once, on the field it limits.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .aws_names import KmsKeyArn


class Resources(BaseModel):
    """The machines of one training job."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    instance_type: Annotated[str, Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$")]
    """SageMaker's name for the kind of machine, such as ml.m5.large."""
    instance_count: Annotated[int, Field(ge=1, le=100)] = 1
    """How many machines; several grow one forest together, with Dask."""
    volume_size_in_gb: Annotated[int, Field(ge=1, le=16384)] = 30
    """The storage of each machine."""
    volume_kms_key_arn: KmsKeyArn | None = None
    """A customer-managed key for that storage."""


class StoppingCondition(BaseModel):
    """When SageMaker stops a job that has not ended by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max_runtime_in_seconds: Annotated[int, Field(ge=1, le=28 * 86400)] = 3600
    """How long it may train."""
    max_wait_time_in_seconds: Annotated[int, Field(ge=1, le=28 * 86400)] | None = None
    """Only with managed spot training: waiting for a machine and training together."""
