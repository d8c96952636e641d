"""IAM policy documents: where the resources of a stack have them, read into statements. Nothing here judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from findings import MISSING, UNKNOWN, property_path
from resources import NotApplicable, Resource
from statements import Json, Statement, matches, read_statements
from target_input import UnreadableError

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
MANAGED_POLICY = "aws:iam/policy:Policy"
TRAINING_SERVICES = ("scheduler.amazonaws.com", "sagemaker.amazonaws.com")
DOCUMENT_TYPES = frozenset({ROLE, ROLE_POLICY, MANAGED_POLICY})


@dataclass(frozen=True)
class Document:
    """A readable document of a resource and where it stands."""

    resource: Resource
    path: str
    statements: tuple[Statement, ...]


Source = tuple[str, Json]


def permission_sources(resource: Resource) -> tuple[Source, ...] | NotApplicable:
    """List paths and raw values of the permission documents that a role gets from this resource."""
    properties = resource.properties
    if resource.type in (ROLE_POLICY, MANAGED_POLICY):
        return (("policy", properties.get("policy", MISSING)),)
    if resource.type != ROLE:
        return NotApplicable(f"{resource.type} gives no permissions to a role")
    if not serves_training(resource):
        return NotApplicable("the role trusts neither EventBridge Scheduler nor SageMaker")
    inline = properties.get("inlinePolicies")
    if inline is UNKNOWN:
        return (("inlinePolicies", UNKNOWN),)
    sources = []
    for index, item in enumerate(inline if isinstance(inline, list) else [inline] if inline else []):
        text = item.get("policy") if isinstance(item, Mapping) else item
        # An item without a policy is how a program says that there are no inline policies.
        if text:
            sources.append((property_path("inlinePolicies", index, "policy"), text))
    return tuple(sources) or NotApplicable("the role has no inline policies")


def trust_sources(resource: Resource) -> tuple[Source, ...] | NotApplicable:
    """List path and raw value of a role's trust document."""
    if resource.type != ROLE:
        return NotApplicable(f"{resource.type} is not a role")
    return (("assumeRolePolicy", resource.properties.get("assumeRolePolicy", MISSING)),)


def permission_documents(resource: Resource) -> tuple[Document, ...] | NotApplicable:
    """Read the permission documents (SG01 reports unreadable ones)."""
    return _readable(resource, permission_sources)


def trust_documents(resource: Resource) -> tuple[Document, ...] | NotApplicable:
    """Read the trust document (SG01 reports an unreadable one)."""
    return _readable(resource, trust_sources)


def statements_trusting(documents: Iterable[Document], service: str) -> list[Statement]:
    """List the statements that let ``service`` assume the role."""
    statements = [statement for document in documents for statement in document.statements if statement.allows]
    return [s for s in statements if any(matches(principal.value, service) for principal in s.principals)]


def serves_training(role: Resource) -> bool:
    """Tell whether a role can start or run training jobs; one whose trust cannot be read counts as if it could."""
    documents = trust_documents(role)
    return isinstance(documents, NotApplicable) or any(
        statements_trusting(documents, service) for service in TRAINING_SERVICES
    )


def _readable(
    resource: Resource, sources_of: Callable[[Resource], tuple[Source, ...] | NotApplicable]
) -> tuple[Document, ...] | NotApplicable:
    sources = sources_of(resource)
    if isinstance(sources, NotApplicable):
        return sources
    documents = []
    for path, value in sources:
        try:
            documents.append(Document(resource, path, read_statements(value, path)))
        except UnreadableError:
            continue
    return tuple(documents) or NotApplicable("the policy document is missing, unknown or unreadable: SG01 reports it")
