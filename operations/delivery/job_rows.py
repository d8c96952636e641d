"""Rows of what a job is made of: roles, their policies, queue, schedule group, schedules and objects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from components.aws_names import AwsScope
from operations.delivery.grants import Boundary, Grant, Inputs, Phase, UnnamedResourceError, named


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

JOB_ROWS: Final[Mapping[str, tuple[Grant, ...]]] = {
    "aws:iam/role:Role": _ROLE,
    "aws:iam/rolePolicy:RolePolicy": _ROLE_POLICY,
    "aws:s3/bucketObject:BucketObject": _OBJECT,
    "aws:s3/bucketObjectv2:BucketObjectv2": _OBJECT,
    "aws:scheduler/schedule:Schedule": _SCHEDULE,
    "aws:scheduler/scheduleGroup:ScheduleGroup": _SCHEDULE_GROUP,
    "aws:sqs/queue:Queue": _QUEUE,
}
"""Type token -> its row."""
