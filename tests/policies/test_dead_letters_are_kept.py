"""SG19: Dead letters are kept in a standard, encrypted queue."""

from __future__ import annotations

from findings import MISSING, UNKNOWN
from rules.dead_letters_are_kept import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, each_passes, good_stack_passes

REPORTED = {
    "no dead letters": (
        [("schedule.target.deadLetterConfig", MISSING)],
        "schedule| target.deadLetterConfig.arn is missing: an invocation that fails for "
        "good leaves no trace. Cure: set it to the ARN of a standard SQS queue.",
    ),
    "dead letters without a queue": (
        [("schedule.target.deadLetterConfig.arn", MISSING)],
        "schedule| target.deadLetterConfig.arn is missing: an invocation that fails for "
        "good leaves no trace. Cure: set it to the ARN of a standard SQS queue.",
    ),
    "a FIFO queue": (
        [("schedule.target.deadLetterConfig.arn", "arn:aws:sqs:us-east-1:123456789012:dead.fifo")],
        "schedule| target.deadLetterConfig.arn is "
        '"arn:aws:sqs:us-east-1:123456789012:dead.fifo": EventBridge Scheduler delivers '
        "dead letters to standard SQS queues only. Cure: use a standard queue.",
    ),
    "a topic": (
        [("schedule.target.deadLetterConfig.arn", "arn:aws:sns:us-east-1:123456789012:dead")],
        "schedule| target.deadLetterConfig.arn is "
        '"arn:aws:sns:us-east-1:123456789012:dead": EventBridge Scheduler delivers dead '
        "letters to standard SQS queues only. Cure: use a standard queue.",
    ),
    "a queue without encryption": (
        [("queue.sqsManagedSseEnabled", False)],
        "queue| sqsManagedSseEnabled is false: messages of this queue are not encrypted "
        "at rest. Cure: set it to true, or set kmsMasterKeyId.",
    ),
}

ACCEPTED = {
    "a queue whose ARN is unknown at preview": [("schedule.target.deadLetterConfig.arn", UNKNOWN)],
    "a queue with a customer key": [("queue.sqsManagedSseEnabled", False), ("queue.kmsMasterKeyId", "alias/q")],
    "a queue that leaves encryption to SQS": [("queue.sqsManagedSseEnabled", MISSING)],
}

LEFT_ALONE = {
    "a schedule that calls a Lambda function": (
        [("schedule.target.arn", "arn:aws:lambda:us-east-1:123456789012:function:train")],
        "schedule",
        "the schedule's target is in service lambda, not aws-sdk:sagemaker:createTrainingJob",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
