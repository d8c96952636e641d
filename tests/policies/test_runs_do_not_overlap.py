"""SG26: Runs do not overlap."""

from __future__ import annotations

from findings import UNKNOWN
from rules.runs_do_not_overlap import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, each_passes, good_stack_passes

REPORTED = {
    "every hour": (
        [("schedule.scheduleExpression", "rate(1 hour)")],
        'schedule| scheduleExpression is "rate(1 hour)": fires every 3600 seconds at the '
        "shortest, but one training job may take 7200. Cure: fire less often, or lower "
        "the stopping condition.",
    ),
    "every two hours, just as long as the job waits": (
        [("schedule.scheduleExpression", "cron(0 */2 * * ? *)")],
        'schedule| scheduleExpression is "cron(0 */2 * * ? *)": fires every 7200 seconds '
        "at the shortest, but one training job may take 7200. Cure: fire less often, or "
        "lower the stopping condition.",
    ),
    "twice in one night": (
        [("schedule.scheduleExpression", "cron(0 3,4 ? * MON-FRI *)")],
        'schedule| scheduleExpression is "cron(0 3,4 ? * MON-FRI *)": fires every 3600 '
        "seconds at the shortest, but one training job may take 7200. Cure: fire less "
        "often, or lower the stopping condition.",
    ),
    "over midnight": (
        [("schedule.scheduleExpression", "cron(30 0,23 * * ? *)")],
        'schedule| scheduleExpression is "cron(30 0,23 * * ? *)": fires every 3600 '
        "seconds at the shortest, but one training job may take 7200. Cure: fire less "
        "often, or lower the stopping condition.",
    ),
    "a flexible window": (
        [
            ("schedule.scheduleExpression", "rate(3 hours)"),
            ("schedule.flexibleTimeWindow", {"mode": "FLEXIBLE", "maximumWindowInMinutes": 60}),
        ],
        'schedule| scheduleExpression is "rate(3 hours)": fires every 10800 seconds at '
        "the shortest, but one training job may take 10800. Cure: fire less often, or "
        "lower the stopping condition.",
    ),
    "a longer run": (
        [("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 86400)],
        'schedule| scheduleExpression is "cron(0 3 * * ? *)": fires every 86400 seconds '
        "at the shortest, but one training job may take 86400. Cure: fire less often, or "
        "lower the stopping condition.",
    ),
    "no expression at all": (
        [("schedule.scheduleExpression", "every day")],
        'schedule| scheduleExpression is "every day": not a schedule expression. Cure: '
        "write cron(minutes hours day-of-month month day-of-week year), rate(value unit) "
        "or at(time).",
    ),
    "five fields": (
        [("schedule.scheduleExpression", "cron(0 3 * * ?)")],
        'schedule| scheduleExpression is "cron(0 3 * * ?)": cron needs six fields, not '
        "5. Cure: write cron(minutes hours day-of-month month day-of-week year), "
        "rate(value unit) or at(time).",
    ),
    "an hour that does not exist": (
        [("schedule.scheduleExpression", "cron(0 25 * * ? *)")],
        'schedule| scheduleExpression is "cron(0 25 * * ? *)": the field 25 must lie '
        "between 0 and 23. Cure: write cron(minutes hours day-of-month month day-of-week "
        "year), rate(value unit) or at(time).",
    ),
}

ACCEPTED = {
    "every three hours": [("schedule.scheduleExpression", "rate(3 hours)")],
    "a short job on demand every hour": [
        ("schedule.target.input.EnableManagedSpotTraining", False),
        ("schedule.target.input.StoppingCondition.MaxRuntimeInSeconds", 3599),
        ("schedule.scheduleExpression", "rate(60 minutes)"),
    ],
    "the last working day of a month": [("schedule.scheduleExpression", "cron(0 3 LW * ? *)")],
    "the second Tuesday": [("schedule.scheduleExpression", "cron(0 3 ? * TUE#2 *)")],
}

LEFT_ALONE = {
    "a schedule that fires once": (
        [("schedule.scheduleExpression", "at(2027-01-01T03:00:00)")],
        "schedule",
        "the schedule fires once",
    ),
    "an expression that is unknown at preview": (
        [("schedule.scheduleExpression", UNKNOWN)],
        "schedule",
        "the schedule expression or the job's longest run is not known",
    ),
    "a schedule that calls a Lambda function": (
        [("schedule.target.arn", "arn:aws:lambda:us-east-1:123456789012:function:train")],
        "schedule",
        "the schedule's target is in service lambda, not aws-sdk:sagemaker:createTrainingJob",
    ),
    "a job that is unknown at preview, which SG01 reports": (
        [("schedule.target.input", UNKNOWN)],
        "schedule",
        "target.input is missing or unknown at preview: SG01 reports it",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
