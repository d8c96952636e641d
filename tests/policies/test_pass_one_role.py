"""SG04: PassRole names one role and one service."""

from __future__ import annotations

from findings import MISSING
from rules.pass_one_role import RULE
from tests.policies.rule_cases import (
    UNKNOWN_DOCUMENTS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "a role that a tag names": (
        [("scheduler_policy.policy.Statement.2.Resource", "arn:aws:iam::123456789012:role/${aws:PrincipalTag/role}")],
        "scheduler_policy| policy.Statement[2].Resource is "
        '"arn:aws:iam::123456789012:role/${aws:PrincipalTag/role}": iam:PassRole must name one role, '
        "without wildcards. Cure: name the ARN of the one execution role.",
    ),
    "every role": (
        [("scheduler_policy.policy.Statement.2.Resource", "arn:aws:iam::123456789012:role/*")],
        "scheduler_policy| policy.Statement[2].Resource is "
        '"arn:aws:iam::123456789012:role/*": iam:PassRole must name one role, without '
        "wildcards. Cure: name the ARN of the one execution role.",
    ),
    "everything": (
        [("scheduler_policy.policy.Statement.2.Resource", "*")],
        'scheduler_policy| policy.Statement[2].Resource is "*": iam:PassRole must name '
        "one role, without wildcards. Cure: name the ARN of the one execution role.",
    ),
    "a second role": (
        [
            (
                "scheduler_policy.policy.Statement.2.Resource",
                [
                    "arn:aws:iam::123456789012:role/breast-cancer-prod-execution",
                    "arn:aws:iam::123456789012:role/breast-cancer-prod-other",
                ],
            )
        ],
        "scheduler_policy| policy.Statement[2].Resource[1] is "
        '"arn:aws:iam::123456789012:role/breast-cancer-prod-other": iam:PassRole hands '
        "over a second role. Cure: name the ARN of the one execution role.",
    ),
    "a second role in another statement": (
        [
            (
                "scheduler_policy.policy.Statement.+",
                {
                    "Effect": "Allow",
                    "Action": "iam:PassRole",
                    "Resource": "arn:aws:iam::123456789012:role/breast-cancer-prod-other",
                    "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
                },
            )
        ],
        "scheduler_policy| policy.Statement[4].Resource is "
        '"arn:aws:iam::123456789012:role/breast-cancer-prod-other": iam:PassRole hands '
        "over a second role. Cure: name the ARN of the one execution role.",
    ),
    "no role": (
        [("scheduler_policy.policy.Statement.2.Resource", MISSING)],
        "scheduler_policy| policy.Statement[2].Resource is missing: iam:PassRole names "
        "no role. Cure: name the ARN of the one execution role.",
    ),
    "a user instead of a role": (
        [("scheduler_policy.policy.Statement.2.Resource", "arn:aws:iam::123456789012:user/me")],
        "scheduler_policy| policy.Statement[2].Resource is "
        '"arn:aws:iam::123456789012:user/me": iam:PassRole must name one role, without '
        "wildcards. Cure: name the ARN of the one execution role.",
    ),
    "no condition": (
        [("scheduler_policy.policy.Statement.2.Condition", MISSING)],
        "scheduler_policy| policy.Statement[2].Condition: iam:PassRole does not say to "
        'which service. Cure: add StringEquals {"iam:PassedToService": '
        '"sagemaker.amazonaws.com"}.',
    ),
    "a condition that an absent key fulfils": (
        [
            (
                "scheduler_policy.policy.Statement.2.Condition",
                {"StringEqualsIfExists": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            )
        ],
        "scheduler_policy| policy.Statement[2].Condition: iam:PassRole does not say to "
        'which service. Cure: add StringEquals {"iam:PassedToService": '
        '"sagemaker.amazonaws.com"}.',
    ),
    "a condition for all of no values": (
        [
            (
                "scheduler_policy.policy.Statement.2.Condition",
                {"ForAllValues:StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            )
        ],
        "scheduler_policy| policy.Statement[2].Condition: iam:PassRole does not say to "
        'which service. Cure: add StringEquals {"iam:PassedToService": '
        '"sagemaker.amazonaws.com"}.',
    ),
    "another service": (
        [("scheduler_policy.policy.Statement.2.Condition.StringEquals", {"iam:PassedToService": "ec2.amazonaws.com"})],
        "scheduler_policy| "
        'policy.Statement[2].Condition.StringEquals["iam:PassedToService"] is '
        '"ec2.amazonaws.com": iam:PassRole may hand a role to sagemaker.amazonaws.com '
        'only. Cure: add StringEquals {"iam:PassedToService": '
        '"sagemaker.amazonaws.com"}.',
    ),
    "a second service": (
        [
            (
                "scheduler_policy.policy.Statement.2.Condition.StringEquals",
                {"iam:PassedToService": ["sagemaker.amazonaws.com", "lambda.amazonaws.com"]},
            )
        ],
        "scheduler_policy| "
        'policy.Statement[2].Condition.StringEquals["iam:PassedToService"] is '
        '"lambda.amazonaws.com": iam:PassRole may hand a role to sagemaker.amazonaws.com '
        'only. Cure: add StringEquals {"iam:PassedToService": '
        '"sagemaker.amazonaws.com"}.',
    ),
    "every service": (
        [("scheduler_policy.policy.Statement.2.Condition", {"StringLike": {"iam:PassedToService": "*"}})],
        "scheduler_policy| "
        'policy.Statement[2].Condition.StringLike["iam:PassedToService"] is "*": '
        "iam:PassRole may hand a role to sagemaker.amazonaws.com only. Cure: add "
        'StringEquals {"iam:PassedToService": "sagemaker.amazonaws.com"}.',
    ),
}

ACCEPTED = {
    "a statement that names a queue as well": [
        (
            "scheduler_policy.policy.Statement.2.Resource",
            [
                "arn:aws:iam::123456789012:role/breast-cancer-prod-execution",
                "arn:aws:sqs:us-east-1:123456789012:breast-cancer-prod-dead-letters",
            ],
        )
    ],
    "the action in lower case and as text": [("scheduler_policy.policy.Statement.2.Action", "iam:passrole")],
    "the condition key in another case": [
        (
            "scheduler_policy.policy.Statement.2.Condition",
            {"stringequals": {"IAM:PassedToService": ["sagemaker.amazonaws.com"]}},
        )
    ],
}

LEFT_ALONE = {
    **UNKNOWN_DOCUMENTS,
    "a document that passes no role": (
        [("execution_policy.description", "x")],
        "execution_policy",
        "no statement allows iam:PassRole",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
