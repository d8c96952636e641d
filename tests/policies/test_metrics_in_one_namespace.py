"""SG11: Metrics in one namespace."""

from __future__ import annotations

from findings import MISSING
from rules.metrics_in_one_namespace import RULE
from tests.policies.rule_cases import (
    UNKNOWN_DOCUMENTS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "a second namespace": (
        [
            (
                "execution_policy.policy.Statement.4.Condition.StringEquals.cloudwatch:namespace",
                ["/aws/sagemaker/TrainingJobs", "AWS/Billing"],
            )
        ],
        'execution_policy| policy.Statement[4].Condition.StringEquals["cloudwatch:namespace"] is '
        '["/aws/sagemaker/TrainingJobs", "AWS/Billing"]: cloudwatch:PutMetricData may write into more '
        "than one namespace. Cure: name the job's namespace in StringEquals.",
    ),
    "no condition": (
        [("execution_policy.policy.Statement.4.Condition", MISSING)],
        "execution_policy| policy.Statement[4].Condition: cloudwatch:PutMetricData may "
        "write into any namespace. Cure: name the job's namespace in StringEquals.",
    ),
    "every namespace": (
        [("execution_policy.policy.Statement.4.Condition", {"StringLike": {"cloudwatch:namespace": "*"}})],
        "execution_policy| "
        'policy.Statement[4].Condition.StringLike["cloudwatch:namespace"] is ["*"]: '
        "cloudwatch:PutMetricData may write into more than one namespace. Cure: name the "
        "job's namespace in StringEquals.",
    ),
    "namespaces that begin alike": (
        [("execution_policy.policy.Statement.4.Condition", {"StringLike": {"cloudwatch:namespace": "/aws/*"}})],
        "execution_policy| "
        'policy.Statement[4].Condition.StringLike["cloudwatch:namespace"] is '
        '["/aws/*"]: cloudwatch:PutMetricData may write into more than one namespace. '
        "Cure: name the job's namespace in StringEquals.",
    ),
    "a condition that an absent namespace fulfils": (
        [("execution_policy.policy.Statement.4.Condition", {"StringEqualsIfExists": {"cloudwatch:namespace": "n"}})],
        "execution_policy| policy.Statement[4].Condition: cloudwatch:PutMetricData may "
        "write into any namespace. Cure: name the job's namespace in StringEquals.",
    ),
}

ACCEPTED = {
    "one namespace by StringLike": [
        ("execution_policy.policy.Statement.4.Condition", {"StringLike": {"cloudwatch:namespace": ["a"]}})
    ],
}

LEFT_ALONE = {
    **UNKNOWN_DOCUMENTS,
    "a document without metrics": (
        [("scheduler_policy.name", "x")],
        "scheduler_policy",
        "no statement allows cloudwatch:PutMetricData",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
