"""SG16: Spot waits long enough, and not for ever."""

from __future__ import annotations

from findings import MISSING
from rules.spot_waits_long_enough import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    UNKNOWN_JOBS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "no longest wait": (
        [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", MISSING)],
        "schedule| target.input.StoppingCondition.MaxWaitTimeInSeconds is missing: "
        "managed spot training needs a whole number of seconds. Cure: set it to at least "
        "MaxRuntimeInSeconds.",
    ),
    "a wait one second too short": (
        [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 3599)],
        "schedule| target.input.StoppingCondition.MaxWaitTimeInSeconds is 3599: shorter "
        "than MaxRuntimeInSeconds (3600), which SageMaker rejects. Cure: raise it to at "
        "least 3600.",
    ),
    "a wait above the cap": (
        [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 86401)],
        "schedule| target.input.StoppingCondition.MaxWaitTimeInSeconds is 86401: longer "
        "than the 86400 seconds allowed here. Cure: lower it to at most 86400.",
    ),
    "a wait in words": (
        [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", "7200")],
        'schedule| target.input.StoppingCondition.MaxWaitTimeInSeconds is "7200": '
        "managed spot training needs a whole number of seconds. Cure: set it to at least "
        "MaxRuntimeInSeconds.",
    ),
    "no longest run": (
        [("schedule.target.input.StoppingCondition.MaxRuntimeInSeconds", MISSING)],
        "schedule| target.input.StoppingCondition.MaxRuntimeInSeconds is missing: a spot "
        "job needs a whole number of seconds. Cure: set it.",
    ),
}

ACCEPTED = {
    "a wait just as long as the run": [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 3600)],
    "a wait just at the cap": [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 86400)],
}

LEFT_ALONE = {
    **OTHER_TARGETS,
    **UNKNOWN_JOBS,
    "a job on demand": (
        [("schedule.target.input.EnableManagedSpotTraining", False)],
        "schedule",
        "managed spot training is off",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
