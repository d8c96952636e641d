"""The machines of a job, and how long they may take.

Limits: SageMaker API, ResourceConfig and StoppingCondition; each is declared once, on the field it limits.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .aws_names import KmsKeyArn
from .fitting import FittingModel, judged
from .instance_groups_spec import (
    COUNT_MAX,
    InstanceGroup,
    InstancePlacement,
    InstancePreference,
    InstanceType,
    TrainingPlanArn,
)


class Resources(FittingModel):
    """The machines of one training job: of one type, of several in groups, or of the first type that is to be had."""

    instance_type: InstanceType | None = None
    """SageMaker's name for the kind of machine, such as ml.m5.large; this, `instance_groups` or
    `instance_preferences`."""
    instance_count: Annotated[int, Field(ge=1, le=COUNT_MAX)] = 1
    """How many machines; several grow one forest together, with Dask."""
    instance_groups: Annotated[tuple[InstanceGroup, ...], Field(max_length=5, strict=False)] = ()
    """Machines of several types that train together: each group has a name, a type and a count."""
    instance_preferences: Annotated[tuple[InstancePreference, ...], Field(max_length=5, strict=False)] = ()
    """Types of which SageMaker takes the first that is to be had."""
    volume_size_in_gb: Annotated[int, Field(ge=1, le=16384)] = 30
    """The storage of each machine."""
    volume_kms_key_arn: KmsKeyArn | None = None
    """A customer-managed key for that storage."""
    keep_alive_in_seconds: Annotated[int, Field(ge=0, le=21600)] | None = None
    """How long the machines wait for the next job of the same kind, and are paid for; absent: not at all."""
    training_plan_arn: TrainingPlanArn | None = None
    """The training plan whose reserved machines are used."""
    instance_placement: InstancePlacement | None = None
    """Where the machines stand; for UltraServers only."""

    @property
    def instance_types(self) -> tuple[str, ...]:
        """Every type that the job may use, each once."""
        return tuple(dict.fromkeys(self.types_by_setting.values()))

    @property
    def types_by_setting(self) -> dict[str, str]:
        """Setting below this one -> the type that it names: all that the job may use."""
        own = {"instance_type": self.instance_type} if self.instance_type else {}
        groups = {f"instance_groups.{place}": each.instance_type for place, each in enumerate(self.instance_groups)}
        preferred = {
            f"instance_preferences.{place}": each.instance_type for place, each in enumerate(self.instance_preferences)
        }
        return own | {f"{entry}.instance_type": kind for entry, kind in {**groups, **preferred}.items()}

    @property
    def machine_count(self) -> int:
        """How many machines the job has at most."""
        if self.instance_groups:
            return sum(group.instance_count for group in self.instance_groups)
        return max([self.instance_count, *(each.instance_count or 1 for each in self.instance_preferences)])

    @property
    def count_setting(self) -> str:
        """The setting, below this one, that says how many machines there are."""
        if self.instance_groups:
            return "instance_groups"
        return (
            "instance_preferences"
            if any(each.instance_count for each in self.instance_preferences)
            else "instance_count"
        )

    @property
    def training_plan_arns(self) -> tuple[str, ...]:
        """Every training plan that the job may use, each once."""
        of_types = (each.training_plan_arn for each in self.instance_preferences)
        return tuple(dict.fromkeys(filter(None, (self.training_plan_arn, *of_types))))

    def misfits(self) -> Iterator[str]:
        """All that is wrong across the fields, a sentence each."""
        yield from judged(self._kind_problems, self._group_problems, self._preference_problems)

    def _kind_problems(self) -> Iterator[str]:
        said = [name for name in ("instance_type", "instance_groups", "instance_preferences") if getattr(self, name)]
        if len(said) != 1:
            yield (
                f"got {' and '.join(said) or 'no type of machine'}; allowed: one of instance_type (such as "
                "ml.m5.large), instance_groups and instance_preferences"
            )

    def _group_problems(self) -> Iterator[str]:
        if not self.instance_groups:
            return
        if "instance_count" in self.model_fields_set:
            yield "instance_count is not allowed with instance_groups, of which each has its own; remove it"
        names = [group.name for group in self.instance_groups]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            yield f"instance_groups: got {name!r} twice; allowed: names that differ"
        if self.keep_alive_in_seconds:
            # Source: SageMaker Developer Guide, "SageMaker AI Managed Warm Pools", considerations.
            yield (
                f"keep_alive_in_seconds: got {self.keep_alive_in_seconds}; allowed with instance_groups: 0, because a "
                "cluster of several types cannot wait in a warm pool; remove it"
            )

    def _preference_problems(self) -> Iterator[str]:
        """Source: SageMaker API, ResourceConfig, InstancePreferences, and InstancePreference."""
        if not self.instance_preferences:
            return
        types = [each.instance_type for each in self.instance_preferences]
        for name in dict.fromkeys(name for name in types if types.count(name) > 1):
            yield f"instance_preferences: got {name!r} twice; allowed: each type once"
        counted = [each.instance_count is not None for each in self.instance_preferences]
        if any(counted) and ("instance_count" in self.model_fields_set or not all(counted)):
            yield (
                "instance_preferences: some have an instance_count; allowed: all of them, and then "
                "resources.instance_count is not set, or none"
            )
        if self.training_plan_arn and any(each.training_plan_arn for each in self.instance_preferences):
            yield "training_plan_arn is not allowed with instance_preferences that have their own; remove one of them"
        if self.instance_placement:
            yield "instance_placement is not allowed with instance_preferences; remove one of them"


class StoppingCondition(BaseModel):
    """When SageMaker stops a job that has not ended by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max_runtime_in_seconds: Annotated[int, Field(ge=1, le=28 * 86400)] = 3600
    """How long it may train, all attempts together."""
    max_wait_time_in_seconds: Annotated[int, Field(ge=1, le=28 * 86400)] | None = None
    """Only with managed spot training: waiting for a machine and training together."""
    max_pending_time_in_seconds: Annotated[int, Field(ge=1800, le=28 * 86400)] | None = None
    """How long it may wait for a machine with an accelerator; without one it has no effect."""
