"""SG07: The scheduler role is bound to its account and schedule group."""

from __future__ import annotations

from findings import MISSING, UNKNOWN
from rules.scheduler_trust_is_bound import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, each_passes, good_stack_passes

REPORTED = {
    "no account": (
        [("scheduler_role.assumeRolePolicy.Statement.0.Condition.StringEquals", MISSING)],
        "scheduler_role| assumeRolePolicy.Statement[0].Condition: any AWS account can "
        'make the service assume the role. Cure: add StringEquals {"aws:SourceAccount": '
        '"<account id>"}.',
    ),
    "every account": (
        [("scheduler_role.assumeRolePolicy.Statement.0.Condition.StringEquals.aws:SourceAccount", "*")],
        "scheduler_role| "
        'assumeRolePolicy.Statement[0].Condition.StringEquals["aws:SourceAccount"] '
        'is ["*"]: aws:SourceAccount must be one account. Cure: add StringEquals '
        '{"aws:SourceAccount": "<account id>"}.',
    ),
    "an account that an absent key fulfils": (
        [
            ("scheduler_role.assumeRolePolicy.Statement.0.Condition.StringEquals", MISSING),
            (
                "scheduler_role.assumeRolePolicy.Statement.0.Condition.StringEqualsIfExists",
                {"aws:SourceAccount": "123456789012"},
            ),
        ],
        "scheduler_role| assumeRolePolicy.Statement[0].Condition: any AWS account can "
        'make the service assume the role. Cure: add StringEquals {"aws:SourceAccount": '
        '"<account id>"}.',
    ),
    "no schedule group": (
        [("scheduler_role.assumeRolePolicy.Statement.0.Condition.ArnEquals", MISSING)],
        "scheduler_role| assumeRolePolicy.Statement[0].Condition: any resource of the "
        'service can make it assume the role. Cure: add ArnLike {"aws:SourceArn": '
        '"arn:aws:scheduler:REGION:ACCOUNT:schedule-group/GROUP"}.',
    ),
    "every schedule group": (
        [
            (
                "scheduler_role.assumeRolePolicy.Statement.0.Condition.ArnEquals.aws:SourceArn",
                "arn:aws:scheduler:us-east-1:123456789012:schedule-group/*",
            )
        ],
        "scheduler_role| "
        'assumeRolePolicy.Statement[0].Condition.ArnEquals["aws:SourceArn"] is '
        '["arn:aws:scheduler:us-east-1:123456789012:schedule-group/*"]: aws:SourceArn '
        "must be arn:aws:scheduler:REGION:ACCOUNT:schedule-group/GROUP. Cure: add "
        'ArnLike {"aws:SourceArn": '
        '"arn:aws:scheduler:REGION:ACCOUNT:schedule-group/GROUP"}.',
    ),
    "a schedule instead of its group": (
        [
            (
                "scheduler_role.assumeRolePolicy.Statement.0.Condition.ArnEquals.aws:SourceArn",
                "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s",
            )
        ],
        "scheduler_role| "
        'assumeRolePolicy.Statement[0].Condition.ArnEquals["aws:SourceArn"] is '
        '["arn:aws:scheduler:us-east-1:123456789012:schedule/g/s"]: aws:SourceArn must '
        "be arn:aws:scheduler:REGION:ACCOUNT:schedule-group/GROUP. Cure: add ArnLike "
        '{"aws:SourceArn": "arn:aws:scheduler:REGION:ACCOUNT:schedule-group/GROUP"}.',
    ),
    "two groups": (
        [
            (
                "scheduler_role.assumeRolePolicy.Statement.0.Condition.ArnEquals.aws:SourceArn",
                [
                    "arn:aws:scheduler:us-east-1:123456789012:schedule-group/a",
                    "arn:aws:scheduler:us-east-1:123456789012:schedule-group/b",
                ],
            )
        ],
        "scheduler_role| "
        'assumeRolePolicy.Statement[0].Condition.ArnEquals["aws:SourceArn"] is '
        '["arn:aws:scheduler:us-east-1:123456789012:schedule-group/a", '
        '"arn:aws:scheduler:us-east-1:123456789012:schedule-group/b"]: aws:SourceArn '
        "must be arn:aws:scheduler:REGION:ACCOUNT:schedule-group/GROUP. Cure: add "
        'ArnLike {"aws:SourceArn": '
        '"arn:aws:scheduler:REGION:ACCOUNT:schedule-group/GROUP"}.',
    ),
    "another service": (
        [
            (
                "scheduler_role.assumeRolePolicy.Statement.0.Principal.Service",
                ["scheduler.amazonaws.com", "lambda.amazonaws.com"],
            )
        ],
        "scheduler_role| assumeRolePolicy.Statement[0].Principal.Service[1] is "
        '"lambda.amazonaws.com": another principal may assume the role. Cure: trust '
        "scheduler.amazonaws.com alone.",
    ),
    "anybody": (
        [("scheduler_role.assumeRolePolicy.Statement.0.Principal", "*")],
        'scheduler_role| assumeRolePolicy.Statement[0].Principal is "*": another '
        "principal may assume the role. Cure: trust scheduler.amazonaws.com alone.",
    ),
    "another account in a statement of its own": (
        [
            (
                "scheduler_role.assumeRolePolicy.Statement.+",
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
                    "Action": "sts:AssumeRole",
                },
            )
        ],
        'scheduler_role| assumeRolePolicy.Statement[1].Principal.AWS is "arn:aws:iam::999999999999:root": another '
        "principal may assume the role. Cure: trust scheduler.amazonaws.com alone.",
    ),
    "another action": (
        [("scheduler_role.assumeRolePolicy.Statement.0.Action", ["sts:AssumeRole", "sts:TagSession"])],
        'scheduler_role| assumeRolePolicy.Statement[0].Action[1] is "sts:TagSession": '
        "more than sts:AssumeRole is allowed. Cure: allow sts:AssumeRole alone.",
    ),
}

ACCEPTED = {
    "StringLike with one account": [
        ("scheduler_role.assumeRolePolicy.Statement.0.Condition.StringEquals", MISSING),
        ("scheduler_role.assumeRolePolicy.Statement.0.Condition.StringLike", {"aws:SourceAccount": "123456789012"}),
    ],
    "ArnLike without wildcards": [
        ("scheduler_role.assumeRolePolicy.Statement.0.Condition.ArnEquals", MISSING),
        (
            "scheduler_role.assumeRolePolicy.Statement.0.Condition.ArnLike",
            {"aws:sourcearn": "arn:aws:scheduler:us-east-1:123456789012:schedule-group/g"},
        ),
    ],
}

LEFT_ALONE = {
    "a role that another service assumes": (
        [("scheduler_role.assumeRolePolicy.Statement.0.Principal.Service", "lambda.amazonaws.com")],
        "scheduler_role",
        "the role does not trust scheduler.amazonaws.com",
    ),
    "a trust document that is unknown at preview, which SG01 reports": (
        [("scheduler_role.assumeRolePolicy", UNKNOWN)],
        "scheduler_role",
        "the policy document is missing, unknown or unreadable: SG01 reports it",
    ),
    "a policy": (
        [("scheduler_policy.name", "x")],
        "scheduler_policy",
        "the rule does not look at aws:iam/rolePolicy:RolePolicy",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
