"""SG10: Only the job's own buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from findings import MISSING
from rules.declared_buckets_only import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, good_stack_passes

if TYPE_CHECKING:
    from conftest import Judge, StackUnderTest


FETCHED = '{"name":"training","uri":"s3://company-lake/churn/dt={scheduled_date}/"}'

REPORTED = {
    "data that the job fetches itself from a bucket that is not declared": (
        [("schedule.target.input.Environment.DATED_CHANNEL_1", FETCHED)],
        'schedule| target.input.Environment.DATED_CHANNEL_1 is "company-lake": the channel reads from a bucket that '
        "is not declared for the execution role. Cure: declare it (data_buckets), so that the role's policy names its "
        "prefix, or read from another.",
    ),
    "another bucket": (
        [("execution_policy.policy.Statement.0.Resource.+", "arn:aws:s3:::somebody-elses/datasets/*")],
        "execution_policy| policy.Statement[0].Resource[2] is "
        '"arn:aws:s3:::somebody-elses/datasets/*": the training job names no such '
        "bucket. Cure: take it out, or add the bucket to this rule's setting buckets.",
    ),
    "another bucket in a second policy": (
        [
            (
                "second",
                (
                    "aws:iam/rolePolicy:RolePolicy",
                    {
                        "role": "breast-cancer-prod-execution",
                        "policy": {
                            "Statement": {
                                "Effect": "Allow",
                                "Action": "s3:PutObject",
                                "Resource": "arn:aws:s3:::elsewhere/x/*",
                            }
                        },
                    },
                ),
            )
        ],
        'second| policy.Statement.Resource is "arn:aws:s3:::elsewhere/x/*": the training '
        "job names no such bucket. Cure: take it out, or add the bucket to this rule's "
        "setting buckets.",
    ),
    "buckets with a name alike": (
        [("execution_policy.policy.Statement.1.Resource", "arn:aws:s3:::ml-platform-*/training-outputs/*")],
        "execution_policy| policy.Statement[1].Resource is "
        '"arn:aws:s3:::ml-platform-*/training-outputs/*": the training job names no such '
        "bucket. Cure: take it out, or add the bucket to this rule's setting buckets.",
    ),
    "a channel of another bucket": (
        [("schedule.target.input.InputDataConfig.0.DataSource.S3DataSource.S3Uri", "s3://somebody-elses/datasets/")],
        'schedule| target.input.InputDataConfig[0] is "somebody-elses": the channel reads from a bucket that is not '
        "declared for the execution role. Cure: declare it (data_buckets), so that the role's policy names its prefix, "
        "or read from another.",
    ),
    "a listing of another bucket": (
        [("execution_policy.policy.Statement.2.Resource", "arn:aws:s3:::elsewhere")],
        'execution_policy| policy.Statement[2].Resource is "arn:aws:s3:::elsewhere": the '
        "training job names no such bucket. Cure: take it out, or add the bucket to this "
        "rule's setting buckets.",
    ),
}

PASSES = {
    "data that the job fetches itself from a bucket that the role's policy names": [
        ("schedule.target.input.Environment.DATED_CHANNEL_1", FETCHED),
        ("execution_policy.policy.Statement.0.Resource.+", "arn:aws:s3:::company-lake/churn/*"),
    ],
    "a channel of a bucket that the role's policy names": [
        ("schedule.target.input.InputDataConfig.0.DataSource.S3DataSource.S3Uri", "s3://company-lake/churn/"),
        ("execution_policy.policy.Statement.0.Resource.+", "arn:aws:s3:::company-lake/churn/*"),
    ],
    "a channel of a bucket that an unseen managed policy may name": [
        ("schedule.target.input.InputDataConfig.0.DataSource.S3DataSource.S3Uri", "s3://company-lake/churn/"),
        ("execution_role.managedPolicyArns", ["arn:aws:iam::123456789012:policy/team/lake-readers"]),
    ],
    "a channel that is a file system": [
        ("schedule.target.input.InputDataConfig.0.DataSource", {"FileSystemDataSource": {"FileSystemId": "fs-1"}}),
    ],
}

LEFT_ALONE = {
    "a stack without the execution role": (
        [("execution_role", MISSING)],
        "stack",
        "the stack has no execution role of a scheduled training job",
    ),
    "a schedule that calls a Lambda function": (
        [("schedule.target.arn", "arn:aws:lambda:us-east-1:123456789012:function:train")],
        "stack",
        "the stack has no execution role of a scheduled training job",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)


@pytest.mark.parametrize("case", PASSES)
def test_a_declared_bucket_passes(case: str, good_stack: StackUnderTest, findings_of: Judge) -> None:
    for path, value in PASSES[case]:
        good_stack.set(path, value)
    assert findings_of(RULE, good_stack) == []


def test_a_bucket_of_the_configuration_passes_in_a_channel_and_in_a_policy(
    good_stack: StackUnderTest, findings_of: Judge
) -> None:
    uri = "schedule.target.input.InputDataConfig.0.DataSource.S3DataSource.S3Uri"
    good_stack.set(uri, "s3://somebody-elses/datasets/")
    assert findings_of(RULE, good_stack, buckets=["somebody-elses"]) == []


test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
