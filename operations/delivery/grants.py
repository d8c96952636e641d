"""What a row of the table is made of: in which phase of a resource's life which actions are needed, on which ARN."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from components.aws_names import AwsScope
from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.errors import RehearsalError

Inputs = Mapping[str, Any]
ArnOf = Callable[[Inputs, AwsScope], str]
"""Inputs of a resource, and where its stack lives -> an ARN that its actions are allowed on."""


class UnnamedResourceError(RehearsalError):
    """A resource whose name is not known before it exists, so that no permission can be narrowed to it."""


class Phase(StrEnum):
    """When in a resource's life a call is made."""

    READ = "read"
    """By a preview with `--refresh`, by `pulumi refresh`, and after each other phase."""
    CHANGE = "change"
    """To create it, to update it, to tag it."""
    DELETE = "delete"
    """By `pulumi destroy`, and when it is taken out or replaced; never of what is retained."""


class Boundary(StrEnum):
    """What a permissions boundary has to do with an action on a role (condition key `iam:PermissionsBoundary`)."""

    IGNORED = "ignored"
    DEMANDED = "demanded"
    """A role that is declared with a boundary must have it for this."""
    SET = "set"
    """It sets the boundary: of roles that are declared with one, and no other one."""


class Tagged(StrEnum):
    """By which tags a call is judged, where a resource's name is not known before it exists."""

    NOT = "not"
    RESOURCE = "resource"
    """The resource has this stack's tags."""
    REQUEST = "request"
    """The request gives it this stack's tags, and it has no other stack's."""


@dataclass(frozen=True)
class Grant:
    """Actions of one phase on one ARN; grants of the same `sid` are one statement."""

    sid: str
    phase: Phase
    actions: tuple[str, ...]
    arn: ArnOf
    passed_to: str = ""
    """For `iam:PassRole`: the service that the role is passed to."""
    tagged: Tagged = Tagged.NOT
    boundary: Boundary = Boundary.IGNORED
    """What the role's permissions boundary has to do with these actions."""


def named(inputs: Inputs, key: str) -> str:
    """A name among the inputs.

    Raises:
        UnnamedResourceError: it is not there or not known.
    """
    value = inputs.get(key)
    if not isinstance(value, str) or value in ("", UNKNOWN):
        raise UnnamedResourceError(f"{key} is not known before the resource exists; give it one")
    return value


def everything(_inputs: Inputs, _scope: AwsScope) -> str:
    """For actions that accept nothing else: each of them is in policies/actions_without_resources.txt."""
    return "*"


def passes(key: str, service: str) -> Grant:
    """That the role of this input is passed to a service, and to no other."""

    def role(inputs: Inputs, _scope: AwsScope) -> str:
        return named(inputs, key)

    return Grant("PassRoles", Phase.CHANGE, ("iam:PassRole",), role, passed_to=service)
