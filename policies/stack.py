"""How the resources of a stack belong together: which roles a scheduled job uses and what these roles may do.

References between resources are text (a name or an ARN), or, when a provider makes the name up, unknown at preview:
then the engine's list of what a property was made from tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from documents import (
    MANAGED_POLICY,
    ROLE,
    ROLE_POLICY,
    Document,
    permission_documents,
    statements_trusting,
    trust_documents,
)
from findings import UNKNOWN, property_path
from resources import NotApplicable, Resource
from target_input import SCHEDULE, TrainingJob, training_job

_EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
ATTACHMENTS: Mapping[str, tuple[str, str]] = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role", "policyArn"),
    "aws:iam/policyAttachment:PolicyAttachment": ("roles", "policyArn"),
    # It attaches what it lists, and takes off the rest.
    _EXCLUSIVE: ("roleName", "policyArns"),
}
"""Resources that give managed policies to roles: where they name the roles, and where the policies."""


@dataclass(frozen=True)
class Attachment:
    """A managed policy given to a role.

    ``arn`` is None while unknown; ``policies`` are those of this stack that it can mean, none for somebody else's.
    """

    resource: Resource
    path: str
    arn: str | None
    policies: tuple[Resource, ...]


@dataclass(frozen=True)
class Grants:
    """Everything that gives permissions to one role of the stack."""

    role: Resource
    documents: tuple[Document, ...]
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True)
class ScheduledJob:
    """A training job with its two roles; a role is None when it is not part of this stack."""

    job: TrainingJob
    scheduler_role: Grants | None
    execution_role: Grants | None


@dataclass(frozen=True)
class Stack:
    """All resources of a stack."""

    resources: Sequence[Resource]

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types, one type after the other."""
        return (resource for token in types for resource in self._by_type.get(token, ()))

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return found

    @cached_property
    def jobs(self) -> tuple[ScheduledJob, ...]:
        """The scheduled training jobs that can be read."""
        found = ((schedule, training_job(schedule)) for schedule in self.of_type(SCHEDULE))
        return tuple(
            ScheduledJob(
                job,
                self._grants(schedule, _target_role(job), "scheduler.amazonaws.com"),
                self._grants(schedule, job.member("RoleArn"), "sagemaker.amazonaws.com"),
            )
            for schedule, job in found
            if not isinstance(job, NotApplicable)
        )

    def _grants(self, schedule: Resource, arn: object, service: str) -> Grants | None:
        candidates = self._roles.find(schedule, "target", arn)
        # Of several roles that an unknown may stand for, it is the one that the service can assume.
        role = next((role for role in candidates if len(candidates) == 1 or _trusts(role, service)), None)
        if role is None:
            return None
        documents = (*_documents(role), *self._documents_of_role.get(role.urn, ()))
        return Grants(role, documents, tuple(self._attachments_of_role.get(role.urn, ())))

    @cached_property
    def _roles(self) -> _Index:
        return _Index(self.of_type(ROLE))

    @cached_property
    def _documents_of_role(self) -> Mapping[str, list[Document]]:
        found: dict[str, list[Document]] = {}
        for policy in self.of_type(ROLE_POLICY):
            for role in self._roles.find(policy, "role", policy.properties.get("role")):
                found.setdefault(role.urn, []).extend(_documents(policy))
        for urn, attachments in self._attachments_of_role.items():
            for policy in (policy for attachment in attachments for policy in attachment.policies):
                found.setdefault(urn, []).extend(_documents(policy))
        return found

    @cached_property
    def _attachments_of_role(self) -> Mapping[str, list[Attachment]]:
        found: dict[str, list[Attachment]] = {}
        for role in self.of_type(ROLE):
            found.setdefault(role.urn, []).extend(self._attachments(role, "managedPolicyArns"))
        for resource in self.of_type(*ATTACHMENTS):
            roles, policies = ATTACHMENTS[resource.type]
            for value in _list(resource.properties.get(roles)):
                for given_to in self._roles.find(resource, roles, value):
                    found.setdefault(given_to.urn, []).extend(self._attachments(resource, policies))
        return found

    def _attachments(self, holder: Resource, name: str) -> Iterator[Attachment]:
        for path, arn in attached(holder, name):
            policies = self._managed_policies.find(holder, name, arn)
            yield Attachment(holder, path, arn if isinstance(arn, str) else None, tuple(policies))

    @cached_property
    def _managed_policies(self) -> _Index:
        return _Index(self.of_type(MANAGED_POLICY))


def attached(holder: Resource, name: str) -> list[tuple[str, object]]:
    """List the managed policies in a property, text or list: path and ARN of each."""
    value = holder.properties.get(name)
    if isinstance(value, list):
        return [(property_path(name, index), arn) for index, arn in enumerate(value)]
    return [] if value is None else [(name, value)]


class _Index:
    """Finds resources by what other resources call them; looking up takes no longer in a larger stack."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_urn: dict[str, Resource] = {}
        self._by_name: dict[str, Resource] = {}
        for resource in resources:
            self._by_urn[resource.urn] = resource
            for value in (resource.properties.get("name"), resource.properties.get("arn")):
                if isinstance(value, str):
                    self._by_name[value.lower()] = resource

    def find(self, holder: Resource, property_name: str, value: object) -> Sequence[Resource]:
        """Find the resources that ``value``, which stands in a property of ``holder``, can mean."""
        if isinstance(value, str):
            # An ARN that the program wrote itself ends with the name. IAM does not tell names apart by case.
            value = value.lower()
            named = self._by_name.get(value) or self._by_name.get(value.rpartition("/")[2])
            return [named] if named else []
        if value is not UNKNOWN:
            return []
        origins = (self._by_urn.get(urn) for urn in sorted(holder.depends_on.get(property_name, ())))
        return [origin for origin in origins if origin]


def _trusts(role: Resource, service: str) -> bool:
    documents = trust_documents(role)
    return not isinstance(documents, NotApplicable) and bool(statements_trusting(documents, service))


def _target_role(job: TrainingJob) -> object:
    target = job.schedule.properties.get("target")
    return target.get("roleArn") if isinstance(target, Mapping) else UNKNOWN


def _documents(resource: Resource) -> tuple[Document, ...]:
    documents = permission_documents(resource)
    return () if isinstance(documents, NotApplicable) else documents


def _list(value: object) -> Sequence[object]:
    if isinstance(value, list):
        return value
    return () if value is None else (value,)
