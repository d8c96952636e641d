"""SG23: VPC or network isolation."""

from __future__ import annotations

from findings import MISSING
from rules.network_is_closed import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    UNKNOWN_JOBS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "no VPC": (
        [("schedule.target.input.VpcConfig", MISSING)],
        "schedule| target.input.VpcConfig is missing: the training code reaches the "
        "whole internet. Cure: set Subnets and SecurityGroupIds, or "
        "EnableNetworkIsolation.",
    ),
    "a VPC without security groups": (
        [("schedule.target.input.VpcConfig.SecurityGroupIds", [])],
        'schedule| target.input.VpcConfig is {"Subnets": ["subnet-0a1b2c3d4e5f60718", '
        '"subnet-0f1e2d3c4b5a69780"], "SecurityGroupIds": []}: the training code reaches '
        "the whole internet. Cure: set Subnets and SecurityGroupIds, or "
        "EnableNetworkIsolation.",
    ),
    "a VPC without subnets": (
        [("schedule.target.input.VpcConfig.Subnets", MISSING)],
        'schedule| target.input.VpcConfig is {"SecurityGroupIds": '
        '["sg-0123456789abcdef0"]}: the training code reaches the whole internet. Cure: '
        "set Subnets and SecurityGroupIds, or EnableNetworkIsolation.",
    ),
    "isolation with a tracking server": (
        [("schedule.target.input.EnableNetworkIsolation", True)],
        "schedule| target.input.Environment.MLFLOW_TRACKING_URI: an isolated container "
        "cannot reach a tracking server. Cure: take it out and record the run after the "
        "job, or use VpcConfig without isolation.",
    ),
    "two instances in the open": (
        [
            ("schedule.target.input.ResourceConfig.InstanceCount", 2),
            ("schedule.target.input.EnableInterContainerTrafficEncryption", MISSING),
        ],
        "schedule| target.input.EnableInterContainerTrafficEncryption is missing: 2 "
        "instances exchange data unencrypted. Cure: set it to true.",
    ),
    "groups of instances in the open": (
        [
            ("schedule.target.input.ResourceConfig.InstanceGroups", [{"InstanceCount": 1}]),
            ("schedule.target.input.EnableInterContainerTrafficEncryption", False),
        ],
        "schedule| target.input.EnableInterContainerTrafficEncryption is false: 2 "
        "instances exchange data unencrypted. Cure: set it to true.",
    ),
}

ACCEPTED = {
    "isolation with tracking afterwards": [
        ("schedule.target.input.VpcConfig", MISSING),
        ("schedule.target.input.EnableNetworkIsolation", True),
        ("schedule.target.input.Environment.MLFLOW_TRACKING_URI", MISSING),
    ],
    "one instance without traffic": [("schedule.target.input.EnableInterContainerTrafficEncryption", MISSING)],
}

LEFT_ALONE = OTHER_TARGETS | UNKNOWN_JOBS


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
