"""The schedule as a resource: what EventBridge Scheduler is told of one ScheduleSpec and its target input."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pulumi
import pulumi_aws as aws

from .aws_names import JobNames
from .schedule_spec import ScheduleSpec


@dataclass(frozen=True)
class JobSchedule:
    """A schedule in a job's group, by its name there; it uses the job's scheduler role and dead-letter queue."""

    name: str
    spec: ScheduleSpec
    target_input: str

    def declare(self, logical_name: str, names: JobNames, opts: pulumi.ResourceOptions) -> aws.scheduler.Schedule:
        """Declare it; `names` are those of the job."""
        spec, window = self.spec, self.spec.flexible_time_window_in_minutes
        return aws.scheduler.Schedule(
            logical_name,
            name=self.name,
            group_name=names.schedule_group_name,
            description=spec.description,
            state=spec.state,
            schedule_expression=spec.expression,
            schedule_expression_timezone=spec.time_zone,
            start_date=in_utc(spec.start_date),
            end_date=in_utc(spec.end_date),
            action_after_completion=spec.action_after_completion,
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(
                mode="FLEXIBLE" if window else "OFF", maximum_window_in_minutes=window
            ),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=names.target_arn,
                role_arn=names.scheduler_role_arn,
                input=self.target_input,
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_retry_attempts=spec.maximum_retry_attempts,
                    maximum_event_age_in_seconds=spec.maximum_event_age_in_seconds,
                ),
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(arn=names.dead_letter_queue_arn),
            ),
            opts=opts,
        )


def in_utc(moment: datetime | None) -> str | None:
    """A date as the provider reads it back from AWS: written in another way, it would differ at each refresh."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
