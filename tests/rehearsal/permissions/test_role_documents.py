import json

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import resource_pb2

from rehearsal.aws_clients import AwsClients
from rehearsal.declaring.program import RegisteredResource
from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.permissions.policy_documents import PolicyError
from rehearsal.permissions.role_documents import declared_roles, deployed_roles

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"


def document(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


TRUST = document(Action="sts:AssumeRole", Principal={"Service": "scheduler.amazonaws.com"})


def allowing(action: str) -> str:
    return document(Action=action, Resource="arn:aws:sqs:us-east-1:123456789012:queue")


def resource(type_: str, name: str, /, **inputs: object) -> RegisteredResource:
    return RegisteredResource(
        urn=f"urn:pulumi:staging::project::{type_}::{name}",
        type=type_,
        name=name,
        custom=True,
        id="",
        inputs=inputs,
        outputs={},
        parent="",
        dependencies=(),
        property_dependencies={},
        request=resource_pb2.RegisterResourceRequest(),
        raw_inputs=struct_pb2.Struct(),
        raw_outputs=struct_pb2.Struct(),
    )


def good_resources() -> list[RegisteredResource]:
    return [
        resource("aws:sqs/queue:Queue", "queue", name="queue"),
        resource(ROLE_POLICY, "send", role="scheduler", policy=allowing("sqs:SendMessage")),
        resource(ROLE, "role", name="scheduler", assumeRolePolicy=TRUST),
        resource(ROLE_POLICY, "receive", role="scheduler", policy=allowing("sqs:ReceiveMessage")),
        resource(ROLE, "other", name="execution", assumeRolePolicy=TRUST),
    ]


@pytest.fixture
def clients(server: AwsClients) -> AwsClients:
    from tests.rehearsal.embedded_server import empty_embedded_aws

    empty_embedded_aws()
    return server


def test_declared_roles_have_their_trust_and_every_policy_whatever_the_order() -> None:
    roles = declared_roles(good_resources())

    assert sorted(roles) == ["execution", "scheduler"]
    assert [each.name for each in roles["scheduler"].permissions] == ["scheduler/send", "scheduler/receive"]
    assert roles["scheduler"].trust.name == "scheduler (trust)"
    assert roles["scheduler"].trust.statements[0].service_principals == ("scheduler.amazonaws.com",)
    assert roles["execution"].permissions == ()


def test_a_stack_without_roles_has_none() -> None:
    assert declared_roles(good_resources()[:2]) == {}


def test_a_document_that_is_no_json_is_named() -> None:
    broken = resource(ROLE_POLICY, "broken", role="scheduler", policy="{")
    with pytest.raises(PolicyError, match=r"^policy document scheduler/broken is not JSON: "):
        declared_roles([*good_resources(), broken])


@pytest.mark.parametrize(
    "unknown",
    [
        resource(ROLE_POLICY, "later", role="scheduler", policy=UNKNOWN),
        resource(ROLE_POLICY, "later", role="scheduler", policy=allowing("sqs:SendMessage").replace("queue", UNKNOWN)),
        resource(ROLE, "again", name="scheduler", assumeRolePolicy=UNKNOWN),
    ],
)
def test_a_role_is_left_out_as_long_as_one_of_its_documents_is_unknown(unknown: RegisteredResource) -> None:
    """It cannot be judged, which a policy of the pack reports; it is not a mistake in the document."""
    assert sorted(declared_roles([*good_resources(), unknown])) == ["execution"]


@pytest.mark.slow
def test_deployed_roles_are_those_that_were_declared(clients: AwsClients) -> None:
    for name in ("scheduler", "execution"):
        clients.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    clients.iam.put_role_policy(RoleName="scheduler", PolicyName="send", PolicyDocument=allowing("sqs:SendMessage"))
    clients.iam.put_role_policy(
        RoleName="scheduler", PolicyName="receive", PolicyDocument=allowing("sqs:ReceiveMessage")
    )

    deployed, declared = deployed_roles(clients.iam), declared_roles(good_resources())

    assert sorted(deployed) == sorted(declared)
    for name, role in declared.items():
        assert deployed[name].trust == role.trust
        assert sorted(deployed[name].permissions, key=str) == sorted(role.permissions, key=str)


@pytest.mark.slow
def test_every_role_of_a_large_stack_is_read_back(clients: AwsClients) -> None:
    names = [f"role-{number:03}" for number in range(120)]
    for name in names:
        clients.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)

    assert sorted(deployed_roles(clients.iam)) == names
