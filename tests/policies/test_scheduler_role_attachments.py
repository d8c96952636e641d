"""SG05: The scheduler role does little, whatever is attached to it."""

from __future__ import annotations

from rules.scheduler_role_does_little import RULE
from tests.policies.rule_cases import each_is_reported

REPORTED = {
    "a managed policy in an exclusive attachment": (
        [
            (
                "more",
                (
                    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
                    {
                        "roleName": "breast-cancer-prod-scheduler",
                        "policyArns": ["arn:aws:iam::123456789012:policy/unseen"],
                    },
                ),
            )
        ],
        'more| policyArns[0] is "arn:aws:iam::123456789012:policy/unseen": what this policy grants '
        "cannot be seen from this stack. Cure: take the attachment out and write the permissions into "
        "the role's own policy.",
    ),
    "a managed policy on the role itself": (
        [("scheduler_role.managedPolicyArns", ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"])],
        "scheduler_role| managedPolicyArns[0] is "
        '"arn:aws:iam::aws:policy/AmazonSQSFullAccess": what this policy grants cannot '
        "be seen from this stack. Cure: take the attachment out and write the "
        "permissions into the role's own policy.",
    ),
    "a managed policy by attachment": (
        [
            (
                "attachment",
                (
                    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                    {
                        "role": "breast-cancer-prod-scheduler",
                        "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
                    },
                ),
            )
        ],
        'attachment| policyArn is "arn:aws:iam::aws:policy/AdministratorAccess": what '
        "this policy grants cannot be seen from this stack. Cure: take the attachment "
        "out and write the permissions into the role's own policy.",
    ),
    "a managed policy attached to several roles": (
        [
            (
                "attachment",
                (
                    "aws:iam/policyAttachment:PolicyAttachment",
                    {
                        "roles": ["other", "breast-cancer-prod-scheduler"],
                        "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
                    },
                ),
            )
        ],
        'attachment| policyArn is "arn:aws:iam::aws:policy/ReadOnlyAccess": what this '
        "policy grants cannot be seen from this stack. Cure: take the attachment out and "
        "write the permissions into the role's own policy.",
    ),
    "somebody else's policy on the role": (
        [("scheduler_role.managedPolicyArns", ["arn:aws:iam::123456789012:policy/elsewhere"])],
        "scheduler_role| managedPolicyArns[0] is "
        '"arn:aws:iam::123456789012:policy/elsewhere": what this policy grants cannot be '
        "seen from this stack. Cure: take the attachment out and write the permissions "
        "into the role's own policy.",
    ),
    "a policy of the stack that is attached to the role": (
        [
            (
                "own",
                (
                    "aws:iam/policy:Policy",
                    {
                        "arn": "arn:aws:iam::123456789012:policy/own",
                        "policy": {
                            "Statement": {
                                "Effect": "Allow",
                                "Action": "s3:GetObject",
                                "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket/a/*",
                            }
                        },
                    },
                ),
            ),
            (
                "attachment",
                (
                    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                    {"role": "breast-cancer-prod-scheduler", "policyArn": "arn:aws:iam::123456789012:policy/own"},
                ),
            ),
        ],
        'own| policy.Statement.Action is "s3:GetObject": the scheduler role needs no '
        "such permission to start the training job. Cure: take it out; the training "
        "code's permissions belong to the execution role.",
    ),
}


test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
