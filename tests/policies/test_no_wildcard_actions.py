"""SG02: No wildcard actions."""

from __future__ import annotations

from findings import MISSING
from rules.no_wildcard_actions import RULE
from tests.policies.rule_cases import (
    UNKNOWN_DOCUMENTS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "a wildcard at the end": (
        [("execution_policy.policy.Statement.0.Action.0", "s3:Get*")],
        'execution_policy| policy.Statement[0].Action[0] is "s3:Get*": an action with a '
        "wildcard grants what nobody listed. Cure: list the actions that the job needs, "
        "one by one.",
    ),
    "everything": (
        [("execution_policy.policy.Statement.0.Action", "*")],
        'execution_policy| policy.Statement[0].Action is "*": an action with a wildcard '
        "grants what nobody listed. Cure: list the actions that the job needs, one by "
        "one.",
    ),
    "a wildcard inside a name": (
        [("execution_policy.policy.Statement.0.Action", ["s3:*Object"])],
        'execution_policy| policy.Statement[0].Action[0] is "s3:*Object": an action with '
        "a wildcard grants what nobody listed. Cure: list the actions that the job "
        "needs, one by one.",
    ),
    "a single-character wildcard": (
        [("execution_policy.policy.Statement.0.Action", "s3:GetObjec?")],
        'execution_policy| policy.Statement[0].Action is "s3:GetObjec?": an action with '
        "a wildcard grants what nobody listed. Cure: list the actions that the job "
        "needs, one by one.",
    ),
    "a wildcard in upper case": (
        [("execution_policy.policy.Statement.0.Action", "S3:GET*")],
        'execution_policy| policy.Statement[0].Action is "S3:GET*": an action with a '
        "wildcard grants what nobody listed. Cure: list the actions that the job needs, "
        "one by one.",
    ),
    "NotAction": (
        [
            ("execution_policy.policy.Statement.0.NotAction", "s3:DeleteObject"),
            ("execution_policy.policy.Statement.0.Action", MISSING),
        ],
        "execution_policy| policy.Statement[0].NotAction: NotAction grants everything "
        "but what it lists. Cure: list what is allowed in Action.",
    ),
    "NotResource": (
        [
            ("execution_policy.policy.Statement.0.NotResource", "arn:aws:s3:::ml-platform-prod-ml-bucket/secret/*"),
            ("execution_policy.policy.Statement.0.Resource", MISSING),
        ],
        "execution_policy| policy.Statement[0].NotResource: NotResource grants "
        "everything but what it lists. Cure: list what is allowed in Resource.",
    ),
    "a wildcard in a managed policy": (
        [
            (
                "managed",
                (
                    "aws:iam/policy:Policy",
                    {
                        "policy": {
                            "Statement": {
                                "Effect": "Allow",
                                "Action": "sagemaker:*",
                                "Resource": "arn:aws:sagemaker:us-east-1:123456789012",
                            }
                        }
                    },
                ),
            )
        ],
        'managed| policy.Statement.Action is "sagemaker:*": an action with a wildcard '
        "grants what nobody listed. Cure: list the actions that the job needs, one by "
        "one.",
    ),
    "a wildcard in an inline policy": (
        [
            (
                "execution_role.inlinePolicies",
                [
                    {
                        "policy": {
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": "logs:*",
                                    "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket",
                                }
                            ]
                        }
                    }
                ],
            )
        ],
        'execution_role| inlinePolicies[0].policy.Statement[0].Action is "logs:*": an '
        "action with a wildcard grants what nobody listed. Cure: list the actions that "
        "the job needs, one by one.",
    ),
    "a wildcard under an element name in lower case": (
        [
            (
                "execution_policy.policy",
                {
                    "statement": [
                        {"effect": "Allow", "action": "s3:*", "resource": "arn:aws:s3:::ml-platform-prod-ml-bucket"}
                    ]
                },
            )
        ],
        'execution_policy| policy.Statement[0].Action is "s3:*": an action with a '
        "wildcard grants what nobody listed. Cure: list the actions that the job needs, "
        "one by one.",
    ),
}

ACCEPTED = {
    "a wildcard that is denied": [
        ("execution_policy.policy.Statement.+", {"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
    ],
    "statements as one object": [
        (
            "execution_policy.policy",
            {
                "Statement": {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket/a/*",
                }
            },
        )
    ],
}

LEFT_ALONE = {
    **UNKNOWN_DOCUMENTS,
    "a role that training does not use": (
        [
            (
                "execution_role.assumeRolePolicy",
                {
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                },
            ),
            (
                "execution_role.inlinePolicies",
                [
                    {
                        "policy": {
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": "logs:*",
                                    "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket",
                                }
                            ]
                        }
                    }
                ],
            ),
        ],
        "execution_role",
        "the role trusts neither EventBridge Scheduler nor SageMaker",
    ),
    "a role without inline policies": (
        [("execution_role.inlinePolicies", [])],
        "execution_role",
        "the role has no inline policies",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
