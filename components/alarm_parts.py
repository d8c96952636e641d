"""What the resources of a job's alarms have in common: the job, its settings, names, tags and parent."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .alarm_names import AlarmNames
from .alarm_spec import Alarms
from .job_role import JobRole
from .prepared_job import PreparedJob
from .statement_union import Statement


@dataclass(frozen=True)
class AlarmParts:
    """The alarms of the job `job`, whose component is the parent of all that is declared."""

    job: str
    prepared: PreparedJob
    alarms: Alarms
    parent: pulumi.Resource

    @property
    def names(self) -> AlarmNames:
        return AlarmNames(self.prepared.names)

    @property
    def topic_arn(self) -> str:
        """Of the topic that all messages go to."""
        return self.alarms.topic_arn or self.names.topic_arn

    @property
    def tags(self) -> dict[str, str]:
        return dict(self.prepared.tags)

    @property
    def permissions_boundary(self) -> str | None:
        """Of each role that is made, the job's and those of its alarms."""
        return self.prepared.training_job.permissions_boundary_arn

    @property
    def stack(self) -> str:
        """For the commands in the messages."""
        return self.prepared.tags.get("stack", pulumi.get_stack())

    def role(
        self, kind: str, description: str, trust: Sequence[Statement], permissions: Sequence[Statement]
    ) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """Declare a role of the alarms: the machine's (kind `""`), or of what starts it."""
        logical = f"alarms-{kind}" if kind else "alarms"
        name, boundary = self.names.role_name(kind), self.permissions_boundary
        role = JobRole(logical, name, description, trust, logical, permissions, boundary)
        return role.declare(self.job, self.tags, self.parent)

    def child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self.parent, depends_on=list(depends_on) or None)
