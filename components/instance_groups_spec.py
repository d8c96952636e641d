"""Machines of several kinds: groups that train together, and a list of types of which one is chosen.

Limits: SageMaker API, InstanceGroup, InstancePreference and PlacementSpecification; each is declared once.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

COUNT_MAX: Final = 100
"""Machines of one kind. The API's own maximum is the account's quota; this is a slip of the finger beyond any."""

InstanceType = Annotated[str, Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$")]
InstanceGroupName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\n\r\u0085\u2028\u2029]+$")]
TrainingPlanArn = Annotated[
    str,
    Field(
        min_length=50,
        max_length=2048,
        pattern=r"^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:training-plan/[A-Za-z0-9_.-]+$",
    ),
]


class InstanceGroup(BaseModel):
    """Machines of one type in a cluster of several."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: InstanceGroupName
    """What channels and the script call the group."""
    instance_type: InstanceType
    """SageMaker's name for the kind of machine."""
    instance_count: Annotated[int, Field(ge=1, le=COUNT_MAX)] = 1
    """How many of them."""


class InstancePreference(BaseModel):
    """One type of machine that would do, and how many of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    instance_type: InstanceType
    """SageMaker's name for the kind of machine."""
    instance_count: Annotated[int, Field(ge=1, le=COUNT_MAX)] | None = None
    """How many of this type; of every preference or of none, where `resources.instance_count` says it for all."""
    training_plan_arn: TrainingPlanArn | None = None
    """The training plan whose reserved machines are used if this type is chosen."""


class Placement(BaseModel):
    """How many machines stand together on one UltraServer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    ultra_server_id: Annotated[str, Field(max_length=256)] | None = None
    """Which one; absent: any."""
    instance_count: Annotated[int, Field(ge=1, le=COUNT_MAX)]
    """How many machines on it."""


class InstancePlacement(BaseModel):
    """How machines are placed on UltraServers; for such capacity only."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    enable_multiple_jobs: bool = False
    """Whether other jobs may use the same UltraServer."""
    placements: Annotated[tuple[Placement, ...], Field(max_length=10, strict=False)] = ()
    """How the machines are shared out among UltraServers."""
