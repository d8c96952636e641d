"""What the AWS provider calls for a resource of each type: one row a type, and nothing for a type without one.

A row is a list of grants: in which phase of a resource's life which IAM actions are needed, on which ARN. Sources: the
provider's own code (hashicorp/terraform-provider-aws, `internal/service/<service>/`, functions Create, Read, Update,
Delete of the resource and `tags_gen.go`), and the resource types of AWS's Service Authorization Reference for what each
action can be narrowed to. Pulumi's AWS provider is that code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

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


@dataclass(frozen=True)
class Grant:
    """Actions of one phase on one ARN; grants of the same `sid` are one statement."""

    sid: str
    phase: Phase
    actions: tuple[str, ...]
    arn: ArnOf
    passed_to: str = ""
    """For `iam:PassRole`: the service that the role is passed to."""
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


def role_arn(name: str, scope: AwsScope) -> str:
    """ARN of a role without a path, as all of the component's are."""
    return scope.arn("iam", f"role/{name}", regional=False)


def _role(inputs: Inputs, scope: AwsScope) -> str:
    if (path := inputs.get("path") or "/") != "/":
        raise UnnamedResourceError(f"path is {path!r}; allowed: /, because its policy names a role without its path")
    return role_arn(named(inputs, "name"), scope)


def _role_of_policy(inputs: Inputs, scope: AwsScope) -> str:
    return role_arn(named(inputs, "role"), scope)


def _queue(inputs: Inputs, scope: AwsScope) -> str:
    return scope.arn("sqs", named(inputs, "name"))


def _schedule_group(inputs: Inputs, scope: AwsScope) -> str:
    return scope.arn("scheduler", f"schedule-group/{named(inputs, 'name')}")


def _schedules(inputs: Inputs, scope: AwsScope) -> str:
    """All schedules of the group, which is one job's own: a further schedule needs no new permission."""
    return scope.arn("scheduler", f"schedule/{named(inputs, 'groupName')}/*")


def _schedules_of_group(inputs: Inputs, scope: AwsScope) -> str:
    return scope.arn("scheduler", f"schedule/{named(inputs, 'name')}/*")


def _passed_role(inputs: Inputs, _scope: AwsScope) -> str:
    target = inputs.get("target")
    return named(target if isinstance(target, Mapping) else {}, "roleArn")


def _bucket(inputs: Inputs, scope: AwsScope) -> str:
    return f"arn:{scope.partition}:s3:::{named(inputs, 'bucket')}"


def _objects(inputs: Inputs, scope: AwsScope) -> str:
    """The object, with any digest in its key: each change of the code has a key of its own."""
    return f"{_bucket(inputs, scope)}/{_DIGEST.sub('*', named(inputs, 'key'))}"


_DIGEST: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_READ, _CHANGE, _DELETE = Phase

_ROLE: Final = (
    # The provider reads a role's inline and managed policies with it.
    Grant(
        "Roles",
        _READ,
        ("iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"),
        _role,
    ),
    Grant("CreateRoles", _CHANGE, ("iam:CreateRole",), _role, boundary=Boundary.DEMANDED),
    Grant("CreateRoles", _CHANGE, ("iam:PutRolePermissionsBoundary",), _role, boundary=Boundary.SET),
    Grant(
        "Roles",
        _CHANGE,
        ("iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"),
        _role,
    ),
    # Before it deletes a role, the provider looks for instance profiles that hold it.
    Grant("Roles", _DELETE, ("iam:DeleteRole", "iam:ListInstanceProfilesForRole"), _role),
)
_ROLE_POLICY: Final = (
    Grant("Roles", _READ, ("iam:GetRolePolicy",), _role_of_policy),
    Grant("CreateRoles", _CHANGE, ("iam:PutRolePolicy",), _role_of_policy, boundary=Boundary.DEMANDED),
    Grant("Roles", _DELETE, ("iam:DeleteRolePolicy",), _role_of_policy),
)
_QUEUE: Final = (
    Grant("Queues", _READ, ("sqs:GetQueueAttributes", "sqs:ListQueueTags"), _queue),
    Grant("Queues", _CHANGE, ("sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"), _queue),
    Grant("Queues", _DELETE, ("sqs:DeleteQueue",), _queue),
)
_SCHEDULE_GROUP: Final = (
    Grant("ScheduleGroups", _READ, ("scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"), _schedule_group),
    Grant(
        "ScheduleGroups",
        _CHANGE,
        ("scheduler:CreateScheduleGroup", "scheduler:TagResource", "scheduler:UntagResource"),
        _schedule_group,
    ),
    Grant("ScheduleGroups", _DELETE, ("scheduler:DeleteScheduleGroup",), _schedule_group),
    # To delete a group is to delete what is in it.
    Grant("Schedules", _DELETE, ("scheduler:DeleteSchedule",), _schedules_of_group),
)
_SCHEDULE: Final = (
    Grant("Schedules", _READ, ("scheduler:GetSchedule",), _schedules),
    Grant("Schedules", _CHANGE, ("scheduler:CreateSchedule", "scheduler:UpdateSchedule"), _schedules),
    Grant("PassRoles", _CHANGE, ("iam:PassRole",), _passed_role, passed_to="scheduler.amazonaws.com"),
    Grant("Schedules", _DELETE, ("scheduler:DeleteSchedule",), _schedules),
)
_OBJECT: Final = (
    # HeadObject is s3:GetObject.
    Grant("Objects", _READ, ("s3:GetObject", "s3:GetObjectTagging"), _objects),
    # Without it S3 answers 403 instead of 404 for an object that is gone, and a refresh ends there.
    Grant("SeeWhetherObjectsExist", _READ, ("s3:ListBucket",), _bucket),
    # An upload of more than 5 MiB is one in parts, which is aborted where it fails.
    Grant(
        "Objects",
        _CHANGE,
        ("s3:AbortMultipartUpload", "s3:DeleteObjectTagging", "s3:PutObject", "s3:PutObjectTagging"),
        _objects,
    ),
    Grant("Objects", _DELETE, ("s3:DeleteObject", "s3:DeleteObjectVersion"), _objects),
    Grant("SeeWhetherObjectsExist", _DELETE, ("s3:ListBucketVersions",), _bucket),
)

ROWS: Final[Mapping[str, tuple[Grant, ...]]] = {
    "aws:iam/role:Role": _ROLE,
    "aws:iam/rolePolicy:RolePolicy": _ROLE_POLICY,
    "aws:s3/bucketObject:BucketObject": _OBJECT,
    "aws:s3/bucketObjectv2:BucketObjectv2": _OBJECT,
    "aws:scheduler/schedule:Schedule": _SCHEDULE,
    "aws:scheduler/scheduleGroup:ScheduleGroup": _SCHEDULE_GROUP,
    "aws:sqs/queue:Queue": _QUEUE,
}
"""Type token -> its row."""
