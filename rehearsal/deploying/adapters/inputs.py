"""The inputs of one resource, read property by property: what no adapter asked for cannot be dropped silently."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from mypy_boto3_iam.type_defs import TagTypeDef


class UnsupportedPropertyError(RehearsalError):
    """The adapter of a resource's type does not know one of its properties."""


@dataclass(frozen=True)
class Created:
    """A resource that has been created: its provider's id, and the outputs that are not inputs."""

    id: str
    outputs: Mapping[str, Any]


class Inputs:
    """The inputs of the resource with this URN; `path` says where in them a nested object is."""

    def __init__(self, urn: str, values: Mapping[str, Any], path: str = "") -> None:
        self.urn = urn
        self._values = values
        self._path = path
        self._taken: set[str] = set()
        self._nested: list[Inputs] = []

    @property
    def type(self) -> str:
        """Type token of the resource, for example `aws:sqs/queue:Queue`."""
        return self.urn.split("::")[2].rpartition("$")[2]

    def take(self, name: str) -> Any:  # noqa: ANN401 - any plain value
        """Take a property; None if it is not given."""
        self._taken.add(name)
        value = self._values.get(name)
        if value == UNKNOWN:
            raise UnsupportedPropertyError(f"{self.urn}: {self._path}{name} is unknown, so nothing can be created")
        return value

    def take_object(self, name: str) -> Inputs | None:
        """Take a property that is an object, as inputs of their own; None if it is not given."""
        value = self.take(name)
        if value is None:
            return None
        nested = Inputs(self.urn, value, f"{self._path}{name}.")
        self._nested.append(nested)
        return nested

    def take_as(self, shape: Mapping[str, str]) -> dict[str, Any]:
        """Take several properties under other names: `{property: boto3 name}`; those not given are left out."""
        taken = {target: self.take(name) for name, target in shape.items()}
        return {target: value for target, value in taken.items() if value is not None}

    def name(self) -> str:
        """Take the physical name, or make one as Pulumi does: the logical name and seven hexadecimal digits."""
        given = self.take("name")
        if given is not None:
            return str(given)
        # From the URN instead of at random, so that two rehearsals of one program are the same.
        return f"{self.urn.rpartition('::')[2]}-{hashlib.sha256(self.urn.encode()).hexdigest()[:7]}"

    def ignore(self, *names: str) -> Self:
        """Take properties that make no difference to a resource that is new (how it is updated or deleted)."""
        self._taken.update(names)
        return self

    def require_all_taken(self) -> None:
        """Raise UnsupportedPropertyError for what has not been taken, here or in nested objects."""
        if left := sorted(set(self._values) - self._taken):
            raise UnsupportedPropertyError(
                f"{self.urn}: the rehearsal does not know {', '.join(self._path + name for name in left)} of "
                f"{self.type}: add it to the adapter in rehearsal/deploying/adapters/"
            )
        for nested in self._nested:
            nested.require_all_taken()


def tag_list(tags: Mapping[str, str] | None) -> list[TagTypeDef]:
    """Tags as most of AWS takes them: `[{"Key": ..., "Value": ...}]`, sorted."""
    return [{"Key": str(key), "Value": str(value)} for key, value in sorted((tags or {}).items())]
