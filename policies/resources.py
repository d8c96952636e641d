"""Resources as plain values: no proxies, no exceptions, unknowns marked.

The SDK hands properties over in proxies that raise when an unknown is read, and the engine turns that exception into an
advisory note even for a mandatory policy: an unknown would switch a rule off. `plain` therefore replaces every unknown
by `UNKNOWN` before a rule sees anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from pulumi_policy import proxy

from findings import UNKNOWN

Json: TypeAlias = Any
Read = TypeVar("Read")


_MARKS = frozenset(
    (
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
    )
)


@dataclass(frozen=True)
class NotApplicable:
    """The rule has nothing to judge in this resource, and why."""

    reason: str


@dataclass(frozen=True)
class Resource:
    """A resource as the engine describes it.

    Args:
        type: type token, such as ``aws:scheduler/schedule:Schedule``.
        name: logical name.
        urn: its URN.
        properties: inputs (resource rules) or the state (stack rules); dict, list, str, numbers, None, `UNKNOWN`.
        depends_on: property name to the URNs that its value was made from; only stack rules know it.
    """

    type: str
    name: str
    urn: str
    properties: Mapping[str, Any]
    depends_on: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _read: dict[Callable[[Resource], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def read_by(self, reader: Callable[[Resource], Read]) -> Read:
        """Return what ``reader``, a pure function, makes of this resource; it is called once for all rules."""
        if reader not in self._read:
            self._read[reader] = reader(self)
        read: Read = self._read[reader]
        return read


def plain(value: Json, *, inputs: bool = True) -> Json:
    """Copy a value out of its proxies; whole floats become ints, unknowns become `UNKNOWN`.

    In a resource's properties (``inputs``) the notes of its provider are left out, see `is_note`; elsewhere, as in a
    policy's configuration, a name is a name.
    """
    if isinstance(value, str):
        # Before a remediation nothing raises: an unknown is the engine's mark for it.
        return UNKNOWN if value in _MARKS else value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {key: _read(value, key, inputs=inputs) for key in value if not (inputs and is_note(key))}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_read(value, index, inputs=inputs) for index in range(len(value))]
    return value


def is_note(name: str) -> bool:
    """Tell whether a property is a provider's note to itself, such as ``__defaults``.

    Bridged providers leave one in every object of the inputs that they have checked, and the engine takes all names
    that start so for internal (IsInternalPropertyKey of its sdk/go/common/resource).
    """
    return name.startswith("__")


def _read(container: Json, key: Json, *, inputs: bool) -> Json:
    try:
        return plain(container[key], inputs=inputs)
    except proxy.UnknownValueError:
        return UNKNOWN
