"""The state machine that records how each training job of a job ended, tells of failures, and looks for missed runs.

CloudWatch looks back a week at most and knows no schedules, so a run of a monthly schedule cannot be missed there.
This can wait for a year. It is started
- by EventBridge when a training job has ended, with its name and status;
- by EventBridge Scheduler at each time of the job's schedule, with that time: it waits until a run must have ended, and
  looks for one that completed;
- by somebody who tries whether the alarms are heard, with `{"test": true}`.

The first two may deliver more than once. Each of their starts therefore starts the machine a second time by a name that
follows from what is told, and Step Functions refuses a name that it has seen in the last 90 days.
Sources: Step Functions Developer Guide, "Transforming data with JSONata", "AWS SDK service integrations" and
"StartExecution" (API); Amazon States Language specification.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from .alarm_messages import Message, MessageWriter
from .alarm_names import AlarmNames
from .aws_names import EXECUTION_ID_LENGTH

METRICS_NAMESPACE: Final = "ScheduledTraining"
"""Of the metrics that are ours."""
DIMENSION: Final = "TrainingJob"
"""Of these metrics: the training job name prefix."""
ALREADY_STARTED: Final = "Sfn.ExecutionAlreadyExistsException"
PAGE_SIZE: Final = 100
"""Source: SageMaker API, ListTrainingJobs, MaxResults."""
TEST_STATE: Final = "Test"
"""The state that sends a test message; a machine of an earlier version has none."""
TEST_INPUT: Final = '{"test": true}'
"""What starts the machine for a test."""
_DESCRIBED_AT_ONCE: Final = 5
_RETRY: Final = [
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 6, "BackoffRate": 3, "JitterStrategy": "FULL"}
]
_MetricTerm = tuple[str, str, str]

_METRICS: Final[Sequence[_MetricTerm]] = (
    ("Succeeded", "$job.TrainingJobStatus = 'Completed' ? 1 : 0", "Count"),
    ("Failed", "$job.TrainingJobStatus = 'Failed' ? 1 : 0", "Count"),
    ("Stopped", "$job.TrainingJobStatus = 'Stopped' ? 1 : 0", "Count"),
    ("DurationInSeconds", "$job.TrainingTimeInSeconds", "Seconds"),
    ("BillableSeconds", "$job.BillableTimeInSeconds", "Seconds"),
    (
        "ShareOfLimit",
        "$exists($job.TrainingTimeInSeconds) ? "
        "100 * $job.TrainingTimeInSeconds / $job.StoppingCondition.MaxRuntimeInSeconds",
        "Percent",
    ),
)
"""Metric: its value, which may be absent, and its unit."""


def machine_definition(
    names: AlarmNames, topic_arn: str, writer: MessageWriter, *, tells_schedules_apart: bool = False
) -> str:
    """The definition as JSON; with `tells_schedules_apart` a run counts only for the schedule that started it."""
    machine = {
        "Comment": f"How training jobs {names.job.prefix}-* ended, and which are missing",
        "QueryLanguage": "JSONata",
        "StartAt": "Once",
        "States": {
            **_starting_once(names),
            **_recording(names, topic_arn, writer.failed()),
            **_watching(names, topic_arn, writer.missed(), tells_schedules_apart),
            **_testing(names, topic_arn, writer.tested()),
            "Done": {"Type": "Succeed"},
        },
    }
    return json.dumps(machine, separators=(",", ":"))


def _starting_once(names: AlarmNames) -> dict[str, Any]:
    # A time without what names of executions may not have.
    name = (
        "$exists($states.input.job) ? $states.input.job & '-' & $states.input.status : "
        "$states.input.id & '-' & $replace($states.input.scheduled_time, /[^0-9A-Z]/, '')"
    )
    again = {
        "StateMachineArn": names.machine_arn,
        "Name": _expression(name),
        "Input": _expression("$string($merge([$states.input, {'once': true}]))"),
    }
    return {
        "Once": _choice(
            [
                # A name may begin like this job's and be another's, such as a stack's whose name begins alike.
                (f"$exists($states.input.job) and $length($states.input.job) != {_name_length(names)}", "Done"),
                ("$exists($states.input.test)", TEST_STATE),
                ("$exists($states.input.once)", "What"),
            ],
            "Start",
        ),
        "Start": {
            **_task(names, "sfn:startExecution", again, "Done"),
            "Retry": [{"ErrorEquals": [ALREADY_STARTED], "MaxAttempts": 0}, *_RETRY],
            "Catch": [{"ErrorEquals": [ALREADY_STARTED], "Next": "Done"}],
        },
        "What": _choice([("$exists($states.input.job)", "Describe")], "Wait"),
    }


def _testing(names: AlarmNames, topic_arn: str, message: Message) -> dict[str, Any]:
    """The same role, topic and key as of a real message, so that what stands in its way stands in this one's.

    Somebody waits for it, so it is tried once more and not for half an hour.
    """
    arguments = {"TopicArn": topic_arn, "Subject": message.subject, "Message": message.text}
    once_more = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 1}]
    return {TEST_STATE: {**_task(names, "sns:publish", arguments, "Done"), "Retry": once_more}}


def _recording(names: AlarmNames, topic_arn: str, message: Message) -> dict[str, Any]:
    described = {"TrainingJobName": _expression("$states.input.job")}
    metrics = {"Namespace": METRICS_NAMESPACE, "MetricData": _expression(_metric_data(names))}
    return {
        "Describe": {
            **_task(names, "sagemaker:describeTrainingJob", described, "How"),
            "Assign": {"job": _expression("$states.result")},
        },
        "How": _choice([("$job.TrainingJobStatus = 'Completed'", "Record")], "Tell"),
        "Tell": _publish(names, topic_arn, message, "Record"),
        "Record": _task(names, "cloudwatch:putMetricData", metrics, "Done"),
    }


def _watching(names: AlarmNames, topic_arn: str, message: Message, tells_schedules_apart: bool) -> dict[str, Any]:
    completed = (
        f"$states.result.TrainingJobSummaries[$length(TrainingJobName) = {_name_length(names)} and "
        f"$substring(TrainingJobName, 0, {len(names.job.prefix) + 1}) = '{names.job.prefix}-'].TrainingJobName"
    )
    listed = {
        "NameContains": f"'{names.job.prefix}-'",
        "StatusEquals": "'Completed'",
        "CreationTimeAfter": "$after",
        "SortBy": "'CreationTime'",
        "SortOrder": "'Descending'",
        "MaxResults": str(PAGE_SIZE),
    }
    request = ", ".join(f"'{name}': {value}" for name, value in listed.items())
    arguments = f"$merge([{{{request}}}, $next = '' ? {{}} : {{'NextToken': $next}}])"
    following = "Apart" if tells_schedules_apart else "Found"
    look = {
        **_task(names, "sagemaker:listTrainingJobs", _expression(arguments), following),
        "Assign": {
            "next": _expression("$exists($states.result.NextToken) ? $states.result.NextToken : ''"),
            "found": _expression(f"[{completed}]"),
        },
    }
    after = "$fromMillis($toMillis($states.input.scheduled_time) - 1000 * $states.input.look_back)"
    return {
        "Wait": {
            "Type": "Wait",
            "Seconds": _expression("$states.input.wait"),
            "Assign": {"watch": _expression("$states.input"), "after": _expression(after), "next": ""},
            "Next": "Look",
        },
        "Look": look,
        **(_telling_apart(names) if tells_schedules_apart else {}),
        "Found": _choice([("$count($found) > 0", "Done"), ("$next != ''", "Look")], "Missed"),
        "Missed": _publish(names, topic_arn, message, "Done"),
    }


def _telling_apart(names: AlarmNames) -> dict[str, Any]:
    """Keep of the jobs that were found those that the watched schedule started, by the variable that it gives them."""
    describe = {
        **_task(names, "sagemaker:describeTrainingJob", {"TrainingJobName": _expression("$states.input")}, None),
        "Output": _expression(
            "$states.result.Environment.SCHEDULE_ARN = $watch.schedule_arn ? $states.result.TrainingJobName : ''"
        ),
    }
    return {
        "Apart": {
            "Type": "Map",
            "Items": _expression("$found"),
            "MaxConcurrency": _DESCRIBED_AT_ONCE,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "DescribeCompleted",
                "States": {"DescribeCompleted": describe},
            },
            "Assign": {"found": _expression("[$states.result[$ != '']]")},
            "Next": "Found",
        }
    }


def _metric_data(names: AlarmNames) -> str:
    """A list of MetricDatum, of what SageMaker tells: the job's own values, and the last one of each metric."""
    own = ", ".join(f"$datum('{name}', {value}, '{unit}')" for name, value, unit in _METRICS)
    final = "$map($job.FinalMetricDataList, function($each) { $datum($each.MetricName, $each.Value, 'None') })"
    datum = (
        "function($name, $value, $unit) { $exists($value) ? {'MetricName': $name, 'Value': $value, 'Unit': $unit, "
        f"'Dimensions': [{{'Name': '{DIMENSION}', 'Value': '{names.job.prefix}'}}]}} }}"
    )
    return f"($datum := {datum}; $append([{own}], {final}))"


def _publish(names: AlarmNames, topic_arn: str, message: Message, following: str) -> dict[str, Any]:
    arguments = {
        "TopicArn": topic_arn,
        "Subject": _expression(message.subject),
        "Message": _expression(message.text),
    }
    return _task(names, "sns:publish", arguments, following)


def _task(names: AlarmNames, action: str, arguments: dict[str, Any] | str, following: str | None) -> dict[str, Any]:
    """A call of AWS by its SDK, such as `sns:publish`."""
    return {
        "Type": "Task",
        "Resource": f"arn:{names.job.scope.partition}:states:::aws-sdk:{action}",
        "Arguments": arguments,
        "Retry": _RETRY,
        **({"Next": following} if following else {"End": True}),
    }


def _choice(choices: Sequence[tuple[str, str]], otherwise: str) -> dict[str, Any]:
    return {
        "Type": "Choice",
        "Choices": [{"Condition": _expression(condition), "Next": following} for condition, following in choices],
        "Default": otherwise,
    }


def _name_length(names: AlarmNames) -> int:
    """Characters of a training job's name: prefix, hyphen, execution id."""
    return len(names.job.prefix) + 1 + EXECUTION_ID_LENGTH


def _expression(text: str) -> str:
    return f"{{% {text} %}}"
