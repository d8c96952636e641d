"""Physical names and ARNs of what watches a job; all derive from its own, so that a first preview knows them."""

import hashlib
from dataclasses import dataclass
from typing import Final

from .aws_names import SCHEDULE_NAME_MAX_LENGTH, JobNames

ALARM_OUTPUTS: Final = {
    "alarm_topic_arn": "ARN of the SNS topic that tells of failures and missed runs, where alarms are on.",
    "alarm_machine_arn": "ARN of the state machine that records how jobs ended, where alarms are on.",
    "dashboard_name": "Name of the CloudWatch dashboard, where there is one.",
}
"""Outputs that only a job with alarms has: what each is."""


@dataclass(frozen=True)
class AlarmNames:
    """Of the alarms of the job with these names."""

    job: JobNames

    @property
    def name(self) -> str:
        """What topic, state machine, dashboard and the machine's role are called."""
        return f"{self.job.prefix}-alarms"

    @property
    def topic_arn(self) -> str:
        """Of the job's own topic."""
        return self.job.scope.arn("sns", self.name)

    @property
    def key_alias(self) -> str:
        """The topic names its key so: a key's own id is not known beforehand."""
        return f"alias/{self.name}"

    @property
    def machine_arn(self) -> str:
        return self.job.scope.arn("states", f"stateMachine:{self.name}")

    @property
    def rule_name(self) -> str:
        return f"{self.job.prefix}-ended"

    @property
    def rule_arn(self) -> str:
        return self.job.scope.arn("events", f"rule/{self.rule_name}")

    @property
    def alarm_arn_pattern(self) -> str:
        """Every CloudWatch alarm of the job."""
        return self.job.scope.arn("cloudwatch", f"alarm:{self.job.prefix}-*")

    def role_name(self, kind: str = "") -> str:
        """Of the machine's role, or of the role of what starts the machine (`events`, `watch`) or tells a `chat`."""
        return f"{self.name}-{kind}" if kind else self.name

    def role_arn(self, kind: str = "") -> str:
        return self.job.scope.arn("iam", f"role/{self.role_name(kind)}", regional=False)

    def watch_name(self, further: str = "") -> str:
        """Of the schedule that watches the job's schedule, or a further one.

        No job and no schedule has an underscore in its name. What would be too long is told apart by a digest.
        """
        name = f"{self.job.prefix}_watch" + (f".{further}" if further else "")
        if len(name) <= SCHEDULE_NAME_MAX_LENGTH:
            return name
        return f"{self.job.prefix}_watch.{hashlib.sha256(further.encode()).hexdigest()[:16]}"
