"""`training-jobs doctor` on a stack that is deployed onto the embedded AWS: what is well, and what is taken away."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rich.console import Console

from operations.doctor.asking.machines import ask_network
from operations.doctor.diagnosis import findings, unseen
from operations.doctor.examining import examine
from operations.doctor.facts import Facts, Network
from operations.doctor.printing import print_findings, show
from rehearsal.aws_clients import AwsClients
from tests.operations.deployed_stack import STACK, DeployedStack

pytestmark = pytest.mark.slow
BUCKET, KEY = "ml-platform-staging-ml-bucket", "datasets/training/breast_cancer.csv"
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}


def looked_at(deployed: DeployedStack) -> Facts:
    return examine(deployed.project, STACK, deployed.place, lambda *_: None)


def checks(facts: Facts) -> set[str]:
    """Names of what was found, but for what the jobs of other tests came to."""
    return {each.check for each in findings(facts)} - {"run-failed", "run-stopped-at-limit", "dead-letters"}


@contextmanager
def object_with(s3: Any, key: str, content: bytes | None) -> Iterator[None]:  # noqa: ANN401 - an untyped client
    """Another content of an object, or none, for as long as the block takes."""
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=key).get("Contents", [])
    before = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() if listed else None
    _put(s3, key, content)
    try:
        yield
    finally:
        _put(s3, key, before)


def _put(s3: Any, key: str, content: bytes | None) -> None:  # noqa: ANN401 - as above
    if content is None:
        s3.delete_object(Bucket=BUCKET, Key=key)
    else:
        s3.put_object(Bucket=BUCKET, Key=key, Body=content)


def test_a_healthy_stack_has_nothing_that_blocks_and_says_what_a_rehearsal_cannot_show(
    deployed: DeployedStack, capsys: pytest.CaptureFixture[str]
) -> None:
    code = print_findings(deployed.project, STACK, deployed.place, outputs=None, job=None, as_json=True)
    told = json.loads(capsys.readouterr().out)

    assert (code, told["version"], told["stack"], told["blocked"]) == (0, 1, STACK, False)
    assert told["jobs"] == ["breast-cancer"]
    assert [each for each in told["findings"] if each["blocks"]] == []
    assert [(each["what"], each["reason"]) for each in told["not_looked_at"]] == [
        ("quotas: ml.m5.large for training job usage", "a rehearsal has none")
    ]


def test_what_is_taken_away_is_told_and_nothing_else(deployed: DeployedStack) -> None:
    clients, job = deployed.clients, deployed.job
    iam, role = clients.iam, job.execution_role_arn.rpartition("/")[2]
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    before = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(NOTHING))
    try:
        with object_with(clients.s3, KEY, None):
            facts = looked_at(deployed)
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(before))

    assert checks(facts) == {"data-missing", "role-permissions"}
    permissions = next(each for each in findings(facts) if each.check == "role-permissions")
    assert permissions.subject == f"role {role}"
    assert "s3:ListBucket" in permissions.what


def test_data_that_the_training_code_cannot_read_is_told_in_its_words(deployed: DeployedStack) -> None:
    with object_with(deployed.clients.s3, f"{KEY}.more.csv", b"radius,diagnosis\n1.5,M\n"):
        facts = looked_at(deployed)

    assert checks(facts) == {"data-unreadable"}
    (told,) = (each for each in findings(facts) if each.check == "data-unreadable")
    assert told.subject == "channel training"
    assert "breast_cancer.csv.more.csv" in told.what


def test_people_read_marks_cures_and_a_sum(deployed: DeployedStack) -> None:
    name = deployed.job.schedule_name
    told = deployed.clients.scheduler.get_schedule(GroupName=name, Name=name)
    change: Any = {member: told[member] for member in ("ScheduleExpression", "Target", "FlexibleTimeWindow")}
    deployed.clients.scheduler.update_schedule(GroupName=name, Name=name, State="ENABLED", **change)
    try:
        with object_with(deployed.clients.s3, KEY, b""):
            facts = looked_at(deployed)
    finally:
        deployed.clients.scheduler.update_schedule(GroupName=name, Name=name, State="DISABLED", **change)
    printed = io.StringIO()
    found = [each for each in findings(facts) if each.check in {"data-empty", "schedule-enabled"}]
    show(facts, found, unseen(facts), Console(file=printed, width=200))
    text = printed.getvalue()

    assert [each.check for each in found] == ["data-empty", "schedule-enabled"]
    assert "✗ data-empty  channel training: s3://ml-platform-staging-ml-bucket/datasets/training/ has 1 objects" in text
    assert "! schedule-enabled  " in text
    assert "  cure  upload the data, or correct the channel's s3_path" in text
    assert text.splitlines()[-1].startswith("stack staging, 1 job: 1 block, 1 advise, 1 could not be looked at")


def test_a_network_is_read_from_its_route_tables_endpoints_groups_and_dhcp_options(deployed: DeployedStack) -> None:
    clients: AwsClients = deployed.clients
    ec2 = clients.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    closed, open_ = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{each}.0/24")["Subnet"]["SubnetId"] for each in (1, 2)
    )
    group = ec2.create_security_group(GroupName="jobs", Description="jobs", VpcId=vpc)["GroupId"]
    options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["corp.internal"]}])
    ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptions"]["DhcpOptionsId"], VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=open_)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=open_, AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway", RouteTableIds=[table]
    )
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.logs", VpcEndpointType="Interface")

    network = ask_network(ec2, [closed, open_], [group])
    missing = ask_network(ec2, [closed, "subnet-00000000"], [group])

    assert (network.vpcs, network.domain_name, network.lets_https_out) == ((vpc,), "corp.internal", True)
    assert network.subnets[open_].has_way_out
    assert not network.subnets[closed].has_way_out
    assert network.subnets[closed].endpoints == {"com.amazonaws.us-east-1.logs"}
    assert network.subnets[open_].endpoints == {"com.amazonaws.us-east-1.logs", "com.amazonaws.us-east-1.s3"}
    assert missing == Network(("subnet-00000000",), (vpc,))
