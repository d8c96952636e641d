"""The CloudWatch alarms of a job, as values: what is measured, from which value on, and what somebody does about it.

Sources: EventBridge Scheduler User Guide, "Monitoring with Amazon CloudWatch"; SQS Developer Guide, "Available
CloudWatch metrics"; Step Functions Developer Guide, "Monitoring metrics"; EventBridge User Guide, "Metrics".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from .alarm_machine import DIMENSION, METRICS_NAMESPACE
from .alarm_messages import RUNBOOK
from .alarm_names import AlarmNames
from .alarm_spec import Alarms
from .alarms_fit import metric_limits
from .training_job_spec import TrainingJobSpec

PERIOD_IN_SECONDS: Final = 300
Comparison = Literal["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold"]
_AT_LEAST: Final = "GreaterThanOrEqualToThreshold"


@dataclass(frozen=True)
class MetricAlarm:
    """One alarm: `key` is the end of its names; a metric that is missing keeps the state, or is good."""

    key: str
    description: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    statistic: Literal["Sum", "Maximum", "Minimum"]
    threshold: float
    comparison: Comparison = _AT_LEAST
    missing: Literal["ignore", "notBreaching"] = "notBreaching"


def metric_alarms(spec: TrainingJobSpec, alarms: Alarms, names: AlarmNames, stack: str) -> list[MetricAlarm]:
    """All alarms of a job, in the order of the runbook."""
    return [*_of_the_schedule(names, stack), *_of_the_machine(names, stack), *_of_the_runs(spec, alarms, names, stack)]


def _of_the_schedule(names: AlarmNames, stack: str) -> Iterator[MetricAlarm]:
    job, group = names.job, {"ScheduleGroup": names.job.schedule_group_name}
    yield MetricAlarm(
        "dead-letters",
        _text("Dead letters wait", "dead-letters", stack),
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": job.dead_letter_queue_name},
        "Maximum",
        1,
    )
    for key, metric, section, command in (
        ("dropped-invocations", "InvocationDroppedCount", "An invocation was dropped", "dead-letters"),
        ("target-errors", "TargetErrorCount", "SageMaker refused an invocation", "doctor"),
        (
            "lost-dead-letters",
            "InvocationsFailedToBeSentToDeadLetterCount",
            "A dead letter was lost",
            "doctor",
        ),
    ):
        yield MetricAlarm(key, _text(section, command, stack), "AWS/Scheduler", metric, group, "Sum", 1)


def _of_the_machine(names: AlarmNames, stack: str) -> Iterator[MetricAlarm]:
    """Whether the alarms themselves work."""
    text = _text("The alarms themselves fail", "doctor", stack)
    machine, rule = {"StateMachineArn": names.machine_arn}, {"RuleName": names.rule_name}
    yield MetricAlarm("alarms-failed", text, "AWS/States", "ExecutionsFailed", machine, "Sum", 1)
    yield MetricAlarm("alarms-not-started", text, "AWS/Events", "FailedInvocations", rule, "Sum", 1)


def _of_the_runs(spec: TrainingJobSpec, alarms: Alarms, names: AlarmNames, stack: str) -> Iterator[MetricAlarm]:
    own = {DIMENSION: names.job.prefix}
    yield MetricAlarm(
        "duration",
        _text("A run takes too long", "status", stack),
        METRICS_NAMESPACE,
        "ShareOfLimit",
        own,
        "Maximum",
        round(100 * alarms.duration_share, 6),
        missing="ignore",
    )
    minimum, maximum = metric_limits(spec, alarms)
    text = _text("The model grows worse", "models", stack)
    for metric, limit in sorted(minimum.items()):
        yield MetricAlarm(
            f"below-{metric}", text, METRICS_NAMESPACE, metric, own, "Minimum", limit, "LessThanThreshold", "ignore"
        )
    for metric, limit in sorted(maximum.items()):
        yield MetricAlarm(
            f"above-{metric}", text, METRICS_NAMESPACE, metric, own, "Maximum", limit, "GreaterThanThreshold", "ignore"
        )


def _text(section: str, command: str, stack: str) -> str:
    return f'{section}. Look further: training-jobs {command} --stack {stack}. What to do: {RUNBOOK}, "{section}".'
