"""A schedule as it is deployed, read from EventBridge Scheduler's GetSchedule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from components.aws_names import AwsScope
from components.schedule_spec import ScheduleSpec

DEFAULT_MAXIMUM_RETRY_ATTEMPTS: Final = 185
"""What EventBridge Scheduler takes where the retry policy says nothing."""


@dataclass(frozen=True)
class DeployedSchedule:
    """What a firing of the schedule needs to know of it."""

    name: str
    group_name: str
    arn: str
    state: str
    target_arn: str
    target_input: str
    role_arn: str
    maximum_retry_attempts: int = DEFAULT_MAXIMUM_RETRY_ATTEMPTS
    dead_letter_queue_arn: str | None = None
    expression: str = ""
    time_zone: str = "UTC"
    start_date: datetime | str | None = None
    """As the API or the program gives it: a time with its zone, or its ISO 8601 text."""
    end_date: datetime | str | None = None
    flexible_time_window_in_minutes: int | None = None
    """How much later an invocation may come; None: at the exact time."""

    @classmethod
    def from_response(cls, response: Mapping[str, Any]) -> "DeployedSchedule":
        """Take what is needed from a GetSchedule response."""
        target = response["Target"]
        return cls(
            name=response["Name"],
            group_name=response["GroupName"],
            arn=response["Arn"],
            state=response["State"],
            target_arn=target["Arn"],
            target_input=target.get("Input", ""),
            role_arn=target["RoleArn"],
            maximum_retry_attempts=target.get("RetryPolicy", {}).get(
                "MaximumRetryAttempts", DEFAULT_MAXIMUM_RETRY_ATTEMPTS
            ),
            dead_letter_queue_arn=target.get("DeadLetterConfig", {}).get("Arn"),
            expression=response["ScheduleExpression"],
            time_zone=response.get("ScheduleExpressionTimezone", "UTC"),
            start_date=response.get("StartDate"),
            end_date=response.get("EndDate"),
            flexible_time_window_in_minutes=response.get("FlexibleTimeWindow", {}).get("MaximumWindowInMinutes"),
        )

    @property
    def spec(self) -> ScheduleSpec:
        """When it fires, as its own zone and dates say.

        Raises:
            ValueError: the expression, the time zone, a date or the window is none that EventBridge Scheduler takes.
        """
        return ScheduleSpec.model_validate(
            {
                "expression": self.expression,
                "time_zone": self.time_zone,
                "enabled": self.state == "ENABLED",
                "start_date": self.start_date,
                "end_date": self.end_date,
                "flexible_time_window_in_minutes": self.flexible_time_window_in_minutes,
            }
        )

    def next_fire_time(self, after: datetime) -> datetime | None:
        """When the schedule fires next, later than `after` (aware), its start and end dates heeded; None: never again.

        Raises:
            ValueError: as `spec`.
        """
        return next(iter(self.spec.next_fire_times(after)), None)

    def never_due(self, after: datetime) -> str:
        """That the schedule does not fire again later than `after`, and what to do about it."""
        end = f" and the end date {self.end_date}" if self.end_date else ""
        return (
            f"never due again: after {after:%Y-%m-%d %H:%M %Z}, {self.expression} in {self.time_zone}{end} "
            "name no time. Cure: correct schedule.expression or schedule.end_date"
        )

    @property
    def scope(self) -> AwsScope:
        """Partition, region and account id, from the schedule's ARN."""
        _, partition, _, region, account_id, _ = self.arn.split(":", 5)
        return AwsScope(partition, region, account_id)

    @property
    def group_arn(self) -> str:
        """The ARN that EventBridge Scheduler names as its source when it assumes the role."""
        return self.scope.arn("scheduler", f"schedule-group/{self.group_name}")
