"""What the engine tells a policy pack, beside what the rehearsal tells it: where they differ, and nowhere else."""

import copy
import hashlib
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.judging.policy_requests import analyze_request, stack_resource
from tests.engine.provider_stand_in import PROVIDER_DEFAULTS
from tests.engine.pulumi_cli import Previewed

pytestmark = pytest.mark.slow

Message = dict[str, Any]


def of_program(messages: list[Message]) -> dict[str, Message]:
    return {message["urn"]: in_order(message) for message in messages if message["type"] != "pulumi:providers:aws"}


def in_order(message: Message) -> Message:
    """A message whose list of dependencies, which has no order, is sorted."""
    return message | ({"dependencies": sorted(message["dependencies"])} if "dependencies" in message else {})


def as_json(message: analyzer_pb2.AnalyzeRequest | analyzer_pb2.AnalyzerResource) -> Message:
    return in_order(json_format.MessageToDict(message))


def as_a_provider_completes(message: Message) -> Message:
    """What the rehearsal says, with what only a provider and the engine can add.

    That is: defaults, a mark of these in each nested object (the engine takes away that of the outermost one only), and
    the hash of an asset.
    """
    completed = copy.deepcopy(message)
    properties = completed.setdefault("properties", {})
    for name, value in properties.items():
        if completed["type"].startswith("aws:"):
            properties[name] = marked(value)
        if isinstance(value, dict) and "path" in value:
            properties[name] = value | {"hash": hashlib.sha256(Path(value["path"]).read_bytes()).hexdigest()}
    completed["properties"] = dict(PROVIDER_DEFAULTS.get(completed["type"], {})) | properties
    return completed


def marked(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    return (
        {"__defaults": [], **{name: marked(entry) for name, entry in value.items()}}
        if isinstance(value, dict)
        else value
    )


def without_unknowns(message: Message) -> Message:
    known = {name: value for name, value in message.get("properties", {}).items() if value != UNKNOWN}
    return message | {"properties": known}


def test_a_resource_policy_sees_the_same_inputs(previewed: Previewed) -> None:
    asked = of_program(previewed.run.requests("Analyzer/Analyze"))

    for resource in previewed.declaration.resources:
        told = as_json(analyze_request(resource, previewed.declaration))
        assert asked.pop(resource.urn) == as_a_provider_completes(told)
    assert asked == {}


def test_a_stack_policy_sees_the_same_known_properties(previewed: Previewed) -> None:
    (request,) = previewed.run.requests("Analyzer/AnalyzeStack")
    shown = of_program(request["resources"])

    for resource in previewed.declaration.resources:
        told = as_json(stack_resource(resource, previewed.declaration))
        told["properties"] = dict(PROVIDER_DEFAULTS.get(resource.type, {})) | told.get("properties", {})
        assert without_hashes(without_unknowns(shown.pop(resource.urn))) == without_unknowns(told)
    assert shown == {}


def test_a_stack_policy_sees_more_unknowns_with_the_engine(previewed: Previewed) -> None:
    """The rehearsal does not know what a provider makes up; it says so of the id, which every resource has."""
    (request,) = previewed.run.requests("Analyzer/AnalyzeStack")
    shown = of_program(request["resources"])
    for resource in previewed.declaration.resources:
        told = as_json(stack_resource(resource, previewed.declaration))
        here, there = (unknowns(message) for message in (told, shown[resource.urn]))
        assert here <= there
        assert ("id" in there) is resource.custom


def unknowns(message: Message) -> set[str]:
    return {name for name, value in message.get("properties", {}).items() if value == UNKNOWN}


def without_hashes(message: Message) -> Message:
    """A message about assets that says where they are only."""
    properties = {
        name: {key: entry for key, entry in value.items() if key != "hash"} if isinstance(value, dict) else value
        for name, value in message["properties"].items()
    }
    return message | {"properties": properties}


def test_the_engine_shows_the_default_provider_as_a_resource_too(previewed: Previewed) -> None:
    (request,) = previewed.run.requests("Analyzer/AnalyzeStack")
    (provider,) = {one["urn"]: one for one in request["resources"] if one["type"] == "pulumi:providers:aws"}.values()

    assert provider["properties"].keys() == {"region", "version"}
    assert UNKNOWN not in str(provider)


def test_the_pack_is_configured_alike(previewed: Previewed) -> None:
    (configured,) = previewed.run.requests("Analyzer/ConfigureStack")

    assert configured["stack"] == previewed.stack
    assert configured["project"] == "scheduled-training"
    assert configured["organization"] == "organization"
    assert configured["dryRun"] is True
    assert configured["config"] == previewed.declaration.configuration
