"""Each fault alone: the VPC that a job joins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from operations.doctor.diagnosis import findings
from operations.doctor.facts import Network, Subnet
from tests.operations.doctor.healthy import ENDPOINTS, HEALTHY, REQUEST, VPC, only_finding, with_network, with_schedule


def without(*services: str) -> Callable[[Network], Network]:
    """The second subnet, which has no way out, without some endpoints."""
    left = frozenset(each for each in ENDPOINTS if each.rpartition(".")[2] not in services)
    return lambda network: replace(network, subnets={VPC[1]: Subnet(has_way_out=False, endpoints=left)})


@pytest.mark.parametrize(
    ("check", "change", "subject", "said"),
    [
        ("dhcp-domain", lambda it: replace(it, domain_name=None), "vpc-1", "its DHCP options have no domain-name"),
        ("network-missing", lambda it: replace(it, missing=("subnet-1",)), "subnet-1", "does not exist"),
        ("network-missing", lambda it: replace(it, vpcs=("vpc-1", "vpc-2")), "network", "several VPCs: vpc-1, vpc-2"),
        ("network-egress", lambda it: replace(it, lets_https_out=False), "network", "allows TCP 443 outwards"),
        ("network-s3", without("s3"), VPC[1], "no endpoint to S3"),
        ("network-secrets", without("secretsmanager"), VPC[1], "no endpoint to Secrets Manager"),
        ("network-mlflow", without("experiments"), VPC[1], "no endpoint to MLflow"),
        ("network-others", without("sts", "logs"), VPC[1], "no endpoint to STS and CloudWatch Logs"),
    ],
)
def test_a_fault_of_the_network_is_the_one_thing_that_is_found(
    check: str, change: Callable[[Network], Network], subject: str, said: str
) -> None:
    found = only_finding(with_network(change))

    assert (found.check, found.subject) == (check, subject)
    assert said in found.what


def test_a_subnet_with_a_way_out_needs_no_endpoint() -> None:
    assert findings(with_network(lambda it: replace(it, subnets={VPC[0]: Subnet(has_way_out=True)}))) == []


def test_a_subnet_with_nothing_at_all_is_told_of_each_thing_that_it_does_not_reach() -> None:
    facts = with_network(lambda it: replace(it, subnets={VPC[0]: Subnet(has_way_out=False)}))

    told = [(each.check, each.subject) for each in findings(facts)]

    assert told == [(name, VPC[0]) for name in ("network-s3", "network-secrets", "network-mlflow", "network-others")]


def test_an_isolated_job_needs_a_way_to_s3_only() -> None:
    network = HEALTHY.networks[VPC]
    assert isinstance(network, Network)
    isolated = with_schedule(request={**REQUEST, "EnableNetworkIsolation": True})

    facts = replace(isolated, networks={VPC: without("secretsmanager", "experiments", "sts", "logs")(network)})

    assert findings(facts) == []
