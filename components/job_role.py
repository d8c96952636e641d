"""A role as a resource, with its trust and its one policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .iam_policies import ROLE_POLICY_MAX_LENGTH, policy_document
from .statement_union import Statement


@dataclass(frozen=True)
class JobRole:
    """A role of a job: of which kind (`execution`, `scheduler`), and what AWS is told of it."""

    kind: str
    name: str
    description: str
    trust: Sequence[Statement]
    policy_name: str
    permissions: Sequence[Statement]
    permissions_boundary: str | None = None

    def declare(
        self, job: str, tags: Mapping[str, str], parent: pulumi.Resource
    ) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """Declare the role and its policy, by the logical names `<job>-<kind>-role` and `<job>-<kind>-policy`.

        Raises:
            pulumi.RunError: IAM would refuse the policy for its length.
        """
        role = aws.iam.Role(
            f"{job}-{self.kind}-role",
            name=self.name,
            description=self.description,
            assume_role_policy=policy_document(self.trust),
            permissions_boundary=self.permissions_boundary,
            tags=dict(tags),
            opts=pulumi.ResourceOptions(parent=parent),
        )
        document = policy_document(self.permissions)
        if len(document) > ROLE_POLICY_MAX_LENGTH:
            raise pulumi.RunError(
                f"training job {job}: the policy of its {self.kind} role has {len(document):,} characters; allowed: "
                f"{ROLE_POLICY_MAX_LENGTH:,}; name fewer or shorter channels, subnets or keys, or give it an "
                "execution_role_arn"
            )
        policy = aws.iam.RolePolicy(
            f"{job}-{self.kind}-policy",
            name=self.policy_name,
            role=self.name,
            policy=document,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[role]),
        )
        return role, policy
