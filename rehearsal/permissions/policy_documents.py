"""IAM policy documents, parsed and checked: JSON -> frozen statements."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from rehearsal.errors import RehearsalError

_KNOWN_ELEMENTS: Final = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "Condition"}
)
_VERSION: Final = "2012-10-17"


class PolicyError(RehearsalError, ValueError):
    """A policy document that IAM would refuse, or that this rehearsal cannot judge; the message names what."""


Conditions = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Operator -> condition key -> values."""


@dataclass(frozen=True)
class Statement:
    """One statement. `actions_excluded` and `resources_excluded` say that the list is a NotAction or NotResource."""

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    position: int
    sid: str | None = None
    actions_excluded: bool = False
    resources: tuple[str, ...] = ()
    resources_excluded: bool = False
    service_principals: tuple[str, ...] = ()
    any_principal: bool = False
    condition: Conditions = field(default_factory=dict)

    def named(self, document_name: str) -> str:
        """Name it as a person finds it again: `statement "Sid" of DOCUMENT`, or by its position from 1."""
        return f"statement {f'{self.sid!r}' if self.sid else f'number {self.position}'} of {document_name}"


@dataclass(frozen=True)
class PolicyDocument:
    """A policy document with the name under which it is deployed."""

    name: str
    statements: tuple[Statement, ...]

    @classmethod
    def parse(cls, name: str, document: str | Mapping[str, Any]) -> "PolicyDocument":
        """Parse JSON text or an already decoded document.

        Raises:
            PolicyError: it is no policy document, or uses an element that cannot be judged here.

        """
        if isinstance(document, str):
            try:
                document = json.loads(document)
            except ValueError as error:
                raise PolicyError(f"policy document {name} is not JSON: {error}") from None
        if not isinstance(document, Mapping):
            raise PolicyError(f"policy document {name} is a {type(document).__name__}; allowed: a JSON object")
        if document.get("Version") != _VERSION:
            raise PolicyError(
                f"policy document {name} has version {document.get('Version')!r}; allowed: {_VERSION!r} "
                "(the older one leaves policy variables as text)"
            )
        statements = document.get("Statement", [])
        statements = [statements] if isinstance(statements, Mapping) else statements
        return cls(name, tuple(_statement(name, number, item) for number, item in enumerate(statements, 1)))


def _statement(document: str, position: int, raw: Mapping[str, Any]) -> Statement:
    where = f"statement {raw.get('Sid') or position} of policy document {document}"
    unknown = sorted(raw.keys() - _KNOWN_ELEMENTS)
    if unknown:
        raise PolicyError(f"{where} has {', '.join(unknown)}; judged here: {', '.join(sorted(_KNOWN_ELEMENTS))}")
    if raw.get("Effect") not in {"Allow", "Deny"}:
        raise PolicyError(f"{where} has Effect {raw.get('Effect')!r}; allowed: Allow, Deny")
    if ("Action" in raw) == ("NotAction" in raw):
        raise PolicyError(f"{where} needs exactly one of Action and NotAction")
    if "Principal" in raw and raw.keys() & {"Resource", "NotResource"}:
        raise PolicyError(f"{where} has Principal and Resource; a trust document has the one, a permission the other")
    if "Principal" not in raw and ("Resource" in raw) == ("NotResource" in raw):
        raise PolicyError(f"{where} needs exactly one of Resource and NotResource, or a Principal in a trust document")
    principal = raw.get("Principal", {})
    return Statement(
        effect=raw["Effect"],
        actions=_texts(raw.get("Action", raw.get("NotAction")), where),
        position=position,
        sid=raw.get("Sid"),
        actions_excluded="NotAction" in raw,
        resources=_texts(raw.get("Resource", raw.get("NotResource", [])), where),
        resources_excluded="NotResource" in raw,
        service_principals=() if principal == "*" else _texts(principal.get("Service", []), where),
        any_principal=principal == "*" or "*" in _texts(_aws_principals(principal), where),
        condition={
            operator: {key: _texts(values, where) for key, values in keys.items()}
            for operator, keys in raw.get("Condition", {}).items()
        },
    )


def _aws_principals(principal: object) -> object:
    return principal.get("AWS", []) if isinstance(principal, Mapping) else []


def _texts(value: object, where: str) -> tuple[str, ...]:
    """Read a single value or a list of values as the texts that IAM compares (`true`, not `True`)."""
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    texts = []
    for item in values:
        if not isinstance(item, str | bool | int | float):
            raise PolicyError(f"{where} holds a {type(item).__name__} where a text, number or true/false belongs")
        texts.append(item if isinstance(item, str) else json.dumps(item))
    return tuple(texts)
