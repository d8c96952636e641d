"""SG17: The execution role reaches the checkpoints."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from findings import MISSING, UNKNOWN
from rules.checkpoints_are_reachable import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, each_passes, good_stack_passes

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

REPORTED = {
    "a listing of a shorter prefix alone": (
        [("execution_policy.policy.Statement.2.Condition", {"StringEquals": {"s3:prefix": ["check"]}})],
        "schedule| target.input.CheckpointConfig.S3Uri: the execution role may not s3:ListBucket there, "
        "so checkpoints fail when they are needed. Cure: allow s3:ListBucket on this location in the "
        "execution role's policy.",
    ),
    "writing that a statement denies": (
        [
            (
                "execution_policy.policy.Statement.+",
                {
                    "Effect": "Deny",
                    "Action": "s3:PutObject",
                    "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket/checkpoints/*",
                },
            )
        ],
        "schedule| target.input.CheckpointConfig.S3Uri: the execution role may not s3:PutObject there, "
        "so checkpoints fail when they are needed. Cure: allow s3:PutObject on this location in the "
        "execution role's policy.",
    ),
    "no permission to read": (
        [
            (
                "execution_policy.policy.Statement.0.Resource",
                "arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training/*",
            )
        ],
        "schedule| target.input.CheckpointConfig.S3Uri: the execution role may not "
        "s3:GetObject there, so checkpoints fail when they are needed. Cure: allow "
        "s3:GetObject on this location in the execution role's policy.",
    ),
    "no permission to write": (
        [
            (
                "execution_policy.policy.Statement.1.Resource",
                "arn:aws:s3:::ml-platform-prod-ml-bucket/training-outputs/*",
            )
        ],
        "schedule| target.input.CheckpointConfig.S3Uri: the execution role may not "
        "s3:PutObject there, so checkpoints fail when they are needed. Cure: allow "
        "s3:PutObject on this location in the execution role's policy.",
    ),
    "no permission to list": (
        [
            (
                "execution_policy.policy.Statement.2",
                {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::other"},
            )
        ],
        "schedule| target.input.CheckpointConfig.S3Uri: the execution role may not "
        "s3:ListBucket there, so checkpoints fail when they are needed. Cure: allow "
        "s3:ListBucket on this location in the execution role's policy.",
    ),
    "a listing of other prefixes": (
        [("execution_policy.policy.Statement.2.Condition.StringLike.s3:prefix", ["datasets/training/*"])],
        "schedule| target.input.CheckpointConfig.S3Uri: the execution role may not "
        "s3:ListBucket there, so checkpoints fail when they are needed. Cure: allow "
        "s3:ListBucket on this location in the execution role's policy.",
    ),
    "checkpoints elsewhere": (
        [("schedule.target.input.CheckpointConfig.S3Uri", "s3://ml-platform-prod-ml-bucket/elsewhere/")],
        "schedule| target.input.CheckpointConfig.S3Uri: the execution role may not "
        "s3:GetObject, s3:PutObject, s3:ListBucket there, so checkpoints fail when they "
        "are needed. Cure: allow s3:GetObject, s3:PutObject, s3:ListBucket on this "
        "location in the execution role's policy.",
    ),
}

ACCEPTED = {
    "a managed policy of somebody else, which may allow it": [
        ("execution_policy.policy.Statement.1.Resource", "arn:aws:s3:::ml-platform-prod-ml-bucket/training-outputs/*"),
        ("execution_role.managedPolicyArns", ["arn:aws:iam::123456789012:policy/data"]),
    ],
    "a Deny with a condition": [
        (
            "execution_policy.policy.Statement.+",
            {
                "Effect": "Deny",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        )
    ],
    "permissions in a second policy": [
        ("execution_policy.policy.Statement.0.Resource", "arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training/*"),
        (
            "second",
            (
                "aws:iam/rolePolicy:RolePolicy",
                {
                    "role": "breast-cancer-prod-execution",
                    "policy": {
                        "Statement": {
                            "Effect": "Allow",
                            "Action": "s3:GetObject",
                            "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket/checkpoints/*",
                        }
                    },
                },
            ),
        ),
    ],
}

LEFT_ALONE = {
    "a job without checkpoints": (
        [("schedule.target.input.CheckpointConfig", MISSING)],
        "stack",
        "no job with checkpoints has its execution role in this stack",
    ),
    "a role that is not of this stack": (
        [("execution_role", MISSING)],
        "stack",
        "no job with checkpoints has its execution role in this stack",
    ),
    "a job that is unknown at preview, which SG01 reports": (
        [("schedule.target.input", UNKNOWN)],
        "stack",
        "no job with checkpoints has its execution role in this stack",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)


def test_of_several_jobs_the_one_that_cannot_be_judged_is_named(
    good_stack: StackUnderTest, findings_of: Judge, not_applicable_of: Reasons
) -> None:
    second = copy.deepcopy(good_stack.parts["schedule"])
    second[1]["target"]["input"]["RoleArn"] = "arn:aws:iam::123456789012:role/second"
    role = copy.deepcopy(good_stack.parts["execution_role"])
    role[1].update(name="second", managedPolicyArns=["arn:aws:iam::123456789012:policy/elsewhere"])
    good_stack.set("second_schedule", second).set("second_role", role)

    assert findings_of(RULE, good_stack) == []
    assert not_applicable_of(RULE, good_stack) == {
        "stack": "not judged: second_schedule, whose execution role has managed policies that this stack does not show"
    }
