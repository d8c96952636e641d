"""SG12: One KMS key, through one service."""

from __future__ import annotations

from findings import MISSING
from rules.one_key_for_one_purpose import RULE
from tests.policies.rule_cases import (
    UNKNOWN_DOCUMENTS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "a key that a tag names": (
        [
            (
                "execution_policy.policy.Statement.7.Resource",
                "arn:aws:kms:us-east-1:123456789012:key/${aws:PrincipalTag/key}",
            )
        ],
        "execution_policy| policy.Statement[7].Resource is "
        '"arn:aws:kms:us-east-1:123456789012:key/${aws:PrincipalTag/key}": a KMS permission must name '
        "one key. Cure: name the ARN of the one key.",
    ),
    "every key": (
        [("execution_policy.policy.Statement.7.Resource", "arn:aws:kms:us-east-1:123456789012:key/*")],
        "execution_policy| policy.Statement[7].Resource is "
        '"arn:aws:kms:us-east-1:123456789012:key/*": a KMS permission must name one key. '
        "Cure: name the ARN of the one key.",
    ),
    "everything": (
        [("execution_policy.policy.Statement.7.Resource", "*")],
        'execution_policy| policy.Statement[7].Resource is "*": a KMS permission must '
        "name one key. Cure: name the ARN of the one key.",
    ),
    "a second key": (
        [
            (
                "execution_policy.policy.Statement.7.Resource",
                ["arn:aws:kms:us-east-1:123456789012:key/1", "arn:aws:kms:us-east-1:123456789012:key/2"],
            )
        ],
        "execution_policy| policy.Statement[7].Resource[1] is "
        '"arn:aws:kms:us-east-1:123456789012:key/2": a KMS permission covers a second '
        "key. Cure: name the ARN of the one key.",
    ),
    "an alias": (
        [("execution_policy.policy.Statement.7.Resource", "arn:aws:kms:us-east-1:123456789012:alias/ml")],
        "execution_policy| policy.Statement[7].Resource is "
        '"arn:aws:kms:us-east-1:123456789012:alias/ml": a KMS permission must name one '
        "key. Cure: name the ARN of the one key.",
    ),
    "any service": (
        [("execution_policy.policy.Statement.7.Condition", MISSING)],
        "execution_policy| policy.Statement[7].Condition: the key may be used for "
        "anything: no condition on kms:ViaService. Cure: add a condition on "
        "kms:ViaService.",
    ),
    "any service by wildcard": (
        [("execution_policy.policy.Statement.7.Condition", {"StringLike": {"kms:ViaService": "*.amazonaws.com"}})],
        "execution_policy| "
        'policy.Statement[7].Condition.StringLike["kms:ViaService"] is '
        '["*.amazonaws.com"]: the key may be used through any service. Cure: name the '
        "service, such as s3.us-east-1.amazonaws.com.",
    ),
    "two services": (
        [
            (
                "execution_policy.policy.Statement.7.Condition.StringEquals.kms:ViaService",
                ["s3.us-east-1.amazonaws.com", "secretsmanager.us-east-1.amazonaws.com"],
            )
        ],
        "execution_policy| "
        'policy.Statement[7].Condition.StringEquals["kms:ViaService"] is '
        '["s3.us-east-1.amazonaws.com", "secretsmanager.us-east-1.amazonaws.com"]: the key may be used through several '
        "services. Cure: name one service, and give another one a statement of its own.",
    ),
    "grants for anybody": (
        [("execution_policy.policy.Statement.6.Condition", MISSING)],
        "execution_policy| policy.Statement[6].Condition: the key may be used for "
        "anything: no condition on kms:GrantIsForAWSResource or kms:ViaService. Cure: "
        "add a condition on kms:GrantIsForAWSResource or kms:ViaService.",
    ),
    "grants that are not for AWS resources": (
        [("execution_policy.policy.Statement.6.Condition.Bool.kms:GrantIsForAWSResource", "false")],
        "execution_policy| policy.Statement[6].Condition: the key may be used for "
        "anything: no condition on kms:GrantIsForAWSResource or kms:ViaService. Cure: "
        "add a condition on kms:GrantIsForAWSResource or kms:ViaService.",
    ),
    "another action in the statement of grants": (
        [("execution_policy.policy.Statement.6.Action", ["kms:CreateGrant", "kms:Decrypt"])],
        "execution_policy| policy.Statement[6].Condition: the key may be used for "
        "anything: no condition on kms:ViaService. Cure: add a condition on "
        "kms:ViaService.",
    ),
    "no key": (
        [("execution_policy.policy.Statement.7.Resource", MISSING)],
        "execution_policy| policy.Statement[7].Resource is missing: the statement names "
        "no key. Cure: name the ARN of the one key.",
    ),
}

ACCEPTED = {
    "a statement that names objects as well": [
        ("execution_policy.policy.Statement.7.Action", ["kms:Decrypt", "s3:GetObject"]),
        (
            "execution_policy.policy.Statement.7.Resource",
            [
                "arn:aws:kms:us-east-1:123456789012:key/2a3b4c5d-6e7f-4801-9a2b-3c4d5e6f7081",
                "arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training/*",
            ],
        ),
    ],
    "one service in two regions": [
        (
            "execution_policy.policy.Statement.7.Condition.StringEquals.kms:ViaService",
            ["s3.us-east-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"],
        )
    ],
    "grants through a service": [
        ("execution_policy.policy.Statement.6.Condition", {"StringLike": {"kms:ViaService": "ec2.*.amazonaws.com"}})
    ],
    "a boolean instead of text": [
        ("execution_policy.policy.Statement.6.Condition.Bool.kms:GrantIsForAWSResource", True)
    ],
}

LEFT_ALONE = {
    **UNKNOWN_DOCUMENTS,
    "a document without keys": (
        [("scheduler_policy.name", "x")],
        "scheduler_policy",
        "no statement allows the use of a KMS key",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
