"""SG09: No broad AWS managed policies."""

from __future__ import annotations

from findings import UNKNOWN
from rules.no_broad_managed_policies import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, each_passes, good_stack_passes

REPORTED = {
    "a job function": (
        [("execution_role.managedPolicyArns", ["arn:aws:iam::aws:policy/job-function/DataScientist"])],
        'execution_role| managedPolicyArns[0] is "arn:aws:iam::aws:policy/job-function/DataScientist": '
        "this AWS managed policy is not limited to your resources. Cure: write a policy with the "
        "actions and resources that the role needs.",
    ),
    "every secret of the account, in another case": (
        [("execution_role.managedPolicyArns", ["arn:aws:iam::aws:policy/secretsmanagerreadwrite"])],
        'execution_role| managedPolicyArns[0] is "arn:aws:iam::aws:policy/secretsmanagerreadwrite": '
        "this AWS managed policy is not limited to your resources. Cure: write a policy with the "
        "actions and resources that the role needs.",
    ),
    "an exclusive attachment": (
        [
            (
                "more",
                (
                    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
                    {
                        "roleName": "breast-cancer-prod-execution",
                        "policyArns": [
                            "arn:aws:iam::123456789012:policy/own",
                            "arn:aws:iam::aws:policy/AdministratorAccess",
                        ],
                    },
                ),
            )
        ],
        'more| policyArns[1] is "arn:aws:iam::aws:policy/AdministratorAccess": this AWS managed policy '
        "is not limited to your resources. Cure: write a policy with the actions and resources that the "
        "role needs.",
    ),
    "full access by attachment": (
        [
            (
                "attachment",
                (
                    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                    {"role": "r", "policyArn": "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"},
                ),
            )
        ],
        'attachment| policyArn is "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess": '
        "this AWS managed policy is not limited to your resources. Cure: write a policy "
        "with the actions and resources that the role needs.",
    ),
    "full access on the role": (
        [
            (
                "execution_role.managedPolicyArns",
                ["arn:aws:iam::123456789012:policy/own", "arn:aws:iam::aws:policy/AmazonS3FullAccess"],
            )
        ],
        "execution_role| managedPolicyArns[1] is "
        '"arn:aws:iam::aws:policy/AmazonS3FullAccess": this AWS managed policy is not '
        "limited to your resources. Cure: write a policy with the actions and resources "
        "that the role needs.",
    ),
    "the administrator of another partition": (
        [("execution_role.managedPolicyArns", ["arn:aws-us-gov:iam::aws:policy/AdministratorAccess"])],
        "execution_role| managedPolicyArns[0] is "
        '"arn:aws-us-gov:iam::aws:policy/AdministratorAccess": this AWS managed policy '
        "is not limited to your resources. Cure: write a policy with the actions and "
        "resources that the role needs.",
    ),
    "a service role": (
        [
            (
                "attachment",
                (
                    "aws:iam/policyAttachment:PolicyAttachment",
                    {"roles": ["r"], "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonSageMakerUseRole"},
                ),
            )
        ],
        "attachment| policyArn is "
        '"arn:aws:iam::aws:policy/service-role/AmazonSageMakerUseRole": this AWS managed '
        "policy is not limited to your resources. Cure: write a policy with the actions "
        "and resources that the role needs.",
    ),
    "read access to everything": (
        [("execution_role.managedPolicyArns", ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"])],
        "execution_role| managedPolicyArns[0] is "
        '"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess": this AWS managed policy is '
        "not limited to your resources. Cure: write a policy with the actions and "
        "resources that the role needs.",
    ),
}

ACCEPTED = {
    "a policy that only users get": [
        (
            "more",
            (
                "aws:iam/policyAttachment:PolicyAttachment",
                {"users": ["x"], "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            ),
        )
    ],
    "a narrow AWS managed policy": [
        ("execution_role.managedPolicyArns", ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"])
    ],
    "a policy of one's own with such a name": [
        ("execution_role.managedPolicyArns", ["arn:aws:iam::123456789012:policy/MyFullAccess"])
    ],
}

LEFT_ALONE = {
    "an attachment whose ARN is unknown at preview": (
        [("attachment", ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "r", "policyArn": UNKNOWN}))],
        "attachment",
        "no managed policy is attached here, or its ARN is unknown at preview",
    ),
    "a role without managed policies": (
        [("execution_role.managedPolicyArns", [])],
        "execution_role",
        "no managed policy is attached here, or its ARN is unknown at preview",
    ),
    "unknown managed policies": (
        [("execution_role.managedPolicyArns", UNKNOWN)],
        "execution_role",
        "no managed policy is attached here, or its ARN is unknown at preview",
    ),
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
            ("execution_role.managedPolicyArns", ["arn:aws:iam::aws:policy/AdministratorAccess"]),
        ],
        "execution_role",
        "the role trusts neither EventBridge Scheduler nor SageMaker",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
