"""The prod stack on an embedded AWS that has all that it needs: network, secret, data, quotas, MLflow, alarms' hearers.

It has a weekly and a monthly schedule beside its own, which are off. Faults are made in `seeds`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from operations.doctor.asking.training_code import ask_fault
from operations.doctor.diagnosis import findings, unseen
from operations.doctor.examining import examine
from operations.doctor.facts import Facts
from operations.doctor.finding import Finding
from operations.places import Place
from rehearsal.aws_clients import AwsClients
from rehearsal.sealed_environment import sealed_environment
from tests.operations.deployed_stack import DeployedStack, deployed_stack
from tests.operations.doctor.asked_aws import AskedAws
from tests.operations.projects import change

STACK: Final = "prod"
JOB: Final = "breast-cancer"
BUCKET: Final = "ml-platform-prod-ml-bucket"
TRAINING: Final = "datasets/training/breast_cancer.csv"
ENDPOINTS: Final = ("secretsmanager", "sts", "logs")
_NO_VPC_YET: Final = ("subnets: [subnet-0a1b2c3d4e5f60718, subnet-0f1e2d3c4b5a69780]", "[sg-0123456789abcdef0]")
_FURTHER: Final = """
      further_schedules:
        weekly:
          schedule: {expression: "cron(0 4 ? * SUN *)", enabled: false}
        monthly:
          schedule: {expression: "cron(0 5 1 * ? *)", enabled: false}
"""


@dataclass
class Around:
    """What the account has beside the stack, by the ids that AWS gave."""

    vpc: str = ""
    open_subnet: str = ""
    """With a route to a NAT gateway."""
    closed_subnet: str = ""
    """With endpoints only."""
    group: str = ""
    options: str = ""
    table: str = ""
    """Of the open subnet."""
    nat: str = ""
    s3_endpoint: str = ""
    closed_table: str = ""
    secret: str = ""

    def make(self, project: Path, clients: AwsClients) -> None:
        """Make it, and name it in the stack's file."""
        self._make_network(clients.client("ec2"))
        secrets = clients.client("secretsmanager")
        self.secret = secrets.create_secret(Name="mlflow", SecretString='{"token": "t"}')["ARN"]
        change(project, STACK, _NO_VPC_YET[0], f"subnets: [{self.open_subnet}, {self.closed_subnet}]")
        change(project, STACK, _NO_VPC_YET[1], f"[{self.group}]")
        server = "tracking_server: ml-platform-prod"
        change(project, STACK, server, f"{server}\n        secret_arn: {self.secret}")
        settings = project / f"Pulumi.{STACK}.yaml"
        settings.write_text(settings.read_text().rstrip() + _FURTHER)

    def _make_network(self, ec2: Any) -> None:  # noqa: ANN401 - a client whose types are not installed
        self.vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        self.open_subnet, self.closed_subnet = (
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.9.{each}.0/24")["Subnet"]["SubnetId"] for each in (1, 2)
        )
        self.group = ec2.create_security_group(GroupName="jobs", Description="jobs", VpcId=self.vpc)["GroupId"]
        self.options = with_options(ec2, [{"Key": "domain-name", "Values": ["ec2.internal"]}])
        ec2.associate_dhcp_options(DhcpOptionsId=self.options, VpcId=self.vpc)
        self.table, self.closed_table = (
            ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"] for _ in range(2)
        )
        ec2.associate_route_table(RouteTableId=self.table, SubnetId=self.open_subnet)
        ec2.associate_route_table(RouteTableId=self.closed_table, SubnetId=self.closed_subnet)
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        self.nat = ec2.create_nat_gateway(SubnetId=self.open_subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
        ec2.create_route(RouteTableId=self.table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=self.nat)
        for service in (
            *(f"com.amazonaws.us-east-1.{each}" for each in ENDPOINTS),
            "aws.sagemaker.us-east-1.experiments",
        ):
            ec2.create_vpc_endpoint(VpcId=self.vpc, ServiceName=service, VpcEndpointType="Interface")
        self.s3_endpoint = self.with_s3(ec2)

    def with_s3(self, ec2: Any) -> str:  # noqa: ANN401 - as above
        """A gateway endpoint of S3 in the closed subnet's table."""
        made = ec2.create_vpc_endpoint(
            VpcId=self.vpc,
            ServiceName="com.amazonaws.us-east-1.s3",
            VpcEndpointType="Gateway",
            RouteTableIds=[self.closed_table],
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])


def with_options(ec2: Any, configurations: list[dict[str, Any]]) -> str:  # noqa: ANN401 - as above
    """DHCP options of the account."""
    return str(ec2.create_dhcp_options(DhcpConfigurations=configurations)["DhcpOptions"]["DhcpOptionsId"])


@dataclass
class WholeStack:
    """The stack, the AWS that is asked, and what the account has around it."""

    deployed: DeployedStack
    around: Around
    aws: AskedAws
    place: Place
    read: dict[object, str] = field(default_factory=dict)
    """What the training code said of data that it has seen."""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was there. It is looked at as of that moment: no schedule becomes due, and missed, between two tests."""

    @property
    def outputs(self) -> Path:
        """The file of the stack's outputs."""
        return self.deployed.project / ".rehearsal" / STACK / "outputs.json"

    @property
    def clients(self) -> AwsClients:
        """Of what is there, past what is asked."""
        return self.deployed.clients

    def facts(self, *, now: datetime | None = None, outputs: Path | None = None) -> Facts:
        """What the doctor knows."""
        self.aws.documents.clear()
        return examine(
            self.deployed.project,
            STACK,
            self.place,
            lambda *_: None,
            outputs=outputs or self.outputs,
            now=now or self.began,
        )

    def found(self, **how: Any) -> list[Finding]:  # noqa: ANN401 - as `facts`
        """What it finds; all of it could be looked at."""
        facts = self.facts(**how)
        assert unseen(facts) == []
        return findings(facts)

    @contextmanager
    def redeclared(
        self, request: Callable[[dict[str, Any]], None] = lambda _: None, states: Mapping[str, str] | None = None
    ) -> Iterator[Path]:
        """The stack with another request, or other states of its schedules by name: on AWS, and in its outputs."""
        told, changed = json.loads(self.outputs.read_text()), self.outputs.with_name("changed.json")
        before = {}
        for name, each in {"": told[JOB], **told[JOB]["further_schedules"]}.items():
            sent = json.loads(each["target_input"])
            request(sent)
            each["target_input"] = json.dumps(sent)
            each["schedule_state"] = (states or {}).get(name, each["schedule_state"])
            before[each["schedule_name"]] = self.update(
                each["schedule_name"], State=each["schedule_state"], Target={"Input": each["target_input"]}
            )
        changed.write_text(json.dumps(told))
        try:
            yield changed
        finally:
            for name, was in before.items():
                self.update(name, **was)

    def update(self, name: str, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - of UpdateSchedule
        """Change a schedule by hand; gives what it was."""
        group, scheduler = self.deployed.job.group_name, self.clients.scheduler
        told: Any = scheduler.get_schedule(GroupName=group, Name=name)
        names = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State", "Target")
        was = {each: told[each] for each in names if each in told}
        target = was["Target"] | members.get("Target", {})
        scheduler.update_schedule(GroupName=group, Name=name, **{**was, **members, "Target": target})
        return was

    def remembered(self, project: Path, s3: Any, request: Any, channel: Any, around: Any) -> str:  # noqa: ANN401 - as ask_fault
        """The training code's answer: asked once for the same data, as each question is a process of its own."""
        prefix = channel["DataSource"]["S3DataSource"]["S3Uri"].partition(f"{BUCKET}/")[2]
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        key = (channel["ChannelName"], *((each["Key"], each["ETag"]) for each in listed))
        if key not in self.read:
            self.read[key] = ask_fault(project, s3, request, channel, around)
        return self.read[key]


@contextmanager
def whole_stack(directory: Path) -> Iterator[WholeStack]:
    """Deploy it; its servers end with the block."""
    around = Around()
    with deployed_stack(directory, STACK, surround=around.make) as deployed:
        aws = AskedAws(deployed.clients, f"s3://{BUCKET}/mlflow-artifacts")
        region, endpoint = deployed.clients.region, deployed.clients.endpoint_url
        place = Place(aws.client, region, sealed_environment({}, region=region, endpoint_url=endpoint))
        yield WholeStack(deployed, around, aws, place)
