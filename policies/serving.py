"""Answers the engine with each resource read once.

The SDK reads a resource anew for each policy, its provider and the stack's whole configuration included, and the stack
anew for each stack policy: four fifths of the time of a pack of thirty policies. `Servicer` is the SDK's own, but for
the two calls that judge: they read once and hand the same values to every policy. Remediation is the SDK's where a
policy is at that level; elsewhere a resource is not read for it. The rest (what the pack says of itself, its
configuration) stays the SDK's. A test compares the answers of both, message by message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pulumi_policy.policy as sdk
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.deserialize import SPECIAL_SIG_KEY, deserialize_properties

from crossguard import Answer, ResourcePolicy, StackPolicy
from resources import NotApplicable, Resource, is_note, plain
from stack import Stack

_SEAM = "_PolicyAnalyzerServicer"
"""What the SDK's `PolicyPack` serves with. It has no public seam; where a later version has not this one either, its
own way of serving is slower and answers the same."""
_SdkServicer: Any = getattr(sdk, _SEAM, object)
_LEVELS = {level: analyzer_pb2.EnforcementLevel.Value(level.name) for level in EnforcementLevel}


@dataclass(frozen=True)
class _Configured:
    """A policy that is not disabled, the level of its violations and its configuration."""

    policy: Policy
    level: analyzer_pb2.EnforcementLevel.ValueType
    config: Mapping[str, Any]

    @property
    def severity(self) -> analyzer_pb2.PolicySeverity.ValueType:
        name = self.policy.severity.name if self.policy.severity else "UNSPECIFIED"
        return analyzer_pb2.PolicySeverity.Value(f"POLICY_SEVERITY_{name}")


_Said = analyzer_pb2.PolicyNotApplicable
_Step = tuple[_Configured, ResourcePolicy, _Said | None]


class Servicer(_SdkServicer):  # type: ignore[misc] # found at run time, see above
    """The SDK's servicer, reading once; its arguments."""

    def __init__(
        self, name: str, version: str, policies: list[Policy], enforcement_level: EnforcementLevel, *about: object
    ) -> None:
        super().__init__(name, version, policies, enforcement_level, *about)
        self._pack = {"policyPackName": name, "policyPackVersion": version}
        self._policies = policies
        self._default_level = enforcement_level
        self._configure(analyzer_pb2.ConfigureAnalyzerRequest())

    def Configure(self, request: analyzer_pb2.ConfigureAnalyzerRequest, context: Any) -> Any:  # noqa: ANN401, N802 - gRPC
        """Take the policies' levels and configuration."""
        self._configure(request)
        return super().Configure(request, context)

    def Remediate(self, request: analyzer_pb2.AnalyzeRequest, context: Any) -> Any:  # noqa: ANN401, N802 - gRPC
        """Change a resource by the policies at level `remediate`; without one the SDK would read it for nothing."""
        if not self._remediates:
            return analyzer_pb2.RemediateResponse()
        return super().Remediate(request, context)

    def Analyze(self, request: analyzer_pb2.AnalyzeRequest, _context: Any) -> analyzer_pb2.AnalyzeResponse:  # noqa: ANN401, N802 - gRPC
        """Judge a resource by every resource policy."""
        resource = _resource(request)
        return self._response(
            (configured, overlooked or policy.judge(resource, configured.config))
            for configured, policy, overlooked in self._plan(resource.type)
        )

    def AnalyzeStack(  # noqa: N802 - gRPC
        self,
        request: analyzer_pb2.AnalyzeStackRequest,
        _context: Any,  # noqa: ANN401 - gRPC
    ) -> analyzer_pb2.AnalyzeResponse:
        """Judge the stack by every stack policy."""
        urns = {resource.urn for resource in request.resources}
        stack = Stack([_resource(resource, _sources(resource, urns)) for resource in request.resources])
        return self._response(
            (configured, configured.policy.judge(stack, configured.config))
            for configured in self._configured
            if isinstance(configured.policy, StackPolicy)
        )

    def _configure(self, request: analyzer_pb2.ConfigureAnalyzerRequest) -> None:
        self._remediates = any(self._level(policy, request) == analyzer_pb2.REMEDIATE for policy in self._policies)
        self._configured = tuple(self._enabled(request))
        self._plans: dict[str, list[_Step]] = {}

    def _plan(self, resource_type: str) -> list[_Step]:
        """The resource policies, each with its answer where that follows from the type alone."""
        plan = self._plans.get(resource_type)
        if plan is None:
            plan = [
                (configured, policy, _overlooked(policy, resource_type))
                for configured in self._configured
                if isinstance(policy := configured.policy, ResourcePolicy)
            ]
            self._plans[resource_type] = plan
        return plan

    def _level(
        self, policy: Policy, request: analyzer_pb2.ConfigureAnalyzerRequest
    ) -> analyzer_pb2.EnforcementLevel.ValueType:
        given = request.policyConfig.get(policy.name)
        return given.enforcementLevel if given else _LEVELS[policy.enforcement_level or self._default_level]

    def _enabled(self, request: analyzer_pb2.ConfigureAnalyzerRequest) -> Iterator[_Configured]:
        for policy in self._policies:
            given = request.policyConfig.get(policy.name)
            level = self._level(policy, request)
            if level == analyzer_pb2.REMEDIATE:
                # What a remediation has not put right is a violation.
                level = analyzer_pb2.MANDATORY
            if level != analyzer_pb2.DISABLED:
                yield _Configured(policy, level, json_format.MessageToDict(given.properties) if given else {})

    def _response(self, answers: Iterable[tuple[_Configured, Answer | _Said]]) -> analyzer_pb2.AnalyzeResponse:
        diagnostics, not_applicable = [], []
        for configured, answer in answers:
            policy = configured.policy
            if isinstance(answer, analyzer_pb2.PolicyNotApplicable):
                not_applicable.append(answer)
                continue
            if isinstance(answer, NotApplicable):
                entry = analyzer_pb2.PolicyNotApplicable(policy_name=policy.name, reason=answer.reason)
                not_applicable.append(entry)
                continue
            for urn, line in answer:
                diagnostic = analyzer_pb2.AnalyzeDiagnostic(
                    policyName=policy.name,
                    **self._pack,
                    message=f"{policy.description}\n{line}",
                    urn=urn,
                    description=policy.description,
                    enforcementLevel=configured.level,
                    severity=configured.severity,
                )
                diagnostics.append(diagnostic)
        return analyzer_pb2.AnalyzeResponse(diagnostics=diagnostics, not_applicable=not_applicable)


def read_each_resource_once() -> None:
    """Make the SDK's `PolicyPack` serve with `Servicer`."""
    if hasattr(sdk, _SEAM):
        setattr(sdk, _SEAM, Servicer)


class Properties(Mapping[str, Any]):
    """A resource's properties as plain values, read when a rule first asks: most resources concern no rule."""

    def __init__(self, struct: struct_pb2.Struct) -> None:
        self._struct = struct

    @cached_property
    def _values(self) -> dict[str, Any]:
        return _fields(self._struct)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - any property value
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _overlooked(policy: ResourcePolicy, resource_type: str) -> _Said | None:
    overlooked = policy.overlooked(resource_type)
    return _Said(policy_name=policy.name, reason=overlooked.reason) if overlooked else None


def _resource(
    described: analyzer_pb2.AnalyzeRequest | analyzer_pb2.AnalyzerResource,
    depends_on: Mapping[str, frozenset[str]] | None = None,
) -> Resource:
    return Resource(described.type, described.name, described.urn, Properties(described.properties), depends_on or {})


def _fields(struct: struct_pb2.Struct) -> dict[str, Any]:
    return {name: _value(value) for name, value in struct.fields.items() if not is_note(name)}


def _value(value: struct_pb2.Value) -> Any:  # noqa: ANN401 - any property value
    match value.WhichOneof("kind"):
        case "string_value" | "number_value" | "bool_value" as kind:
            return plain(getattr(value, kind))
        case "list_value":
            return [_value(item) for item in value.list_value.values]
        case "struct_value" if SPECIAL_SIG_KEY not in value.struct_value.fields:
            return _fields(value.struct_value)
        case "struct_value":
            # A secret, an asset, an archive: the SDK knows how they are written.
            return plain(deserialize_properties({"": json_format.MessageToDict(value)})[""])
        case _:
            return None


def _sources(resource: analyzer_pb2.AnalyzerResource, urns: set[str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(urns.intersection(origin.urns)) for name, origin in resource.propertyDependencies.items()}
