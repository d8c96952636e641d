"""Faults of the network that a job joins, each as somebody makes it, or AWS tells it, for as long as a block takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.operations.doctor.seeds import How, Seed, answered
from tests.operations.doctor.whole_stack import WholeStack, with_options

EVERYWHERE = "0.0.0.0/0"


@contextmanager
def no_route(whole: WholeStack) -> Iterator[How]:
    """Somebody has deleted the route to the NAT gateway."""
    ec2, around = whole.clients.client("ec2"), whole.around
    ec2.delete_route(RouteTableId=around.table, DestinationCidrBlock=EVERYWHERE)
    try:
        yield {}
    finally:
        ec2.create_route(RouteTableId=around.table, DestinationCidrBlock=EVERYWHERE, NatGatewayId=around.nat)


@contextmanager
def no_endpoint(whole: WholeStack) -> Iterator[How]:
    """Somebody has deleted the endpoint to S3."""
    ec2, around = whole.clients.client("ec2"), whole.around
    ec2.delete_vpc_endpoints(VpcEndpointIds=[around.s3_endpoint])
    try:
        yield {}
    finally:
        around.s3_endpoint = around.with_s3(ec2)


def routes(change: Callable[[dict[str, Any]], None]) -> Seed:
    """What AWS itself makes of the route to the NAT gateway, or somebody who leads it elsewhere."""

    def tables(whole: WholeStack) -> dict[str, Any]:
        ec2: Any = whole.clients.client("ec2")
        found = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [whole.around.vpc]}])["RouteTables"]
        for route in (each for table in found for each in table["Routes"] if "NatGatewayId" in each):
            change(route)
        return {"RouteTables": found}

    return answered("DescribeRouteTables", tables)


def endpoints(state: str) -> Seed:
    """Endpoints in another state than `available`."""

    def described(whole: WholeStack) -> dict[str, Any]:
        ec2: Any = whole.clients.client("ec2")
        found = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [whole.around.vpc]}])["VpcEndpoints"]
        return {"VpcEndpoints": [each | {"State": state} if ".s3" in each["ServiceName"] else each for each in found]}

    return answered("DescribeVpcEndpoints", described)


def dhcp(*configurations: dict[str, Any]) -> Seed:
    """Other DHCP options; none at all are AWS's `default`."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        ec2, vpc = whole.clients.client("ec2"), whole.around.vpc
        options = with_options(ec2, list(configurations)) if configurations else "default"
        ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
        try:
            yield {}
        finally:
            ec2.associate_dhcp_options(DhcpOptionsId=whole.around.options, VpcId=vpc)

    return seed
