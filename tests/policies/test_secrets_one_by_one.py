"""SG13: Secrets one by one."""

from __future__ import annotations

from rules.secrets_one_by_one import RULE
from tests.policies.rule_cases import (
    UNKNOWN_DOCUMENTS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "every parameter below a path that is named": (
        [
            (
                "execution_policy.policy.Statement.+",
                {
                    "Effect": "Allow",
                    "Action": "ssm:GetParametersByPath",
                    "Resource": "arn:aws:ssm:us-east-1:123456789012:parameter/prod",
                },
            )
        ],
        'execution_policy| policy.Statement[9].Action is "ssm:GetParametersByPath": this action reads '
        "every parameter below a path. Cure: allow ssm:GetParameters on each parameter.",
    ),
    "a secret that a tag names": (
        [
            (
                "execution_policy.policy.Statement.8.Resource",
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:${aws:PrincipalTag/secret}",
            )
        ],
        "execution_policy| policy.Statement[8].Resource is "
        '"arn:aws:secretsmanager:us-east-1:123456789012:secret:${aws:PrincipalTag/secret}": the '
        "statement must name single secrets. Cure: name the secret's ARN; only its last six characters "
        "may be ??????.",
    ),
    "every secret": (
        [("execution_policy.policy.Statement.8.Resource", "*")],
        'execution_policy| policy.Statement[8].Resource is "*": the statement must name '
        "single secrets. Cure: name the secret's ARN; only its last six characters may "
        "be ??????.",
    ),
    "every secret of the account": (
        [("execution_policy.policy.Statement.8.Resource", "arn:aws:secretsmanager:us-east-1:123456789012:secret:*")],
        "execution_policy| policy.Statement[8].Resource is "
        '"arn:aws:secretsmanager:us-east-1:123456789012:secret:*": the statement must '
        "name single secrets. Cure: name the secret's ARN; only its last six characters "
        "may be ??????.",
    ),
    "secrets that begin alike": (
        [
            (
                "execution_policy.policy.Statement.8.Resource",
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:breast-cancer-prod/*",
            )
        ],
        "execution_policy| policy.Statement[8].Resource is "
        '"arn:aws:secretsmanager:us-east-1:123456789012:secret:breast-cancer-prod/*": '
        "the statement must name single secrets. Cure: name the secret's ARN; only its "
        "last six characters may be ??????.",
    ),
    "every region": (
        [("execution_policy.policy.Statement.8.Resource", "arn:aws:secretsmanager:*:123456789012:secret:a-??????")],
        "execution_policy| policy.Statement[8].Resource is "
        '"arn:aws:secretsmanager:*:123456789012:secret:a-??????": the statement must '
        "name single secrets. Cure: name the secret's ARN; only its last six characters "
        "may be ??????.",
    ),
    "every parameter below a path": (
        [
            (
                "execution_policy.policy.Statement.+",
                {
                    "Effect": "Allow",
                    "Action": "ssm:GetParametersByPath",
                    "Resource": "arn:aws:ssm:us-east-1:123456789012:parameter/ml/*",
                },
            )
        ],
        "execution_policy| policy.Statement[9].Resource is "
        '"arn:aws:ssm:us-east-1:123456789012:parameter/ml/*": the statement must name '
        "single secrets. Cure: name the secret's ARN; only its last six characters may "
        "be ??????.",
    ),
}

ACCEPTED = {
    "a statement that names objects as well": [
        ("execution_policy.policy.Statement.8.Action", ["secretsmanager:GetSecretValue", "s3:GetObject"]),
        (
            "execution_policy.policy.Statement.8.Resource",
            [
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-??????",
                "arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training/*",
            ],
        ),
    ],
    "a secret by its whole name": [
        (
            "execution_policy.policy.Statement.8.Resource",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-b1c2d3",
        )
    ],
    "a parameter": [
        (
            "execution_policy.policy.Statement.+",
            {
                "Effect": "Allow",
                "Action": "ssm:GetParameter",
                "Resource": "arn:aws:ssm:us-east-1:123456789012:parameter/ml/a",
            },
        )
    ],
}

LEFT_ALONE = {
    **UNKNOWN_DOCUMENTS,
    "a document without secrets": (
        [("scheduler_policy.name", "x")],
        "scheduler_policy",
        "no statement allows the reading of secrets or parameters",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
