"""The machines of a request: how many hosts, and of which instance group and type each is.

Source: SageMaker Developer Guide, "How Amazon SageMaker AI provides training information" (resourceconfig.json).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Request = Mapping[str, Any]

ONE_GROUP: Final = "homogeneousCluster"
"""What the toolkit is told where there are no groups."""


@dataclass(frozen=True)
class Group:
    """Hosts of one type: `first` and those after it, `count` in all, counted from 0."""

    name: str
    instance_type: str
    first: int
    count: int


def groups_of(request: Request) -> list[Group]:
    """The groups in the order of their hosts; of instance preferences the first is taken, as if it were to be had."""
    resources = request["ResourceConfig"]
    found: list[Group] = []
    for each in resources.get("InstanceGroups") or ():
        first = found[-1].first + found[-1].count if found else 0
        found.append(Group(each["InstanceGroupName"], each["InstanceType"], first, each["InstanceCount"]))
    if found:
        return found
    chosen = {**resources, **(resources.get("InstancePreferences") or [{}])[0]}
    return [Group(ONE_GROUP, chosen.get("InstanceType", "local"), 0, chosen.get("InstanceCount", 1))]


def host_count(request: Request) -> int:
    """How many hosts the job has, those of all groups together."""
    return sum(group.count for group in groups_of(request))


def group_of(request: Request, host: int) -> Group:
    """The group of one host, counted from 0."""
    return next(group for group in groups_of(request) if group.first <= host < group.first + group.count)


def hosts_of_channel(request: Request, channel: Mapping[str, Any]) -> list[int]:
    """The hosts that get a channel's data: those of the groups that it names, or all."""
    names = channel["DataSource"].get("S3DataSource", {}).get("InstanceGroupNames")
    return [
        host
        for group in groups_of(request)
        if not names or group.name in names
        for host in range(group.first, group.first + group.count)
    ]
