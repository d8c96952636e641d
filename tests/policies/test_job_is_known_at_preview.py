"""SG01: Job and policy documents are known at preview."""

from __future__ import annotations

from findings import MISSING, UNKNOWN
from rules.job_is_known_at_preview import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "an element that is named twice, in different case": (
        [
            (
                "execution_policy.policy.Statement.+",
                {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "action": "s3:*",
                    "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training/*",
                },
            )
        ],
        "execution_policy| policy: no rule can judge it: it names action twice in one object, in "
        "different case. Cure: write one well-formed JSON object.",
    ),
    "an unknown input": (
        [("schedule.target.input", UNKNOWN)],
        "schedule| target.input is unknown: no rule can judge it, and an unknown never "
        "passes. Cure: build it from values that are known before the deployment, such "
        "as account id, region and names.",
    ),
    "a target that is unknown as a whole": (
        [("schedule.target", UNKNOWN)],
        "schedule| target.input is unknown: no rule can judge it, and an unknown never "
        "passes. Cure: build it from values that are known before the deployment, such "
        "as account id, region and names.",
    ),
    "a target that may be anything": (
        [("schedule.target.arn", UNKNOWN), ("schedule.target.input", UNKNOWN)],
        "schedule| target.arn is unknown: no rule can judge it, and an unknown never "
        "passes. Cure: build it from values that are known before the deployment, such "
        "as account id, region and names; if it starts no training job, name the schedule in this rule's setting "
        "unrelated.",
    ),
    "a missing input": (
        [("schedule.target.input", MISSING)],
        "schedule| target.input is missing: no rule can judge it, and an unknown never "
        "passes. Cure: build it from values that are known before the deployment, such "
        "as account id, region and names.",
    ),
    "an input that is no JSON": (
        [("schedule.target.input", '{"TrainingJobName": ')],
        "schedule| target.input: no rule can judge it: it is not JSON (line 1, column "
        "21). Cure: write one well-formed JSON object.",
    ),
    "an input that is a list": (
        [("schedule.target.input", "[]")],
        "schedule| target.input: no rule can judge it: it is JSON, but not an object. "
        "Cure: write one well-formed JSON object.",
    ),
    "an input that names a member twice": (
        [("schedule.target.input", '{"EnableManagedSpotTraining": false, "EnableManagedSpotTraining": true}')],
        "schedule| target.input: no rule can judge it: it names "
        "EnableManagedSpotTraining twice in one object. Cure: write one well-formed JSON "
        "object.",
    ),
    "a role whose name is unknown, which no document can be matched with": (
        [("scheduler_role.name", UNKNOWN)],
        "scheduler_role| name is unknown: no rule can judge it, and an unknown never "
        "passes. Cure: build it from values that are known before the deployment, such "
        "as account id, region and names.",
    ),
    "an unknown permission document": (
        [("execution_policy.policy", UNKNOWN)],
        "execution_policy| policy is unknown: no rule can judge it, and an unknown never "
        "passes. Cure: build it from values that are known before the deployment, such "
        "as account id, region and names.",
    ),
    "an unknown part of a document given as an object": (
        [
            (
                "execution_policy.policy",
                {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": UNKNOWN}},
            )
        ],
        "execution_policy| policy: no rule can judge it: it has a value that is unknown "
        "at preview. Cure: write one well-formed JSON object.",
    ),
    "a document without statements": (
        [("execution_policy.policy", {"Version": "2012-10-17"})],
        "execution_policy| policy: no rule can judge it: it has no Statement that is an "
        "object or a list of objects. Cure: write one well-formed JSON object.",
    ),
    "an unknown trust document": (
        [("execution_role.assumeRolePolicy", UNKNOWN)],
        "execution_role| assumeRolePolicy is unknown: no rule can judge it, and an "
        "unknown never passes. Cure: build it from values that are known before the "
        "deployment, such as account id, region and names.",
    ),
    "unknown inline policies": (
        [("execution_role.inlinePolicies", UNKNOWN)],
        "execution_role| inlinePolicies is unknown: no rule can judge it, and an unknown "
        "never passes. Cure: build it from values that are known before the deployment, "
        "such as account id, region and names.",
    ),
    "an unknown inline policy": (
        [("execution_role.inlinePolicies", [{"name": "a", "policy": UNKNOWN}])],
        "execution_role| inlinePolicies[0].policy is unknown: no rule can judge it, and "
        "an unknown never passes. Cure: build it from values that are known before the "
        "deployment, such as account id, region and names.",
    ),
}

ACCEPTED = {
    "statements as one object": [
        (
            "execution_policy.policy",
            {
                "Statement": {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::ml-platform-prod-ml-bucket/a/*",
                }
            },
        )
    ],
    "unusual spacing": [("schedule.target.input", ' {\n\n "TrainingJobName" :\t"a-<aws.scheduler.execution-id>"}\n')],
    "an empty inline policy, which means none": [("execution_role.inlinePolicies", [{}])],
    "an unknown target ARN beside the input of a training job, which is judged": [("schedule.target.arn", UNKNOWN)],
    "another partition": [("schedule.target.arn", "arn:aws-cn:scheduler:::aws-sdk:sagemaker:createTrainingJob")],
}

LEFT_ALONE = {
    **OTHER_TARGETS,
    "a target whose ARN is unknown and that has no input, which a training job needs": (
        [("schedule.target.arn", UNKNOWN), ("schedule.target.input", MISSING)],
        "schedule",
        "the schedule's target ARN is unknown and its input is not that of a training job",
    ),
    "the dead-letter queue": ([("queue.name", "q")], "queue", "the rule does not look at aws:sqs/queue:Queue"),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
