"""IAM: roles and their inline policies."""

from __future__ import annotations

from typing import Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs, tag_list


def create_role(clients: AwsClients, inputs: Inputs) -> Created:
    """CreateRole, with the managed and inline policies that are given on the role itself."""
    name, tags = inputs.name(), inputs.take("tags")
    request = inputs.take_as(
        {
            "assumeRolePolicy": "AssumeRolePolicyDocument",
            "description": "Description",
            "maxSessionDuration": "MaxSessionDuration",
            "path": "Path",
            "permissionsBoundary": "PermissionsBoundary",
        }
    )
    managed, inline = inputs.take("managedPolicyArns") or [], inputs.take("inlinePolicies") or []
    inputs.ignore("forceDetachPolicies").require_all_taken()
    role = clients.iam.create_role(RoleName=name, Tags=tag_list(tags), **request)["Role"]
    for arn in managed:
        clients.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    for policy in inline:
        clients.iam.put_role_policy(RoleName=name, PolicyName=policy["name"], PolicyDocument=policy["policy"])
    created = role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ")
    outputs = {"arn": role["Arn"], "name": name, "uniqueId": role["RoleId"], "createDate": created}
    return Created(name, outputs | {"tagsAll": tags or {}})


def create_role_policy(clients: AwsClients, inputs: Inputs) -> Created:
    """PutRolePolicy; the id is `ROLE:POLICY`."""
    name, role, policy = inputs.name(), inputs.take("role"), inputs.take("policy")
    inputs.require_all_taken()
    clients.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy)
    return Created(f"{role}:{name}", {"name": name})


ADAPTERS: Final = {
    "aws:iam/role:Role": create_role,
    "aws:iam/rolePolicy:RolePolicy": create_role_policy,
}
