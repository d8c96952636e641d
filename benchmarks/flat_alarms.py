"""The alarms of one production job declared flat, from values that are there already: without component and computing.

Written down by hand these are thirteen kinds of resources with pages of documents; so they are read off the component's
own, and what is measured is the declaring alone. That is more than fair to the flat program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from benchmarks.stack_of_jobs import STACK
from rehearsal.declaring.program import OfflineMocks, RegisteredResource, declare
from rehearsal.declaring.property_values import UNKNOWN

_CLASSES: Final = {
    "aws:budgets/budget:Budget": aws.budgets.Budget,
    "aws:cloudwatch/dashboard:Dashboard": aws.cloudwatch.Dashboard,
    "aws:cloudwatch/eventRule:EventRule": aws.cloudwatch.EventRule,
    "aws:cloudwatch/eventTarget:EventTarget": aws.cloudwatch.EventTarget,
    "aws:cloudwatch/metricAlarm:MetricAlarm": aws.cloudwatch.MetricAlarm,
    "aws:iam/role:Role": aws.iam.Role,
    "aws:iam/rolePolicy:RolePolicy": aws.iam.RolePolicy,
    "aws:kms/alias:Alias": aws.kms.Alias,
    "aws:kms/key:Key": aws.kms.Key,
    "aws:scheduler/schedule:Schedule": aws.scheduler.Schedule,
    "aws:sfn/stateMachine:StateMachine": aws.sfn.StateMachine,
    "aws:sns/topic:Topic": aws.sns.Topic,
    "aws:sns/topicSubscription:TopicSubscription": aws.sns.TopicSubscription,
}
_MAPS: Final = frozenset({"tags", "dimensions", "inputPaths"})
"""Inputs whose keys are somebody's own."""


@dataclass(frozen=True)
class FlatResource:
    """What is declared, and which of those before it are named in `depends_on`."""

    type: str
    name: str
    arguments: Mapping[str, Any]
    needed: tuple[int, ...]


def recorded_alarms(project: Path, jobs: Sequence[str]) -> dict[str, list[FlatResource]]:
    """What watches each of the jobs of a project, in the order in which it can be declared."""
    resources = declare(project, STACK, lambda region: OfflineMocks(region=region), preview=True).resources
    return {job: list(_alarms_of(resources, job)) for job in jobs}


def _alarms_of(resources: Iterable[RegisteredResource], job: str) -> Iterator[FlatResource]:
    alarms = [each for each in resources if each.name.startswith((f"{job}-alarms-", f"{job}-alarm-"))]
    places = {each.urn: place for place, each in enumerate(alarms)}
    for each in alarms:
        arguments = {_snake(name): value if name in _MAPS else _nested(value) for name, value in each.inputs.items()}
        yield FlatResource(
            each.type, each.name, arguments, tuple(places[urn] for urn in each.dependencies if urn in places)
        )


def declare_flat_alarms(alarms: Sequence[FlatResource]) -> None:
    """Declare them."""
    made: list[pulumi.Resource] = []
    for alarm in alarms:
        needed = [made[place] for place in alarm.needed]
        options = pulumi.ResourceOptions(depends_on=needed or None)
        made.append(_CLASSES[alarm.type](alarm.name, **alarm.arguments, opts=options))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _nested(value: Any) -> Any:  # noqa: ANN401 - JSON
    if value == UNKNOWN:
        return "known"
    if isinstance(value, Mapping):
        return {_snake(name): each if name in _MAPS else _nested(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_nested(each) for each in value]
    return value
