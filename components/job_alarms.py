"""The alarms of a job as resources: the state machine and what starts it, with the topic and what CloudWatch sees.

Loaded only by jobs that have alarms (docs/adr/0052).
"""

import json
from typing import Final

import pulumi
import pulumi_aws as aws

from .alarm_machine import machine_definition
from .alarm_messages import MessageWriter
from .alarm_names import AlarmNames
from .alarm_parts import AlarmParts
from .alarm_permissions import (
    events_trust,
    machine_permissions,
    machine_trust,
    starting_permissions,
    watch_trust,
)
from .alarm_topic import declare_topic
from .alarm_views import declare_views
from .alarm_watches import EVENT_AGE_IN_SECONDS, RETRIES, Watch, watch_of
from .job_schedule import in_utc

__all__ = ["AlarmParts", "declare_alarms", "event_pattern"]

ENDED: Final = ("Completed", "Failed", "Stopped")
"""TrainingJobStatus of a job that has ended."""


def declare_alarms(parts: AlarmParts, *needed: pulumi.Resource) -> tuple[str, str, str | None]:
    """Declare everything; `needed` are what the watching schedules need: their group.

    Gives the ARNs of topic and state machine, and the dashboard's name.
    """
    role = parts.role(
        "",
        "Step Functions records and tells how training jobs ended with this role",
        machine_trust(parts.names),
        machine_permissions(parts.names, parts.topic_arn, parts.alarms.kms_key_arn),
    )
    topic = [] if parts.alarms.topic_arn else [declare_topic(parts, role[0])]
    machine = aws.sfn.StateMachine(
        f"{parts.job}-alarms-machine",
        name=parts.names.name,
        type="STANDARD",
        role_arn=parts.names.role_arn(),
        definition=machine_definition(
            parts.names,
            parts.topic_arn,
            MessageWriter(parts.names, parts.stack, for_chat=parts.alarms.chat is not None),
            tells_schedules_apart=bool(parts.prepared.further_schedules),
        ),
        tags=parts.tags,
        opts=parts.child(*role, *topic),
    )
    _declare_rule(parts, machine)
    _declare_watches(parts, machine, *needed)
    declare_views(parts, topic)
    return parts.topic_arn, parts.names.machine_arn, parts.names.name if parts.alarms.dashboard else None


def event_pattern(names: AlarmNames) -> str:
    """Which events the rule is for. Source: SageMaker Developer Guide, "Events that SageMaker sends to EventBridge"."""
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Training Job State Change"],
        "detail": {"TrainingJobName": [{"prefix": f"{names.job.prefix}-"}], "TrainingJobStatus": list(ENDED)},
    }
    return json.dumps(pattern, separators=(",", ":"))


def _declare_rule(parts: AlarmParts, machine: pulumi.Resource) -> None:
    names = parts.names
    role = parts.role(
        "events",
        "EventBridge tells the state machine of ended training jobs with this role",
        events_trust(names),
        starting_permissions(names),
    )
    rule = aws.cloudwatch.EventRule(
        f"{parts.job}-alarms-rule",
        name=names.rule_name,
        description=f"Training jobs {names.job.prefix}-* that have ended",
        event_pattern=event_pattern(names),
        tags=parts.tags,
        opts=parts.child(),
    )
    aws.cloudwatch.EventTarget(
        f"{parts.job}-alarms-target",
        rule=names.rule_name,
        target_id="alarms",
        arn=names.machine_arn,
        role_arn=names.role_arn("events"),
        input_transformer=aws.cloudwatch.EventTargetInputTransformerArgs(
            input_paths={"job": "$.detail.TrainingJobName", "status": "$.detail.TrainingJobStatus"},
            # The same for each delivery of one change, of which there may be several.
            input_template='{"job": <job>, "status": <status>}',
        ),
        opts=parts.child(rule, machine, *role),
    )


def _declare_watches(parts: AlarmParts, machine: pulumi.Resource, *needed: pulumi.Resource) -> None:
    names, prepared = parts.names, parts.prepared
    role = parts.role(
        "watch",
        "EventBridge Scheduler starts the state machine with this role, to look for missed runs",
        watch_trust(names),
        starting_permissions(names),
    )
    watches = {"": watch_of(names, parts.alarms, prepared.training_job, prepared.schedule)}
    watches |= {
        name: watch_of(names, parts.alarms, each.training_job, each.schedule, further=name)
        for name, each in prepared.further_schedules.items()
    }
    for further, watch in watches.items():
        logical_name = f"{parts.job}-alarms-watch" + (f".{further}" if further else "")
        _declare_watch(parts, logical_name, watch, machine, *needed, *role)


def _declare_watch(parts: AlarmParts, logical_name: str, watch: Watch, *needed: pulumi.Resource) -> None:
    """A schedule with the times of the watched one: the clock, its changes and its end are the same for both."""
    spec = watch.schedule.as_sent(parts.prepared.now)
    aws.scheduler.Schedule(
        logical_name,
        name=watch.name,
        group_name=parts.names.job.schedule_group_name,
        description="Looks for a run that completed; starts no training job",
        state=spec.state,
        schedule_expression=spec.expression,
        schedule_expression_timezone=spec.time_zone,
        start_date=in_utc(spec.start_date),
        end_date=in_utc(spec.end_date),
        action_after_completion=spec.action_after_completion,
        flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
        target=aws.scheduler.ScheduleTargetArgs(
            arn=parts.names.machine_arn,
            role_arn=parts.names.role_arn("watch"),
            input=watch.target_input,
            retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                maximum_retry_attempts=RETRIES, maximum_event_age_in_seconds=EVENT_AGE_IN_SECONDS
            ),
        ),
        opts=parts.child(*needed),
    )
