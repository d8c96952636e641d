"""SG05: The scheduler role does little."""

from __future__ import annotations

from findings import MISSING, UNKNOWN
from rules.scheduler_role_does_little import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, each_passes, good_stack_passes

REPORTED = {
    "queues with a name alike": (
        [("scheduler_policy.policy.Statement.3.Resource", "arn:aws:sqs:us-east-1:123456789012:breast-cancer-prod-*")],
        "scheduler_policy| policy.Statement[3].Resource is "
        '"arn:aws:sqs:us-east-1:123456789012:breast-cancer-prod-*": the scheduler role may write into '
        "its dead-letter queue only. Cure: name the queue's ARN.",
    ),
    "another role to pass, in a policy of its own": (
        [
            (
                "more",
                (
                    "aws:iam/rolePolicy:RolePolicy",
                    {
                        "role": "breast-cancer-prod-scheduler",
                        "policy": {
                            "Statement": {
                                "Effect": "Allow",
                                "Action": "iam:PassRole",
                                "Resource": "arn:aws:iam::123456789012:role/admin",
                                "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
                            }
                        },
                    },
                ),
            )
        ],
        'more| policy.Statement.Resource is "arn:aws:iam::123456789012:role/admin": the scheduler role '
        "may pass the role of its training job only. Cure: name the job's RoleArn.",
    ),
    "a policy of the role, its name in another case": (
        [
            (
                "more",
                (
                    "aws:iam/rolePolicy:RolePolicy",
                    {
                        "role": "breast-cancer-prod-Scheduler",
                        "policy": {
                            "Statement": {
                                "Effect": "Allow",
                                "Action": "lambda:InvokeFunction",
                                "Resource": "arn:aws:lambda:us-east-1:123456789012:function:x",
                            }
                        },
                    },
                ),
            )
        ],
        'more| policy.Statement.Action is "lambda:InvokeFunction": the scheduler role needs no such '
        "permission to start the training job. Cure: take it out; the training code's permissions "
        "belong to the execution role.",
    ),
    "one action more": (
        [("scheduler_policy.policy.Statement.0.Action.+", "sagemaker:StopTrainingJob")],
        'scheduler_policy| policy.Statement[0].Action[1] is "sagemaker:StopTrainingJob": '
        "the scheduler role needs no such permission to start the training job. Cure: "
        "take it out; the training code's permissions belong to the execution role.",
    ),
    "everything": (
        [("scheduler_policy.policy.Statement.3.Action", "*")],
        'scheduler_policy| policy.Statement[3].Action is "*": the scheduler role needs '
        "no such permission to start the training job. Cure: take it out; the training "
        "code's permissions belong to the execution role.",
    ),
    "an action of another service": (
        [
            (
                "scheduler_policy.policy.Statement.+",
                {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket/a/*",
                },
            )
        ],
        'scheduler_policy| policy.Statement[4].Action is "s3:GetObject": the scheduler '
        "role needs no such permission to start the training job. Cure: take it out; the "
        "training code's permissions belong to the execution role.",
    ),
    "everything but one action": (
        [
            ("scheduler_policy.policy.Statement.3.Action", MISSING),
            ("scheduler_policy.policy.Statement.3.NotAction", "s3:DeleteObject"),
        ],
        'scheduler_policy| policy.Statement[3].NotAction is "s3:DeleteObject": the '
        "scheduler role needs no such permission to start the training job. Cure: take "
        "it out; the training code's permissions belong to the execution role.",
    ),
    "a second policy of the role": (
        [
            (
                "second",
                (
                    "aws:iam/rolePolicy:RolePolicy",
                    {
                        "role": "breast-cancer-prod-scheduler",
                        "policy": {
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": "dynamodb:GetItem",
                                    "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/t",
                                }
                            ]
                        },
                    },
                ),
            )
        ],
        'second| policy.Statement[0].Action is "dynamodb:GetItem": the scheduler role '
        "needs no such permission to start the training job. Cure: take it out; the "
        "training code's permissions belong to the execution role.",
    ),
    "an inline policy of the role": (
        [
            (
                "scheduler_role.inlinePolicies",
                [
                    {
                        "name": "x",
                        "policy": {
                            "Statement": {
                                "Effect": "Allow",
                                "Action": "s3:GetObject",
                                "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket/a/*",
                            }
                        },
                    }
                ],
            )
        ],
        'scheduler_role| inlinePolicies[0].policy.Statement.Action is "s3:GetObject": '
        "the scheduler role needs no such permission to start the training job. Cure: "
        "take it out; the training code's permissions belong to the execution role.",
    ),
}

ACCEPTED = {
    "actions in another case": [("scheduler_policy.policy.Statement.0.Action", "SAGEMAKER:createtrainingjob")],
    "the key of an encrypted queue": [
        (
            "scheduler_policy.policy.Statement.+",
            {
                "Effect": "Allow",
                "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
                "Resource": "arn:aws:kms:us-east-1:123456789012:key/1",
            },
        )
    ],
    "a policy of another role": [
        (
            "second",
            (
                "aws:iam/rolePolicy:RolePolicy",
                {
                    "role": "other",
                    "policy": {"Statement": {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "x"}},
                },
            ),
        )
    ],
}

LEFT_ALONE = {
    "a stack without the scheduler role": (
        [("scheduler_role", MISSING)],
        "stack",
        "the stack has no role that a scheduled training job is started with",
    ),
    "a schedule that starts a state machine": (
        [("schedule.target.arn", "arn:aws:scheduler:::aws-sdk:sfn:startExecution")],
        "stack",
        "the stack has no role that a scheduled training job is started with",
    ),
    "a job that is unknown at preview, which SG01 reports": (
        [("schedule.target.input", UNKNOWN)],
        "stack",
        "the stack has no role that a scheduled training job is started with",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
