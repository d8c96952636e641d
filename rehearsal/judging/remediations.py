"""What policies at level `remediate` change in a resource's inputs: read from the pack's answer, and applied again.

A pack answers with all of a resource's properties; what differs from those that it was asked about is the remediation.
It is kept as changes at property paths, so that it can be made in what the program declares when it is deployed, where
values are known that were not when the pack was asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from rehearsal.errors import RehearsalError

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Marks a secret, an asset or an archive, which are one value each."""
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")
Path = tuple[str | int, ...]


class RemediationError(RehearsalError):
    """A remediation does not fit what the program declares; the message names policy, resource and property."""


@dataclass(frozen=True)
class PropertyChange:
    """One property that a policy sets or, with `removed`, takes out; the value may be secret and is never shown."""

    path: Path
    value: Any = field(default=None, repr=False)
    removed: bool = False

    @property
    def name(self) -> str:
        """The property path: `target.retryPolicy.maximumRetryAttempts`, `rules[0]["a b"]`."""
        first, *rest = self.path
        return str(first) + "".join(map(_step, rest))


@dataclass(frozen=True)
class Remediation:
    """What one policy changes in the inputs of the resource `urn`."""

    policy: str
    urn: str
    changes: tuple[PropertyChange, ...]


def remediation(found: analyzer_pb2.Remediation, urn: str, before: struct_pb2.Struct) -> Remediation:
    """Read what the pack answered when it was asked about `before`."""
    was, now = json_format.MessageToDict(before), json_format.MessageToDict(found.properties)
    return Remediation(found.policyName, urn, tuple(_changes(was, now, ())))


def remediated(properties: struct_pb2.Struct, remediations: Iterable[Remediation]) -> struct_pb2.Struct:
    """Make the changes in a copy of `properties`.

    Raises RemediationError where a change stands inside something that `properties` do not have.
    """
    values = json_format.MessageToDict(properties)
    for cure in remediations:
        for change in cure.changes:
            try:
                _make(change, values)
            except (LookupError, TypeError) as error:
                raise RemediationError(
                    f"{cure.urn}: the policy {cure.policy} changed {change.name} when the stack was checked; what is "
                    "deployed has no such property: let the program declare the same at a preview and at an update"
                ) from error
    result = struct_pb2.Struct()
    result.update(values)
    return result


def _changes(was: Any, now: Any, path: Path) -> Iterator[PropertyChange]:  # noqa: ANN401 - any JSON values
    match was, now:
        case dict(), dict() if _SIGNATURE not in was and _SIGNATURE not in now:
            for name in now:
                if name not in was:
                    yield PropertyChange((*path, name), now[name])
                else:
                    yield from _changes(was[name], now[name], (*path, name))
            yield from (PropertyChange((*path, name), removed=True) for name in was if name not in now)
        case list(), list() if len(was) == len(now):
            for index, (old, new) in enumerate(zip(was, now, strict=True)):
                yield from _changes(old, new, (*path, index))
        case _ if type(was) is not type(now) or was != now:
            yield PropertyChange(path, now)


def _make(change: PropertyChange, values: Mapping[str, Any]) -> None:
    container: Any = values
    for step in change.path[:-1]:
        container = container[step]
    if not change.removed:
        container[change.path[-1]] = change.value
    elif change.path[-1] in container:
        del container[change.path[-1]]


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_NAME.fullmatch(step) else f"[{json.dumps(step)}]"
