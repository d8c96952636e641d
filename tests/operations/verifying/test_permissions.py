"""Each action that a role's policies allow is used, not used, or one of which nobody tells."""

from __future__ import annotations

from typing import Any

import pytest

from operations.verifying.permissions import (
    RoleUse,
    Seen,
    allowed_actions,
    from_events,
    last_accessed,
    step_of,
    use_of,
)
from operations.verifying.report import use_lines
from operations.verifying.steps import Outcome
from rehearsal.permissions.policy_documents import PolicyDocument

TIME = "2026-11-27T03:00:00Z"
SERVICES: list[dict[str, Any]] = [
    {"ServiceNamespace": "s3", "LastAuthenticated": TIME},
    {
        "ServiceNamespace": "logs",
        "LastAuthenticated": TIME,
        "TrackedActionsLastAccessed": [
            {"ActionName": "CreateLogStream", "LastAccessedTime": TIME},
            {"ActionName": "CreateLogGroup"},
        ],
    },
    {"ServiceNamespace": "kms"},
]
EVENTS: list[dict[str, Any]] = [
    {"eventSource": "ecr.amazonaws.com", "eventName": "BatchGetImage"},
    {"eventSource": "monitoring.amazonaws.com", "eventName": "PutMetricData"},
    {"eventSource": "ec2.amazonaws.com", "eventName": "DescribeVpcs", "errorCode": "Client.UnauthorizedOperation"},
    {"eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity", "errorCode": "AccessDenied"},
    {"eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity"},
]
SEEN = last_accessed(SERVICES) | from_events(EVENTS)


@pytest.mark.parametrize(
    ("action", "found"),
    [
        ("logs:CreateLogStream", "used"),
        ("logs:CreateLogGroup", "unused"),
        ("logs:PutLogEvents", "untold"),  # no management event
        ("s3:GetObject", "untold"),  # the service was called, and nobody tells by which action
        ("kms:Decrypt", "unused"),  # the service was never called
        ("kms:*", "unused"),
        ("logs:Create*", "used"),
        ("logs:Put*", "untold"),
        ("ecr:BatchGetImage", "used"),
        ("cloudwatch:PutMetricData", "used"),  # CloudTrail calls it by another name
        ("ec2:DescribeVpcs", "untold"),  # denied, which is no use
        ("iam:PassRole", "untold"),
        ("sagemaker:AddTags", "untold"),
        ("all but s3:DeleteBucket", "untold"),
    ],
)
def test_an_action_is_in_one_list(action: str, found: str) -> None:
    use = use_of("execution role", [action], SEEN)

    lists = {"used": use.used, "unused": use.unused, "untold": use.untold}
    assert [name for name, actions in lists.items() if actions == (action,)] == [found]
    assert sum(map(len, lists.values())) == 1


def test_permissions_of_a_service_that_was_never_called_are_not_called_unused_where_there_is_no_such_call() -> None:
    seen = last_accessed([{"ServiceNamespace": "iam"}, {"ServiceNamespace": "sagemaker"}])

    assert use_of("scheduler role", ["iam:PassRole", "sagemaker:AddTags"], seen).unused == ()


def test_what_was_tried_and_denied_is_told_but_not_where_it_was_allowed_another_time() -> None:
    assert use_of("execution role", [], SEEN).denied == ("ec2:DescribeVpcs",)


def test_where_every_call_is_known_the_rest_is_not_needed() -> None:
    seen = Seen(frozenset({"s3:getobject"}), is_complete=True)

    use = use_of("execution role", ["iam:PassRole", "s3:GetObject", "s3:PutObject"], seen)

    assert (use.used, use.unused, use.untold) == (("s3:GetObject",), ("iam:PassRole", "s3:PutObject"), ())


def test_what_policies_allow_is_read_from_all_of_them_once() -> None:
    allow = {"Effect": "Allow", "Resource": "*"}
    documents = [
        PolicyDocument.parse(name, {"Version": "2012-10-17", "Statement": statement})
        for name, statement in (
            ("a", [allow | {"Action": ["s3:PutObject", "s3:GetObject"]}, allow | {"NotAction": "s3:DeleteBucket"}]),
            ("b", [allow | {"Action": "s3:GetObject"}, allow | {"Effect": "Deny", "Action": "s3:DeleteObject"}]),
        )
    ]

    assert allowed_actions(documents) == ("all but s3:DeleteBucket", "s3:GetObject", "s3:PutObject")


USE = RoleUse("execution role", ("s3:GetObject",), ("kms:Decrypt",), ("logs:PutLogEvents",), ("ec2:DescribeVpcs",))
NOTHING = RoleUse("scheduler role", untold=("iam:PassRole",), notes=("IAM for the scheduler role: AccessDenied",))


def test_the_step_advises_and_never_fails() -> None:
    step = step_of([USE, NOTHING], is_rehearsal=False)

    assert step.outcome is Outcome.PASSED
    assert step.text.startswith(
        "execution role: 1 of 3 allowed actions used, 1 not (kms:Decrypt), of 1 nobody tells, "
        "denied: ec2:DescribeVpcs; scheduler role: 0 of 1 allowed actions used, of 1 nobody tells; AWS tells within "
    )
    assert "AWS tells" not in step_of([USE], is_rehearsal=True).text


def test_where_nothing_is_known_it_is_skipped_with_the_reason() -> None:
    step = step_of([NOTHING], is_rehearsal=False)

    assert (step.outcome, step.text) == (
        Outcome.SKIPPED,
        "of no action is known whether it was used: IAM for the scheduler role: AccessDenied",
    )


def test_many_unused_actions_are_in_the_report_and_some_of_them_in_the_step() -> None:
    use = RoleUse("execution role", unused=tuple(f"s3:Get{number}" for number in range(9)))

    assert (
        "9 not (s3:Get0, s3:Get1, s3:Get2, s3:Get3, s3:Get4, s3:Get5 and 3 more)"
        in step_of([use], is_rehearsal=True).text
    )
    assert list(use_lines(use)) == [f"- execution role: not used, so far as is known: {', '.join(use.unused)}"]


def test_the_report_has_every_list_that_is_not_empty() -> None:
    assert [*use_lines(USE), *use_lines(NOTHING)] == [
        "- execution role: used: s3:GetObject",
        "- execution role: not used, so far as is known: kms:Decrypt",
        "- execution role: nobody tells: logs:PutLogEvents",
        "- execution role: tried and denied: ec2:DescribeVpcs",
        "- scheduler role: nobody tells: iam:PassRole",
        "- scheduler role: could not be asked: IAM for the scheduler role: AccessDenied",
    ]
