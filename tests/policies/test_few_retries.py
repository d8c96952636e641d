"""SG20: Few retries."""

from __future__ import annotations

from findings import MISSING, UNKNOWN
from rules.few_retries import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, each_passes, good_stack_passes

REPORTED = {
    "no retry policy": (
        [("schedule.target.retryPolicy", MISSING)],
        "schedule| target.retryPolicy.maximumRetryAttempts is missing: the default of "
        "185 retries can start the same training job again and again. Cure: set it to 3 "
        "or fewer.",
    ),
    "a retry policy without a number": (
        [("schedule.target.retryPolicy.maximumRetryAttempts", MISSING)],
        "schedule| target.retryPolicy.maximumRetryAttempts is missing: the default of "
        "185 retries can start the same training job again and again. Cure: set it to 3 "
        "or fewer.",
    ),
    "one retry too many": (
        [("schedule.target.retryPolicy.maximumRetryAttempts", 4)],
        "schedule| target.retryPolicy.maximumRetryAttempts is 4: every retry can start "
        "the training job once more. Cure: set it to 3 or fewer.",
    ),
    "the default spelt out": (
        [("schedule.target.retryPolicy.maximumRetryAttempts", 185)],
        "schedule| target.retryPolicy.maximumRetryAttempts is 185: every retry can start "
        "the training job once more. Cure: set it to 3 or fewer.",
    ),
}

ACCEPTED = {
    "no retries": [("schedule.target.retryPolicy.maximumRetryAttempts", 0)],
    "as many as the cap": [("schedule.target.retryPolicy.maximumRetryAttempts", 3)],
}

LEFT_ALONE = {
    "a schedule that calls a Lambda function": (
        [("schedule.target.arn", "arn:aws:lambda:us-east-1:123456789012:function:train")],
        "schedule",
        "the schedule's target is in service lambda, not aws-sdk:sagemaker:createTrainingJob",
    ),
    "a retry policy that is unknown at preview": (
        [("schedule.target.retryPolicy", UNKNOWN)],
        "schedule",
        "the retry policy is unknown at preview; it is judged when the schedule is created",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
