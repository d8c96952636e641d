"""Where in a VPC the machines of a training job stand."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class NetworkSpec(BaseModel):
    """The VPC that the job's machines join."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    subnets: Annotated[
        tuple[Annotated[str, Field(max_length=32, pattern=r"^subnet-[0-9a-f]+$")], ...],
        Field(min_length=1, max_length=16, strict=False),
    ]
    """Where the machines stand."""
    security_group_ids: Annotated[
        tuple[Annotated[str, Field(max_length=32, pattern=r"^sg-[0-9a-f]+$")], ...],
        Field(min_length=1, max_length=5, strict=False),
    ]
    """The security groups of the machines."""
