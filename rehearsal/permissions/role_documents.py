"""The roles of a stack with their policy documents, as declared or as deployed: what permissions are judged by."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.permissions.policy_documents import PolicyDocument

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

    from rehearsal.declaring.program import RegisteredResource

_ROLE = "aws:iam/role:Role"
_ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"


@dataclass(frozen=True)
class RoleDocuments:
    """A role's trust document and its permission documents."""

    trust: PolicyDocument
    permissions: tuple[PolicyDocument, ...]


def declared_roles(resources: Iterable[RegisteredResource]) -> dict[str, RoleDocuments]:
    """Role name -> documents, from what a program declares.

    A role with a document that is not known at a preview is left out.

    Raises:
        PolicyError: a document cannot be read.
    """
    resources = list(resources)
    documents: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for policy in resources:
        if policy.type == _ROLE_POLICY:
            role = str(policy.inputs["role"])
            documents[role].append((f"{role}/{policy.name}", str(policy.inputs["policy"])))
    trusts = {
        str(resource.inputs["name"]): str(resource.inputs["assumeRolePolicy"])
        for resource in resources
        if resource.type == _ROLE
    }
    return {
        role: RoleDocuments(
            PolicyDocument.parse(f"{role} (trust)", trust),
            tuple(PolicyDocument.parse(name, text) for name, text in documents[role]),
        )
        for role, trust in trusts.items()
        if not any(UNKNOWN in text for text in (trust, *(text for _, text in documents[role])))
    }


def deployed_roles(iam: IAMClient) -> dict[str, RoleDocuments]:
    """Role name -> documents, read back from IAM.

    Raises:
        PolicyError: a document cannot be read.
    """
    found = {}
    # IAM lists a hundred at a time.
    for role in (role for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]):
        name = role["RoleName"]
        documents = [
            PolicyDocument.parse(f"{name}/{policy}", _mapping(iam.get_role_policy(RoleName=name, PolicyName=policy)))
            for page in iam.get_paginator("list_role_policies").paginate(RoleName=name)
            for policy in page["PolicyNames"]
        ]
        trust = role["AssumeRolePolicyDocument"]
        found[name] = RoleDocuments(PolicyDocument.parse(f"{name} (trust)", _decoded(trust)), tuple(documents))
    return found


def _mapping(response: Mapping[str, object]) -> Mapping[str, object]:
    return _decoded(response["PolicyDocument"])


def _decoded(document: object) -> Mapping[str, object]:
    """boto3 decodes documents where the service encodes them as AWS does; take text as well."""
    decoded = json.loads(document) if isinstance(document, str) else document
    assert isinstance(decoded, Mapping)  # noqa: S101 - both forms of a policy document are objects
    return decoded
