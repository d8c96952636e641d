"""SG21: A new training job name for every invocation."""

from __future__ import annotations

from findings import MISSING
from rules.job_name_is_unique import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    UNKNOWN_JOBS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "a fixed name": (
        [("schedule.target.input.TrainingJobName", "breast-cancer-prod")],
        'schedule| target.input.TrainingJobName is "breast-cancer-prod": two invocations '
        "would ask for the same name, and SageMaker refuses the second. Cure: use "
        "PREFIX-<aws.scheduler.execution-id> with a prefix of at most 26 letters, digits "
        "and hyphens.",
    ),
    "no name": (
        [("schedule.target.input.TrainingJobName", MISSING)],
        "schedule| target.input.TrainingJobName is missing: the training job has no "
        "name. Cure: use PREFIX-<aws.scheduler.execution-id> with a prefix of at most 26 "
        "letters, digits and hyphens.",
    ),
    "the scheduled time instead of the id": (
        [("schedule.target.input.TrainingJobName", "a-<aws.scheduler.scheduled-time>")],
        'schedule| target.input.TrainingJobName is "a-<aws.scheduler.scheduled-time>": '
        "two invocations would ask for the same name, and SageMaker refuses the second. "
        "Cure: use PREFIX-<aws.scheduler.execution-id> with a prefix of at most 26 "
        "letters, digits and hyphens.",
    ),
    "a typo in the attribute": (
        [("schedule.target.input.TrainingJobName", "a-<aws.scheduler.executionid>")],
        'schedule| target.input.TrainingJobName is "a-<aws.scheduler.executionid>": two '
        "invocations would ask for the same name, and SageMaker refuses the second. "
        "Cure: use PREFIX-<aws.scheduler.execution-id> with a prefix of at most 26 "
        "letters, digits and hyphens.",
    ),
    "a prefix one too long": (
        [("schedule.target.input.TrainingJobName", "aaaaaaaaaaaaaaaaaaaaaaaaaaa-<aws.scheduler.execution-id>")],
        "schedule| target.input.TrainingJobName is "
        '"aaaaaaaaaaaaaaaaaaaaaaaaaaa-<aws.scheduler.execution-id>": 64 characters once '
        "the execution id of 36 is filled in, more than the 63 allowed. Cure: use "
        "PREFIX-<aws.scheduler.execution-id> with a prefix of at most 26 letters, digits "
        "and hyphens.",
    ),
    "an underscore": (
        [("schedule.target.input.TrainingJobName", "breast_cancer-<aws.scheduler.execution-id>")],
        "schedule| target.input.TrainingJobName is "
        '"breast_cancer-<aws.scheduler.execution-id>": a training job name has letters, '
        "digits and single hyphens between them only. Cure: use "
        "PREFIX-<aws.scheduler.execution-id> with a prefix of at most 26 letters, digits "
        "and hyphens.",
    ),
    "the attempt number as well": (
        [("schedule.target.input.TrainingJobName", "a-<aws.scheduler.execution-id>-<aws.scheduler.attempt-number>")],
        "schedule| target.input.TrainingJobName is "
        '"a-<aws.scheduler.execution-id>-<aws.scheduler.attempt-number>": only the '
        "execution id may stand in a name: other context attributes are too long or have "
        "colons. Cure: use PREFIX-<aws.scheduler.execution-id> with a prefix of at most "
        "26 letters, digits and hyphens.",
    ),
    "a hyphen at the front": (
        [("schedule.target.input.TrainingJobName", "-<aws.scheduler.execution-id>")],
        'schedule| target.input.TrainingJobName is "-<aws.scheduler.execution-id>": a '
        "training job name has letters, digits and single hyphens between them only. "
        "Cure: use PREFIX-<aws.scheduler.execution-id> with a prefix of at most 26 "
        "letters, digits and hyphens.",
    ),
}

ACCEPTED = {
    "the longest prefix": [
        ("schedule.target.input.TrainingJobName", "aaaaaaaaaaaaaaaaaaaaaaaaaa-<aws.scheduler.execution-id>")
    ],
}

LEFT_ALONE = OTHER_TARGETS | UNKNOWN_JOBS


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
