"""A schedule as it is deployed, read from EventBridge Scheduler's GetSchedule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.aws_names import AwsScope

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
