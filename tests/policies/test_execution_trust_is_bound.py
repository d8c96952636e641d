"""SG08: The execution role is bound to its account and its jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from findings import MISSING, UNKNOWN
from rules.execution_trust_is_bound import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, good_stack_passes

if TYPE_CHECKING:
    from conftest import Judge, StackUnderTest

REPORTED = {
    "no account": (
        [("execution_role.assumeRolePolicy.Statement.0.Condition.StringEquals", MISSING)],
        "execution_role| assumeRolePolicy.Statement[0].Condition: any AWS account can "
        'make the service assume the role. Cure: add StringEquals {"aws:SourceAccount": '
        '"<account id>"}.',
    ),
    "no training jobs": (
        [("execution_role.assumeRolePolicy.Statement.0.Condition.ArnLike", MISSING)],
        "execution_role| assumeRolePolicy.Statement[0].Condition: any resource of the "
        'service can make it assume the role. Cure: add ArnLike {"aws:SourceArn": '
        '"arn:aws:sagemaker:REGION:ACCOUNT:training-job/*"}.',
    ),
    "everything in SageMaker": (
        [
            (
                "execution_role.assumeRolePolicy.Statement.0.Condition.ArnLike.aws:SourceArn",
                "arn:aws:sagemaker:us-east-1:123456789012:*",
            )
        ],
        "execution_role| "
        'assumeRolePolicy.Statement[0].Condition.ArnLike["aws:SourceArn"] is '
        '["arn:aws:sagemaker:us-east-1:123456789012:*"]: aws:SourceArn must be '
        "arn:aws:sagemaker:REGION:ACCOUNT:training-job/*. Cure: add ArnLike "
        '{"aws:SourceArn": "arn:aws:sagemaker:REGION:ACCOUNT:training-job/*"}.',
    ),
    "the jobs of every account": (
        [
            (
                "execution_role.assumeRolePolicy.Statement.0.Condition.ArnLike.aws:SourceArn",
                "arn:aws:sagemaker:us-east-1:*:training-job/*",
            )
        ],
        "execution_role| "
        'assumeRolePolicy.Statement[0].Condition.ArnLike["aws:SourceArn"] is '
        '["arn:aws:sagemaker:us-east-1:*:training-job/*"]: aws:SourceArn must be '
        "arn:aws:sagemaker:REGION:ACCOUNT:training-job/*. Cure: add ArnLike "
        '{"aws:SourceArn": "arn:aws:sagemaker:REGION:ACCOUNT:training-job/*"}.',
    ),
    "the notebooks of the account": (
        [
            (
                "execution_role.assumeRolePolicy.Statement.0.Condition.ArnLike.aws:SourceArn",
                "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/*",
            )
        ],
        "execution_role| "
        'assumeRolePolicy.Statement[0].Condition.ArnLike["aws:SourceArn"] is '
        '["arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/*"]: aws:SourceArn must be '
        "arn:aws:sagemaker:REGION:ACCOUNT:training-job/*. Cure: add ArnLike "
        '{"aws:SourceArn": "arn:aws:sagemaker:REGION:ACCOUNT:training-job/*"}.',
    ),
    "a second service in a statement of its own": (
        [
            (
                "execution_role.assumeRolePolicy.Statement.+",
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
            )
        ],
        'execution_role| assumeRolePolicy.Statement[1].Principal.Service is "ec2.amazonaws.com": another principal may '
        "assume the role. Cure: trust sagemaker.amazonaws.com alone.",
    ),
    "a second service": (
        [
            (
                "execution_role.assumeRolePolicy.Statement.0.Principal",
                {"Service": ["sagemaker.amazonaws.com", "ec2.amazonaws.com"]},
            )
        ],
        "execution_role| assumeRolePolicy.Statement[0].Principal.Service[1] is "
        '"ec2.amazonaws.com": another principal may assume the role. Cure: trust '
        "sagemaker.amazonaws.com alone.",
    ),
}

LEFT_ALONE = {
    "a role that another service assumes": (
        [("execution_role.assumeRolePolicy.Statement.0.Principal.Service", "lambda.amazonaws.com")],
        "execution_role",
        "the role does not trust sagemaker.amazonaws.com",
    ),
    "a trust document that is unknown at preview, which SG01 reports": (
        [("execution_role.assumeRolePolicy", UNKNOWN)],
        "execution_role",
        "the policy document is missing, unknown or unreadable: SG01 reports it",
    ),
}


def test_rules_that_watch_a_job_may_have_its_role(good_stack: StackUnderTest, findings_of: Judge) -> None:
    source = "execution_role.assumeRolePolicy.Statement.0.Condition.ArnLike.aws:SourceArn"
    good_stack.set(source, "arn:aws:sagemaker:us-east-1:123456789012:processing-job/*")
    assert findings_of(RULE, good_stack) == []

    good_stack.set(source, "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/*")
    assert len(findings_of(RULE, good_stack)) == 1


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
