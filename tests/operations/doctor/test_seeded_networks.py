"""Each fault of a job's network alone, on a stack that has all that it needs: it is named, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.operations.doctor import network_seeds
from tests.operations.doctor.seeds import Seed
from tests.operations.doctor.whole_stack import WholeStack

pytestmark = pytest.mark.slow

FAULTS: list[tuple[str, Seed, str, str, str]] = [
    ("subnet without a route", network_seeds.no_route, "network-s3", "no way out", "a route to a NAT gateway"),
    (
        "DHCP without a domain",
        network_seeds.dhcp({"Key": "domain-name-servers", "Values": ["AmazonProvidedDNS"]}),
        "dhcp-domain",
        "no domain-name",
        "associate DHCP options",
    ),
    (
        "no DHCP options",
        network_seeds.dhcp(),
        "dhcp-domain",
        "its DHCP options have no domain-name",
        "associate DHCP options",
    ),
    (
        "subnet without endpoint to S3",
        network_seeds.no_endpoint,
        "network-s3",
        "no endpoint to S3",
        "gateway endpoint of S3",
    ),
    (
        "route to a NAT gateway that is gone",
        network_seeds.routes(lambda route: route.update(State="blackhole")),
        "network-s3",
        "no way out",
        "a route to a NAT gateway",
    ),
    (
        "route to the internet gateway, by which no job gets out",
        network_seeds.routes(lambda route: route.update(GatewayId=f"igw-{route.pop('NatGatewayId')[4:]}")),
        "network-s3",
        "no way out",
        "a route to a NAT gateway",
    ),
    (
        "endpoint that was rejected",
        network_seeds.endpoints("rejected"),
        "network-s3",
        "no endpoint to S3",
        "gateway endpoint",
    ),
]


@pytest.mark.parametrize(
    ("seed", "check", "said", "cure"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS]
)
def test_a_seeded_fault_is_named_with_its_cure_and_nothing_else_is(
    whole: WholeStack, seed: Seed, check: str, said: str, cure: str
) -> None:
    with seed(whole) as how:
        (found,) = whole.found(**how)

    assert found.check == check
    assert said in found.what
    assert cure in found.cure


def test_endpoints_are_taken_for_what_they_are_however_aws_writes_their_state(whole: WholeStack) -> None:
    with network_seeds.endpoints("Available")(whole):
        assert whole.found() == []


def test_every_fault_was_taken_back(whole: WholeStack) -> None:
    assert whole.found() == []


def test_a_default_route_to_a_cloud_wan_leads_out_as_one_to_a_transit_gateway_does(whole: WholeStack) -> None:
    wan = "arn:aws:networkmanager::123456789012:core-network/core-network-1"

    def lead(route: dict[str, Any]) -> None:
        del route["NatGatewayId"]
        route["CoreNetworkArn"] = wan

    with network_seeds.routes(lead)(whole) as how:
        assert whole.found(**how) == []
