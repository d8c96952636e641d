"""Whether there is an image to start, room for the machines, and a way from their subnets to what they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.ecr_images import ecr_repository
from operations.doctor import kinds_of_needs as kinds
from operations.doctor.facts import Facts, Network, Subnet
from operations.doctor.finding import Finding, Kind, Unseen
from operations.doctor.job_needs import is_isolated, network_of, quotas_of, secrets_of, tracking_of, tracks_itself

S3, SECRETS, STS, LOGS = "s3", "secretsmanager", "sts", "logs"
"""How the names of the services of VPC endpoints end. Source: "AWS services that integrate with AWS PrivateLink"."""
MLFLOW: Final = ("experiments", "mlflow")
"""What the name of MLflow's endpoint service is taken to contain; unproven, which is why it only advises."""


def images(facts: Facts) -> Iterator[Finding]:
    """That each exists, in the region."""
    for uri, exists in facts.images.items():
        repository = ecr_repository(uri)
        if repository is not None and repository.region != facts.region:
            yield kinds.IMAGE_REGION.finding(uri, f"it is in {repository.region}, and the stack in {facts.region}")
        elif exists is False:
            yield kinds.IMAGE_MISSING.finding(uri, "there is no such image")


def quotas(facts: Facts) -> Iterator[Finding]:
    """That the account may have as many machines as the largest job needs."""
    wanted: dict[str, int] = {}
    for request in _requests(facts):
        for name, count in quotas_of(request):
            wanted[name] = max(wanted.get(name, 0), count)
    for name, count in wanted.items():
        value = facts.quotas.get(name)
        if value is not None and not isinstance(value, Unseen) and value < count:
            machines = "machine" if count == 1 else "machines"
            yield kinds.QUOTA.finding(name, f"the quota is {value:g}, and the job needs {count} {machines}")


def networks(facts: Facts) -> Iterator[Finding]:
    """That subnets and groups are there, in one VPC that SageMaker takes, and let the job reach what it needs."""
    told = set[Finding]()
    for request in _requests(facts):
        vpc = network_of(request)
        network = facts.networks.get((*vpc[0], *vpc[1])) if vpc else None
        if isinstance(network, Network):
            for finding in _of_network(network, request):
                if finding not in told:
                    told.add(finding)
                    yield finding


def _of_network(network: Network, request: Mapping[str, Any]) -> Iterator[Finding]:
    if network.missing:
        yield kinds.NETWORK_MISSING.finding(", ".join(network.missing), "does not exist in the stack's region")
        return
    if len(network.vpcs) > 1:
        yield kinds.NETWORK_MISSING.finding(
            "network", f"subnets and groups are of several VPCs: {', '.join(network.vpcs)}"
        )
        return
    if not network.domain_name:
        yield kinds.DHCP_DOMAIN.finding(", ".join(network.vpcs), "its DHCP options have no domain-name")
    if not network.lets_https_out:
        yield kinds.NETWORK_EGRESS.finding("network", "no security group of the job allows TCP 443 outwards")
    for name, subnet in network.subnets.items():
        for kind, what in _unreached(subnet, request):
            yield kind.finding(name, f"its route table has no way out, and there is no endpoint to {what}")


def _unreached(subnet: Subnet, request: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    if subnet.has_way_out:
        return
    ends = {service.rpartition(".")[2] for service in subnet.endpoints}
    if S3 not in ends:
        yield kinds.NETWORK_S3, "S3"
    if is_isolated(request):  # SageMaker moves its data; the container itself has no network to reach anything by
        return
    if SECRETS not in ends and secrets_of(request):
        yield kinds.NETWORK_SECRETS, "Secrets Manager"
    if tracks_itself(request) and not any(word in service for word in MLFLOW for service in subnet.endpoints):
        managed = tracking_of(request).startswith("arn:")
        yield kinds.NETWORK_MLFLOW, "MLflow" if managed else f"{tracking_of(request)}, unless it is in the VPC"
    if others := [name for end, name in ((STS, "STS"), (LOGS, "CloudWatch Logs")) if end not in ends]:
        yield kinds.NETWORK_OTHERS, " and ".join(others)


def _requests(facts: Facts) -> Iterator[Mapping[str, Any]]:
    for job in facts.jobs:
        for each in job.schedules.values():
            yield each.request
