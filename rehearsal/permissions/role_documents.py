"""The roles of a stack with their policy documents, as declared or as deployed: what permissions are judged by."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

    Raises:
        PolicyError: a document cannot be read.
    """
    resources = list(resources)
    permissions: defaultdict[str, list[PolicyDocument]] = defaultdict(list)
    for policy in resources:
        if policy.type == _ROLE_POLICY:
            role = str(policy.inputs["role"])
            permissions[role].append(PolicyDocument.parse(f"{role}/{policy.name}", policy.inputs["policy"]))
    return {
        (role := str(resource.inputs["name"])): RoleDocuments(
            PolicyDocument.parse(f"{role} (trust)", resource.inputs["assumeRolePolicy"]), tuple(permissions[role])
        )
        for resource in resources
        if resource.type == _ROLE
    }


def deployed_roles(iam: IAMClient) -> dict[str, RoleDocuments]:
    """Role name -> documents, read back from IAM.

    Raises:
        PolicyError: a document cannot be read.
    """
    found = {}
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        documents = [
            PolicyDocument.parse(f"{name}/{policy}", _mapping(iam.get_role_policy(RoleName=name, PolicyName=policy)))
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
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
