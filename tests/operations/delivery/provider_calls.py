"""What the AWS provider asks for each resource of a job, as IAM sees it: listed by hand, beside the rows, with ARNs.

From hashicorp/terraform-provider-aws: internal/service/{iam,sqs,scheduler,s3}.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.aws_names import AwsScope
from rehearsal.permissions.permissions import AwsCall

READS: Final = {
    "role": ("iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"),
    "queue": ("sqs:GetQueueAttributes", "sqs:ListQueueTags"),
    "group": ("scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"),
    "schedule": ("scheduler:GetSchedule",),
    "object": ("s3:GetObject", "s3:GetObjectTagging"),
    "bucket": ("s3:ListBucket",),
}
CHANGES: Final = {
    "role": (
        *("iam:CreateRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRoleDescription"),
        *("iam:UpdateRole", "iam:PutRolePolicy"),
    ),
    "queue": ("sqs:CreateQueue", "sqs:TagQueue", "sqs:UntagQueue", "sqs:SetQueueAttributes"),
    "group": ("scheduler:CreateScheduleGroup", "scheduler:TagResource", "scheduler:UntagResource"),
    "schedule": ("scheduler:CreateSchedule", "scheduler:UpdateSchedule"),
    "object": ("s3:PutObject", "s3:PutObjectTagging", "s3:DeleteObjectTagging", "s3:AbortMultipartUpload"),
}
DELETES: Final = {
    "role": ("iam:DeleteRolePolicy", "iam:ListInstanceProfilesForRole", "iam:DeleteRole"),
    "queue": ("sqs:DeleteQueue",),
    "group": ("scheduler:DeleteScheduleGroup",),
    "schedule": ("scheduler:DeleteSchedule",),
}
"""Source bundles and packages are retained: nothing deletes them."""


def arns(job: str, stack: str, bucket: str, scope: AwsScope) -> dict[str, list[str]]:
    """Kind of a resource -> the ARNs of a job's resources of that kind."""
    prefix, digest = f"{job}-{stack}", "0123456789abcdef" * 4
    return {
        "role": [f"arn:aws:iam::{scope.account_id}:role/{prefix}-{kind}" for kind in ("execution", "scheduler")],
        "queue": [scope.arn("sqs", f"{prefix}-dead-letters")],
        "group": [scope.arn("scheduler", f"schedule-group/{prefix}")],
        "schedule": [scope.arn("scheduler", f"schedule/{prefix}/{prefix}")],
        "object": [
            f"arn:aws:s3:::{bucket}/training-code/{prefix}/{digest}/sourcedir.tar.gz",
            f"arn:aws:s3:::{bucket}/training-code/packages/{digest}/packages.zip",
        ],
        "bucket": [f"arn:aws:s3:::{bucket}"],
    }


def calls(table: dict[str, tuple[str, ...]], of: dict[str, list[str]]) -> Iterator[AwsCall]:
    """Each action on each ARN."""
    for kind, actions in table.items():
        for arn in of[kind]:
            yield from (AwsCall(action, arn, f"{action} of a {kind}") for action in actions)


def pass_role(role_arn: str, service: str = "scheduler.amazonaws.com") -> AwsCall:
    return AwsCall("iam:PassRole", role_arn, "hand the role to a service", {"iam:PassedToService": service})
