"""A declared resource as the engine describes it to a policy pack (pulumirpc.Analyzer).

Source: marshalResourceOptions and marshalProvider of Pulumi's analyzer_plugin.go. Custom timeouts are not passed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from rehearsal.declaring.program import Declaration
from rehearsal.declaring.recording_monitor import RegisteredResource


def analyze_request(resource: RegisteredResource, declaration: Declaration) -> analyzer_pb2.AnalyzeRequest:
    """Describe a resource for a resource policy: its inputs."""
    return analyzer_pb2.AnalyzeRequest(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=resource.raw_inputs,
        options=_options(resource),
        provider=_provider(resource, declaration),
    )


def stack_resource(resource: RegisteredResource, declaration: Declaration) -> analyzer_pb2.AnalyzerResource:
    """Describe a resource for a stack policy: what there will be, hence its outputs."""
    return analyzer_pb2.AnalyzerResource(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=resource.raw_outputs,
        options=_options(resource),
        provider=_provider(resource, declaration),
        parent=resource.parent,
        dependencies=list(resource.dependencies),
        propertyDependencies={
            name: analyzer_pb2.AnalyzerPropertyDependencies(urns=list(urns))
            for name, urns in resource.property_dependencies.items()
            if urns
        },
    )


def _options(resource: RegisteredResource) -> analyzer_pb2.AnalyzerResourceOptions:
    request = resource.request
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=request.protect,
        ignoreChanges=list(request.ignoreChanges),
        deleteBeforeReplace=request.deleteBeforeReplace,
        deleteBeforeReplaceDefined=request.deleteBeforeReplaceDefined,
        additionalSecretOutputs=list(request.additionalSecretOutputs),
        aliases=[alias.urn for alias in request.aliases if alias.urn],
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(),
        parent=resource.parent,
    )


def _provider(resource: RegisteredResource, declaration: Declaration) -> analyzer_pb2.AnalyzerProviderResource | None:
    """The provider that the program gave, or the default one that the engine makes from the stack's configuration."""
    if not resource.custom:
        return None
    if reference := resource.request.provider:
        urn = reference.rpartition("::")[0]
        for given in declaration.resources:
            if given.urn == urn:
                return analyzer_pb2.AnalyzerProviderResource(
                    urn=urn, type=given.type, name=given.name, properties=given.raw_inputs
                )
    package, version = resource.type.split(":", 1)[0], resource.request.version
    name = f"default_{version}".replace(".", "_") if version else "default"
    values = {
        key.removeprefix(f"{package}:"): value
        for key, value in declaration.configuration.items()
        if key.startswith(f"{package}:")
    }
    return analyzer_pb2.AnalyzerProviderResource(
        urn=f"urn:pulumi:{declaration.stack}::{declaration.project}::pulumi:providers:{package}::{name}",
        type=f"pulumi:providers:{package}",
        name=name,
        properties=to_struct(values | ({"version": version} if version else {})),
    )


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Write JSON values as a Struct."""
    struct = struct_pb2.Struct()
    struct.update(dict(values))
    return struct
