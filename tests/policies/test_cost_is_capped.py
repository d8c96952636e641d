"""SG18: Runtime, instances and volume are capped."""

from __future__ import annotations

from findings import MISSING
from rules.cost_is_capped import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    UNKNOWN_JOBS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

ROLE = "scheduler_policy.policy.Statement.0.Condition"
REPORTED = {
    "a role that may start longer runs": (
        [(f"{ROLE}.NumericLessThanEquals.sagemaker:MaxRuntimeInSeconds", "86401")],
        'scheduler_policy| policy.Statement[0].Condition.NumericLessThanEquals["sagemaker:MaxRuntimeInSeconds"] '
        'is ["86401"]: more than the 86400 allowed here. Cure: lower it to at most 86400.',
    ),
    "a role that may start larger machines": (
        [(f"{ROLE}.ForAllValues:StringEquals.sagemaker:InstanceTypes.+", "ml.p4d.24xlarge")],
        'scheduler_policy| policy.Statement[0].Condition["ForAllValues:StringEquals"]'
        '["sagemaker:InstanceTypes"] is ["ml.m5.large", "ml.p4d.24xlarge"]: has instance types that are not '
        "allowed here. Cure: use some of: ml.m5.large, ml.m5.xlarge, ml.m5.2xlarge, ml.m5.4xlarge, ml.c5.*xlarge.",
    ),
    "a group's count that is text": (
        [
            (
                "schedule.target.input.ResourceConfig",
                {"InstanceGroups": [{"InstanceType": "ml.m5.large", "InstanceCount": "300"}]},
            )
        ],
        'schedule| target.input.ResourceConfig.InstanceGroups[0].InstanceCount is "300": must be a '
        "whole number. Cure: set it to at most 4.",
    ),
    "a preferred instance type that is too large": (
        [("schedule.target.input.ResourceConfig.InstancePreferences", [{"InstanceType": "ml.p4d.24xlarge"}])],
        'schedule| target.input.ResourceConfig.InstancePreferences[0].InstanceType is "ml.p4d.24xlarge": this instance '
        "type is not allowed here. Cure: use one of: ml.m5.large, ml.m5.xlarge, ml.m5.2xlarge, ml.m5.4xlarge, "
        "ml.c5.*xlarge.",
    ),
    "a rule of the profiler with a large volume": (
        [
            (
                "schedule.target.input.ProfilerRuleConfigurations",
                [{"RuleConfigurationName": "x", "VolumeSizeInGB": 16000}],
            )
        ],
        "schedule| target.input.ProfilerRuleConfigurations[0].VolumeSizeInGB is 16000: more than the "
        "100 allowed here. Cure: lower it to at most 100.",
    ),
    "a rule of the debugger on a large instance": (
        [
            (
                "schedule.target.input.DebugRuleConfigurations",
                [{"RuleConfigurationName": "x", "InstanceType": "ml.p4d.24xlarge"}],
            )
        ],
        'schedule| target.input.DebugRuleConfigurations[0].InstanceType is "ml.p4d.24xlarge": this '
        "instance type is not allowed here. Cure: use one of: ml.m5.large, ml.m5.xlarge, ml.m5.2xlarge, "
        "ml.m5.4xlarge, ml.c5.*xlarge.",
    ),
    "no longest run": (
        [("schedule.target.input.StoppingCondition.MaxRuntimeInSeconds", MISSING)],
        "schedule| target.input.StoppingCondition.MaxRuntimeInSeconds is missing: "
        "without it a job may run for a day. Cure: set it to at most 86400.",
    ),
    "too long a run": (
        [("schedule.target.input.StoppingCondition.MaxRuntimeInSeconds", 86401)],
        "schedule| target.input.StoppingCondition.MaxRuntimeInSeconds is 86401: more "
        "than the 86400 allowed here. Cure: lower it to at most 86400.",
    ),
    "too many instances": (
        [("schedule.target.input.ResourceConfig.InstanceCount", 5)],
        "schedule| target.input.ResourceConfig.InstanceCount is 5: more than the 4 "
        "allowed here. Cure: lower it to at most 4.",
    ),
    "too large a volume": (
        [("schedule.target.input.ResourceConfig.VolumeSizeInGB", 101)],
        "schedule| target.input.ResourceConfig.VolumeSizeInGB is 101: more than the 100 "
        "allowed here. Cure: lower it to at most 100.",
    ),
    "an instance type that is not allowed": (
        [("schedule.target.input.ResourceConfig.InstanceType", "ml.p4d.24xlarge")],
        'schedule| target.input.ResourceConfig.InstanceType is "ml.p4d.24xlarge": this '
        "instance type is not allowed here. Cure: use one of: ml.m5.large, ml.m5.xlarge, "
        "ml.m5.2xlarge, ml.m5.4xlarge, ml.c5.*xlarge.",
    ),
    "a warm pool": (
        [("schedule.target.input.ResourceConfig.KeepAlivePeriodInSeconds", 600)],
        "schedule| target.input.ResourceConfig.KeepAlivePeriodInSeconds is 600: more "
        "than the 0 allowed here. Cure: lower it to at most 0.",
    ),
    "a number in words": (
        [("schedule.target.input.ResourceConfig.InstanceCount", "1")],
        'schedule| target.input.ResourceConfig.InstanceCount is "1": must be a whole '
        "number. Cure: set it to at most 4.",
    ),
    "too many instances in groups": (
        [
            (
                "schedule.target.input.ResourceConfig.InstanceGroups",
                [
                    {"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 3},
                    {"InstanceGroupName": "b", "InstanceType": "ml.c5.2xlarge", "InstanceCount": 2},
                ],
            )
        ],
        "schedule| target.input.ResourceConfig.InstanceGroups: 6 instances in all, more "
        "than the 4 allowed here. Cure: use at most 4.",
    ),
    "an instance type in a group": (
        [
            (
                "schedule.target.input.ResourceConfig.InstanceGroups",
                [{"InstanceGroupName": "a", "InstanceType": "ml.g5.xlarge", "InstanceCount": 1}],
            )
        ],
        "schedule| target.input.ResourceConfig.InstanceGroups[0].InstanceType is "
        '"ml.g5.xlarge": this instance type is not allowed here. Cure: use one of: '
        "ml.m5.large, ml.m5.xlarge, ml.m5.2xlarge, ml.m5.4xlarge, ml.c5.*xlarge.",
    ),
}

ACCEPTED = {
    "everything just at its cap": [
        ("schedule.target.input.StoppingCondition.MaxRuntimeInSeconds", 86400),
        ("schedule.target.input.ResourceConfig.InstanceCount", 4),
        ("schedule.target.input.ResourceConfig.VolumeSizeInGB", 100),
    ],
    "an instance type by pattern": [("schedule.target.input.ResourceConfig.InstanceType", "ml.c5.9xlarge")],
}

LEFT_ALONE = OTHER_TARGETS | UNKNOWN_JOBS


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
