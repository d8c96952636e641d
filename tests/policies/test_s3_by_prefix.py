"""SG10: S3 access by prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from findings import MISSING
from rules.s3_by_prefix import RULE
from tests.policies.rule_cases import (
    UNKNOWN_DOCUMENTS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

if TYPE_CHECKING:
    from conftest import Judge, StackUnderTest


REPORTED = {
    "another action on all objects": (
        [
            (
                "execution_policy.policy.Statement.+",
                {
                    "Effect": "Allow",
                    "Action": "s3:ReplicateDelete",
                    "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket/*",
                },
            )
        ],
        'execution_policy| policy.Statement[9].Resource is "arn:aws:s3:::ml-platform-prod-ml-bucket/*": '
        "S3 objects must be scoped to a prefix of one bucket. Cure: use arn:aws:s3:::BUCKET/PREFIX/*.",
    ),
    "a prefix that a tag names": (
        [
            (
                "execution_policy.policy.Statement.0.Resource",
                "arn:aws:s3:::ml-platform-prod-ml-bucket/${aws:PrincipalTag/team}/*",
            )
        ],
        "execution_policy| policy.Statement[0].Resource is "
        '"arn:aws:s3:::ml-platform-prod-ml-bucket/${aws:PrincipalTag/team}/*": S3 objects must be '
        "scoped to a prefix of one bucket. Cure: use arn:aws:s3:::BUCKET/PREFIX/*.",
    ),
    "a whole bucket": (
        [("execution_policy.policy.Statement.0.Resource", "arn:aws:s3:::ml-platform-prod-ml-bucket/*")],
        "execution_policy| policy.Statement[0].Resource is "
        '"arn:aws:s3:::ml-platform-prod-ml-bucket/*": S3 objects must be scoped to a '
        "prefix of one bucket. Cure: use arn:aws:s3:::BUCKET/PREFIX/*.",
    ),
    "a slash for a prefix": (
        [("execution_policy.policy.Statement.0.Resource", "arn:aws:s3:::ml-platform-prod-ml-bucket//*")],
        "execution_policy| policy.Statement[0].Resource is "
        '"arn:aws:s3:::ml-platform-prod-ml-bucket//*": S3 objects must be scoped to a '
        "prefix of one bucket. Cure: use arn:aws:s3:::BUCKET/PREFIX/*.",
    ),
    "buckets with a name alike": (
        [("execution_policy.policy.Statement.1.Resource", "arn:aws:s3:::ml-platform-*/training-outputs/*")],
        "execution_policy| policy.Statement[1].Resource is "
        '"arn:aws:s3:::ml-platform-*/training-outputs/*": S3 objects must be scoped to a '
        "prefix of one bucket. Cure: use arn:aws:s3:::BUCKET/PREFIX/*.",
    ),
    "every bucket": (
        [("execution_policy.policy.Statement.0.Resource", "arn:aws:s3:::*")],
        'execution_policy| policy.Statement[0].Resource is "arn:aws:s3:::*": S3 objects '
        "must be scoped to a prefix of one bucket. Cure: use "
        "arn:aws:s3:::BUCKET/PREFIX/*.",
    ),
    "everything": (
        [("execution_policy.policy.Statement.1.Resource", "*")],
        'execution_policy| policy.Statement[1].Resource is "*": S3 objects must be '
        "scoped to a prefix of one bucket. Cure: use arn:aws:s3:::BUCKET/PREFIX/*.",
    ),
    "a prefix that others begin with too": (
        [
            (
                "execution_policy.policy.Statement.0.Resource",
                "arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training*",
            )
        ],
        "execution_policy| policy.Statement[0].Resource is "
        '"arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training*": S3 objects must '
        "be scoped to a prefix of one bucket. Cure: use arn:aws:s3:::BUCKET/PREFIX/*.",
    ),
    "a listing of the whole bucket": (
        [("execution_policy.policy.Statement.2.Condition", MISSING)],
        "execution_policy| policy.Statement[2].Condition: the whole bucket may be "
        'listed. Cure: add StringLike {"s3:prefix": "PREFIX/*"}.',
    ),
    "a listing of every prefix": (
        [("execution_policy.policy.Statement.2.Condition.StringLike.s3:prefix", "*")],
        'execution_policy| policy.Statement[2].Condition.StringLike["s3:prefix"] is '
        '["*"]: a listing must be limited to prefixes that end at a separator. Cure: add '
        'StringLike {"s3:prefix": "PREFIX/*"}.',
    ),
    "one listing of every prefix among others": (
        [("execution_policy.policy.Statement.2.Condition.StringLike.s3:prefix", ["datasets/*", "*"])],
        'execution_policy| policy.Statement[2].Condition.StringLike["s3:prefix"] is '
        '["datasets/*", "*"]: a listing must be limited to prefixes that end at a '
        'separator. Cure: add StringLike {"s3:prefix": "PREFIX/*"}.',
    ),
    "a listing that an absent prefix allows": (
        [("execution_policy.policy.Statement.2.Condition", {"StringLikeIfExists": {"s3:prefix": "datasets/*"}})],
        "execution_policy| policy.Statement[2].Condition: the whole bucket may be "
        'listed. Cure: add StringLike {"s3:prefix": "PREFIX/*"}.',
    ),
}

ACCEPTED = {
    "a statement that names a secret as well": [
        ("execution_policy.policy.Statement.0.Action", ["secretsmanager:GetSecretValue", "s3:GetObject"]),
        (
            "execution_policy.policy.Statement.0.Resource",
            [
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:team/warehouse-??????",
                "arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training/*",
            ],
        ),
    ],
    "one object": [
        (
            "execution_policy.policy.Statement.0.Resource",
            "arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training/table.csv",
        )
    ],
    "a prefix that ends with a hyphen": [
        (
            "execution_policy.policy.Statement.0.Resource",
            "arn:aws:s3:::ml-platform-prod-ml-bucket/training-outputs/breast-cancer-prod-*",
        )
    ],
    "a job's outputs by name": [
        (
            "execution_policy.policy.Statement.1.Resource",
            "arn:aws:s3:::ml-platform-prod-ml-bucket/training-outputs/breast-cancer-prod-*/output/*",
        )
    ],
    "another partition": [("execution_policy.policy.Statement.0.Resource", "arn:aws-cn:s3:::b-u-c/datasets/*")],
}

LEFT_ALONE = {
    **UNKNOWN_DOCUMENTS,
    "a document without S3": ([("scheduler_policy.name", "x")], "scheduler_policy", "no statement allows an S3 action"),
}


@pytest.mark.parametrize("prefix", ["dt=1 & 2/a+b@c:d,e", "${$}HOME", "${*}", "what${?}/é", "dt=20??-??-??", "20??"])
def test_a_prefix_of_any_characters_passes_and_what_iam_takes_as_itself_is_literal(
    prefix: str, good_stack: StackUnderTest, findings_of: Judge
) -> None:
    bucket = "arn:aws:s3:::ml-platform-prod-ml-bucket"
    good_stack.set("execution_policy.policy.Statement.0.Resource", [f"{bucket}/{prefix}/*", f"{bucket}/{prefix}.csv"])
    listed = "execution_policy.policy.Statement.2.Condition.StringLike.s3:prefix"
    good_stack.set(listed, [f"{prefix}/*", f"{prefix}.csv"])
    assert findings_of(RULE, good_stack) == []


@pytest.mark.parametrize("prefix", ["????-??-??/*", "?", "dt=????*", "/??/*", "?a/*", "dt=?*x/*"])
def test_one_unknown_character_after_the_other_is_no_prefix(
    prefix: str, good_stack: StackUnderTest, findings_of: Judge
) -> None:
    resource = f"arn:aws:s3:::ml-platform-prod-ml-bucket/{prefix}"
    good_stack.set("execution_policy.policy.Statement.0.Resource", resource)
    assert len(findings_of(RULE, good_stack)) == 1


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
