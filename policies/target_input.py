"""The training job inside a schedule.

An EventBridge Scheduler schedule with the universal target ``aws-sdk:sagemaker:createTrainingJob`` carries the whole
CreateTrainingJob request as JSON text in ``target.input``. Here it is found and read; what it says is for the rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from findings import UNKNOWN
from resources import NotApplicable, Resource

Json: TypeAlias = Any

SCHEDULE = "aws:scheduler/schedule:Schedule"
INPUT = "target.input"
# No request or document needs as much; it keeps readers clear of Python's own limit.
_DEEPEST = 50
_TRAINING_TARGET = re.compile(r"arn:[^:]+:scheduler:::aws-sdk:sagemaker:createtrainingjob", re.IGNORECASE)
# A request can be told by members that no other target's input has.
_TELLING_MEMBERS = {"AlgorithmSpecification", "TrainingJobName"}


@dataclass(frozen=True)
class TrainingJob:
    """A schedule that starts training jobs.

    Args:
        schedule: the resource.
        request: the CreateTrainingJob request, context attributes not filled in.
    """

    schedule: Resource
    request: Mapping[str, Any]

    def member(self, *path: str) -> Json:
        """Look up the request's member at ``path``, None where it or a parent is missing."""
        value: Json = self.request
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def objects(self, *path: str) -> list[Mapping[str, Any]]:
        """List the objects of the list at ``path``; what is no object is left out."""
        value = self.member(*path)
        return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []

    @property
    def name_prefix(self) -> str | None:
        """What the job's name begins with in every invocation, None without a name."""
        name = self.member("TrainingJobName")
        return name.partition("<aws.scheduler.")[0] if isinstance(name, str) else None

    @property
    def instance_count(self) -> int:
        """Count the instances, those of instance groups included; what is no number counts nothing.

        Of instance preferences one is chosen: the one with most instances counts.
        """
        groups = self.objects("ResourceConfig", "InstanceGroups")
        counts = [self.member("ResourceConfig", "InstanceCount"), *(group.get("InstanceCount") for group in groups)]
        preferred = (each.get("InstanceCount") for each in self.objects("ResourceConfig", "InstancePreferences"))
        most = max((count for count in preferred if type(count) is int), default=0)
        return most + sum(count for count in counts if type(count) is int)

    @property
    def instance_types(self) -> list[str]:
        """List every instance type that the job may use: its own, and those of groups and preferences."""
        kinds = ("InstanceGroups", "InstancePreferences")
        named = [self.member("ResourceConfig", "InstanceType")]
        named += [each.get("InstanceType") for kind in kinds for each in self.objects("ResourceConfig", kind)]
        return sorted({str(name) for name in named if name is not None})

    @property
    def training_plans(self) -> list[str]:
        """List the ARNs of the training plans whose reserved machines the job may use."""
        named = [self.member("ResourceConfig", "TrainingPlanArn")]
        for each in self.objects("ResourceConfig", "InstancePreferences"):
            plans = each.get("TrainingPlanArns")
            named += plans if isinstance(plans, list) else []
        return [name for name in named if isinstance(name, str)]

    def tags(self) -> list[tuple[str, str]]:
        """List the request's tags as keys and values."""
        return [(str(tag.get("Key", "")), str(tag.get("Value", ""))) for tag in self.objects("Tags")]


class UnreadableError(ValueError):
    """Text that is not one unambiguous JSON object; the message never quotes it."""


def training_schedule(resource: Resource) -> Mapping[str, Any] | NotApplicable:
    """Find the ``target`` of a schedule that starts training jobs; its input may still be unknown or unreadable."""
    if resource.type != SCHEDULE:
        return NotApplicable(f"{resource.type} is not a schedule")
    target = resource.properties.get("target")
    if target is UNKNOWN:
        return {"input": UNKNOWN}
    target = target if isinstance(target, Mapping) else {}
    arn = target.get("arn")
    if isinstance(arn, str):
        if _TRAINING_TARGET.fullmatch(arn):
            return target
        return NotApplicable(f"the schedule's target is {_service(arn)}, not aws-sdk:sagemaker:createTrainingJob")
    if arn is UNKNOWN and _looks_like_a_training_job(target.get("input")):
        return target
    return NotApplicable("the schedule's target ARN is unknown and its input is not that of a training job")


def training_job(resource: Resource) -> TrainingJob | NotApplicable:
    """Read the training job of a schedule, or why it cannot be judged (SG01 reports what is unknown or unreadable)."""
    target = training_schedule(resource)
    if isinstance(target, NotApplicable):
        return target
    text = target.get("input")
    if not isinstance(text, str):
        return NotApplicable("target.input is missing or unknown at preview: SG01 reports it")
    try:
        return TrainingJob(resource, read_object(text))
    except UnreadableError:
        return NotApplicable("target.input is not a JSON object: SG01 reports it")


@lru_cache(maxsize=4096)
def read_object(text: str) -> Mapping[str, Any]:
    """Parse a JSON object.

    Raises:
        UnreadableError: not JSON, not an object, or a name that occurs twice (readers differ in which one counts).
    """
    if text == "[secret]":
        raise UnreadableError("is a secret that the engine redacted; decrypt the state file's secrets first")
    try:
        value = json.loads(text, object_pairs_hook=_without_repeated_names)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"is not JSON (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise UnreadableError("is nested too deeply to be read") from None
    if not isinstance(value, dict):
        raise UnreadableError("is JSON, but not an object")
    # Most texts have too few brackets to be nested that deeply: they need no walk.
    if text.count("{") + text.count("[") > _DEEPEST and _is_deeper(value, _DEEPEST):
        raise UnreadableError("is nested too deeply to be read")
    return value


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if levels <= 0 and value:
        return True
    items = value.values() if isinstance(value, dict) else value
    return any(_is_deeper(item, levels - 1) for item in items if isinstance(item, dict | list))


def _without_repeated_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = min(name for name in names if names.count(name) > 1)
        raise UnreadableError(f"names {repeated} twice in one object")
    return read


def _looks_like_a_training_job(text: object) -> bool:
    if not isinstance(text, str):
        return False
    try:
        return bool(_TELLING_MEMBERS & read_object(text).keys())
    except UnreadableError:
        return False


def _service(arn: str) -> str:
    parts = arn.split(":", 5)
    if parts[2:3] == ["scheduler"] and len(parts) == 6:
        return parts[5]
    return f"in service {parts[2]}" if len(parts) == 6 else "not an ARN"
