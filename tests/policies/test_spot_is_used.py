"""SG14: Managed spot training is used."""

from __future__ import annotations

from findings import MISSING
from rules.spot_is_used import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    UNKNOWN_JOBS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "spot is off": (
        [("schedule.target.input.EnableManagedSpotTraining", False)],
        "schedule| target.input.EnableManagedSpotTraining is false: on-demand capacity "
        "costs up to ten times as much as spot capacity, and no reason is given. Cure: "
        "set it to true with CheckpointConfig and MaxWaitTimeInSeconds, or add a tag "
        "managed-spot-training that says why not.",
    ),
    "spot is not mentioned": (
        [("schedule.target.input.EnableManagedSpotTraining", MISSING)],
        "schedule| target.input.EnableManagedSpotTraining is missing: on-demand capacity "
        "costs up to ten times as much as spot capacity, and no reason is given. Cure: "
        "set it to true with CheckpointConfig and MaxWaitTimeInSeconds, or add a tag "
        "managed-spot-training that says why not.",
    ),
    "an empty reason": (
        [
            ("schedule.target.input.EnableManagedSpotTraining", False),
            ("schedule.target.input.Tags.+", {"Key": "managed-spot-training", "Value": " "}),
        ],
        "schedule| target.input.EnableManagedSpotTraining is false: on-demand capacity "
        "costs up to ten times as much as spot capacity, and no reason is given. Cure: "
        "set it to true with CheckpointConfig and MaxWaitTimeInSeconds, or add a tag "
        "managed-spot-training that says why not.",
    ),
    "spot is on in words only": (
        [("schedule.target.input.EnableManagedSpotTraining", "true")],
        'schedule| target.input.EnableManagedSpotTraining is "true": on-demand capacity '
        "costs up to ten times as much as spot capacity, and no reason is given. Cure: "
        "set it to true with CheckpointConfig and MaxWaitTimeInSeconds, or add a tag "
        "managed-spot-training that says why not.",
    ),
}

ACCEPTED = {
    "a stated reason": [
        ("schedule.target.input.EnableManagedSpotTraining", False),
        ("schedule.target.input.Tags.+", {"Key": "managed-spot-training", "Value": "five-minute job"}),
    ],
}

LEFT_ALONE = OTHER_TARGETS | UNKNOWN_JOBS


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
