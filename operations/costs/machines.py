"""What a CreateTrainingJob request rents: machines, their volumes, and for how long at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.instance_types import has_local_storage

DEFAULT_RUNTIME_IN_SECONDS: Final = 86400
"""Of a request without MaxRuntimeInSeconds. Source: SageMaker API, StoppingCondition."""


@dataclass(frozen=True)
class Machines:
    """So many machines of one type."""

    instance_type: str
    count: int

    def __str__(self) -> str:
        return f"{self.count} x {self.instance_type}" if self.count > 1 else self.instance_type


Fleet = tuple[Machines, ...]
"""What is rented at the same time."""


def fleets(resources: Mapping[str, Any]) -> tuple[Fleet, ...]:
    """What a ResourceConfig rents: one fleet, or with preferences one of several."""
    if groups := resources.get("InstanceGroups"):
        return (tuple(Machines(each["InstanceType"], each["InstanceCount"]) for each in groups),)
    count = resources.get("InstanceCount", 1)
    if preferences := resources.get("InstancePreferences"):
        return tuple((Machines(each["InstanceType"], each.get("InstanceCount", count)),) for each in preferences)
    return ((Machines(resources["InstanceType"], count),),)


def in_words(fleet: Fleet) -> str:
    """`2 x ml.m5.large and ml.g5.xlarge`."""
    return " and ".join(map(str, fleet))


def gigabytes_of_storage(fleet: Fleet, resources: Mapping[str, Any]) -> int:
    """What is rented of volumes; machines with storage of their own have none.

    Source: SageMaker API, ResourceConfig, VolumeSizeInGB.
    """
    volume = resources.get("VolumeSizeInGB", 0)
    return sum(volume * each.count for each in fleet if not has_local_storage(each.instance_type))


def longest_training(request: Mapping[str, Any]) -> int:
    """Seconds after which SageMaker stops the job; waiting for spot machines is not in it, and costs nothing."""
    stopping: Mapping[str, Any] = request.get("StoppingCondition") or {}
    return int(stopping.get("MaxRuntimeInSeconds", DEFAULT_RUNTIME_IN_SECONDS))
