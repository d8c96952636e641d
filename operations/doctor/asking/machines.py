"""Asks ECR for images, Service Quotas for how many machines there may be, EC2 for the network of a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from components.ecr_images import ecr_repository
from components.training_images import images_of_account
from operations.doctor.asking.answers import code_of
from operations.doctor.facts import Network, Subnet
from rehearsal.errors import RehearsalError

_EVERYWHERE: Final = "0.0.0.0/0"
_HTTPS: Final = 443
_AVAILABLE: Final = "available"
"""State of an endpoint that leads anywhere; one that waits for its acceptance or was rejected does not. Source: EC2
API, VpcEndpoint, which writes it small in answers and with a capital in its list of values."""
_TARGETS: Final = ("Id", "NetworkArn")
"""How members of a route that name a target end: a Cloud WAN has an ARN. Source: EC2 API, Route."""
_NO_WAY_OUT: Final = ("igw-", "local")
"""Targets of a default route by which no job gets out: its machines have no public address.

Source: SageMaker Developer Guide, "Give SageMaker AI Training Jobs Access to Resources in Your Amazon VPC".
"""


class NotKnownError(RehearsalError):
    """What nobody here can ask for; the message says why."""


def is_of_aws(uri: str) -> bool:
    """Whether an image is in one of AWS's own accounts, by its tables."""
    repository = ecr_repository(uri)
    return repository is not None and images_of_account(repository.account, repository.region) is not None


def ask_image(ecr: Any, uri: str) -> bool:  # noqa: ANN401 - a client whose types are not installed
    """Whether an image of a private registry exists; one of AWS's own is looked up in its tables.

    Raises:
        NotKnownError: it is in a registry that is not Amazon ECR's.
    """
    repository = ecr_repository(uri)
    if repository is None:
        raise NotKnownError("it is in no registry of Amazon ECR, and no other is asked")
    if (known := images_of_account(repository.account, repository.region)) is not None:
        return _is_listed(uri, known)
    tag = uri.partition("/")[2].removeprefix(repository.name)
    image = {"imageDigest": tag[1:]} if tag.startswith("@") else {"imageTag": tag[1:] or "latest"}
    if "@" in tag and not tag.startswith("@"):
        image = {"imageDigest": tag.partition("@")[2]}
    try:
        ecr.describe_images(registryId=repository.account, repositoryName=repository.name, imageIds=[image])
    except ClientError as error:
        if code_of(error) in {"ImageNotFoundException", "RepositoryNotFoundException"}:
            return False
        raise
    return True


def _is_listed(uri: str, known: Iterable[str]) -> bool:
    """Whether AWS's tables have an image; they are of one day, so that what they lack is not known to be missing."""
    if uri.partition("/")[2] in known:
        return True
    raise NotKnownError("the tables of AWS's own images that come with this version do not have it")


def ask_quotas(service_quotas: Any, wanted: Sequence[str]) -> dict[str, float]:  # noqa: ANN401 - as above
    """The account's quotas of those names, and AWS's default of those that the account never had changed."""
    found: dict[str, float] = {}
    for operation in ("list_service_quotas", "list_aws_default_service_quotas"):
        if all(name in found for name in wanted):
            break
        pages = service_quotas.get_paginator(operation).paginate(ServiceCode="sagemaker")
        told = {each["QuotaName"]: float(each["Value"]) for page in pages for each in page["Quotas"]}
        found = {name: told[name] for name in wanted if name in told} | found
    return found


def ask_network(ec2: Any, subnets: Sequence[str], groups: Sequence[str]) -> Network:  # noqa: ANN401 - as above
    """The VPC of a job: its subnets with what they reach, its DHCP options, and whether its groups let HTTPS out."""
    subnets_found = {
        each["SubnetId"]: each for each in _described(ec2, "describe_subnets", "Subnets", "subnet-id", subnets)
    }
    groups_found = {
        each["GroupId"]: each
        for each in _described(ec2, "describe_security_groups", "SecurityGroups", "group-id", groups)
    }
    missing = [name for name in subnets if name not in subnets_found]
    missing += [name for name in groups if name not in groups_found]
    vpcs = tuple(dict.fromkeys(each["VpcId"] for each in (*subnets_found.values(), *groups_found.values())))
    if missing or len(vpcs) != 1:
        return Network(tuple(missing), vpcs)
    tables = _described(ec2, "describe_route_tables", "RouteTables", "vpc-id", vpcs)
    endpoints = _described(ec2, "describe_vpc_endpoints", "VpcEndpoints", "vpc-id", vpcs)
    return Network(
        vpcs=vpcs,
        domain_name=_domain_name(ec2, vpcs),
        subnets={name: _subnet(name, tables, endpoints) for name in subnets},
        lets_https_out=any(_lets_https_out(each) for each in groups_found.values()),
    )


def _described(ec2: Any, operation: str, member: str, name: str, values: Sequence[str]) -> list[Mapping[str, Any]]:  # noqa: ANN401
    """By a filter: what does not exist is left out then, rather than an error for all."""
    pages = ec2.get_paginator(operation).paginate(Filters=[{"Name": name, "Values": list(values)}])
    return [each for page in pages for each in page[member]]


def _domain_name(ec2: Any, vpcs: Sequence[str]) -> str | None:  # noqa: ANN401 - as above
    found = _described(ec2, "describe_vpcs", "Vpcs", "vpc-id", vpcs)
    if not found:
        raise NotKnownError(f"{', '.join(vpcs)} was deleted while it was looked at; look again")
    options = _described(ec2, "describe_dhcp_options", "DhcpOptions", "dhcp-options-id", [found[0]["DhcpOptionsId"]])
    configured = (each for option in options for each in option["DhcpConfigurations"] if each["Key"] == "domain-name")
    return next((value["Value"] for each in configured for value in each["Values"]), None)


def _subnet(name: str, tables: Sequence[Mapping[str, Any]], endpoints: Sequence[Mapping[str, Any]]) -> Subnet:
    table = _table_of(name, tables)
    routes: Iterable[Mapping[str, Any]] = table.get("Routes", []) if table else []
    way_out = any(route.get("DestinationCidrBlock") == _EVERYWHERE and _leads_out(route) for route in routes)
    reached = {
        each["ServiceName"]
        for each in endpoints
        if str(each.get("State", _AVAILABLE)).lower() == _AVAILABLE
        and (
            each.get("VpcEndpointType") != "Gateway"
            or (table is not None and table["RouteTableId"] in each.get("RouteTableIds", []))
        )
    }
    return Subnet(way_out, frozenset(reached))


def _table_of(subnet: str, tables: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The route table that a subnet is associated with, or else the VPC's main one."""

    def is_of(table: Mapping[str, Any], member: str, value: object) -> bool:
        return any(each.get(member) == value for each in table.get("Associations", []))

    own: Iterator[Mapping[str, Any]] = (each for each in tables if is_of(each, "SubnetId", subnet))
    main: Iterator[Mapping[str, Any]] = (each for each in tables if is_of(each, "Main", True))
    return next(own, None) or next(main, None)


def _leads_out(route: Mapping[str, Any]) -> bool:
    targets = (value for key, value in route.items() if key.endswith(_TARGETS) and not key.startswith("Destination"))
    return route.get("State") != "blackhole" and any(not str(each).startswith(_NO_WAY_OUT) for each in targets)


def _lets_https_out(group: Mapping[str, Any]) -> bool:
    """Whether HTTPS may go anywhere at all: a prefix list or a group, such as an endpoint's, is enough."""
    for rule in group.get("IpPermissionsEgress", []):
        is_all = rule["IpProtocol"] == "-1"
        is_https = rule["IpProtocol"] == "tcp" and rule.get("FromPort", 0) <= _HTTPS <= rule.get("ToPort", 65535)
        to = [*rule.get("IpRanges", []), *rule.get("Ipv6Ranges", []), *rule.get("PrefixListIds", [])]
        if (is_all or is_https) and (to or rule.get("UserIdGroupPairs")):
            return True
    return False
