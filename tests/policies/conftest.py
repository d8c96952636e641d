"""The rules applied in process to a good prod stack, and the pack as the engine speaks to it."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from configuration import with_defaults
from findings import UNKNOWN
from resources import NotApplicable, Resource
from rule import Rule, StackRule
from rule_settings import settings_schema
from stack import Stack
from tests.policies.stack_under_test import Json, StackUnderTest

PACK = Path(__file__).parents[2] / "policies"
pytest.register_assert_rewrite("tests.policies.rule_cases")


@pytest.fixture
def good_stack() -> StackUnderTest:
    return StackUnderTest()


Lines = list[str]
Judge = Callable[..., Lines]
Reasons = Callable[..., dict[str, str]]


@pytest.fixture
def findings_of() -> Judge:
    """What a rule finds in a stack: ``resource| line``, nothing for what passes or is not applicable."""

    def judge(rule: Rule, stack: StackUnderTest, **given: Json) -> Lines:
        settings = with_defaults(settings_schema(rule), given)
        if isinstance(rule, StackRule):
            judgement = rule.check(Stack(stack.resources), settings)
            found = [] if isinstance(judgement, NotApplicable) else judgement
            return [f"{resource.name}| {finding.line()}" for resource, finding in found]
        lines = []
        for resource in stack.resources:
            findings = rule.judge(resource, settings)
            lines += [] if isinstance(findings, NotApplicable) else [f"{resource.name}| {f.line()}" for f in findings]
        return lines

    return judge


@pytest.fixture
def not_applicable_of() -> Reasons:
    """Why a rule leaves resources alone: name and reason; a stack rule answers for ``stack``."""

    def judge(rule: Rule, stack: StackUnderTest, **given: Json) -> dict[str, str]:
        settings = with_defaults(settings_schema(rule), given)
        if isinstance(rule, StackRule):
            judgements: dict[str, Any] = {"stack": rule.check(Stack(stack.resources), settings)}
        else:
            judgements = {resource.name: rule.judge(resource, settings) for resource in stack.resources}
        return {name: j.reason for name, j in judgements.items() if isinstance(j, NotApplicable)}

    return judge


@dataclass(frozen=True)
class Diagnostic:
    """What the engine gets of a violation."""

    policy: str
    level: str
    message: str
    urn: str


class Pack:
    """A client that speaks to the pack's process as the engine does."""

    def __init__(self, port: int) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)

    def close(self) -> None:
        self._channel.close()

    def info(self) -> Json:
        return self.stub.GetAnalyzerInfo(empty_pb2.Empty())

    def configure(self, given: Mapping[str, Any]) -> None:
        """Sends a configuration as the engine does: defaults first, then what the file gives."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for policy in self.info().policies:
            entry = given.get(policy.name, {})
            entry = {"enforcementLevel": entry} if isinstance(entry, str) else dict(entry)
            level = entry.pop("enforcementLevel", None)
            config = request.policyConfig[policy.name]
            levels = analyzer_pb2.EnforcementLevel
            config.enforcementLevel = levels.Value(level.upper()) if level else policy.enforcementLevel
            properties = {name: schema["default"] for name, schema in policy.configSchema.properties.items()}
            config.properties.update({**properties, **entry})
        self.stub.Configure(request)

    def analyze(self, resource: Resource) -> list[Diagnostic]:
        return _diagnostics(self.stub.Analyze(_request(analyzer_pb2.AnalyzeRequest, resource)))

    def not_applicable(self, resource: Resource) -> dict[str, str]:
        response = self.stub.Analyze(_request(analyzer_pb2.AnalyzeRequest, resource))
        return {entry.policy_name: entry.reason for entry in response.not_applicable}

    def analyze_stack(self, resources: list[Resource]) -> list[Diagnostic]:
        messages = []
        for resource in resources:
            message = _request(analyzer_pb2.AnalyzerResource, resource)
            for name, urns in resource.depends_on.items():
                message.propertyDependencies[name].urns.extend(urns)
            messages.append(message)
        return _diagnostics(self.stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=messages)))

    def remediate(self, resource: Resource) -> dict[str, dict[str, Any]]:
        response = self.stub.Remediate(_request(analyzer_pb2.AnalyzeRequest, resource))
        return {entry.policyName: _plain(entry.properties) for entry in response.remediations}


class Secret:
    """A value that the engine marks as secret."""

    def __init__(self, value: Json) -> None:
        self.value = value


def _request(kind: Json, resource: Resource) -> Json:
    properties = struct_pb2.Struct()
    properties.update(on_the_wire(dict(resource.properties)))
    return kind(type=resource.type, urn=resource.urn, name=resource.name, properties=properties)


def on_the_wire(value: Json) -> Json:
    """Unknowns and secrets as the engine marshals them."""
    if value is UNKNOWN:
        return UNKNOWN_STRING_VALUE
    if isinstance(value, Secret):
        return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": on_the_wire(value.value)}
    if isinstance(value, dict):
        return {name: on_the_wire(item) for name, item in value.items()}
    if isinstance(value, list):
        return [on_the_wire(item) for item in value]
    return value


def _plain(value: Json) -> Json:
    if isinstance(value, struct_pb2.Struct):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, struct_pb2.ListValue):
        return [_plain(item) for item in value]
    return value


def _diagnostics(response: Json) -> list[Diagnostic]:
    levels = analyzer_pb2.EnforcementLevel
    return [
        Diagnostic(d.policyName, levels.Name(d.enforcementLevel).lower(), d.message, d.urn)
        for d in response.diagnostics
    ]


@pytest.fixture(scope="session")
def pack_process() -> Iterator[Pack]:
    """One process of the pack for all tests: it keeps no state but its configuration."""
    # Unbuffered, as the engine starts it: the SDK does not flush the port that it prints.
    arguments = [sys.executable, "-u", str(PACK), "127.0.0.1:1", str(PACK)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        client = Pack(int(process.stdout.readline()))
        yield client
        client.close()
        process.kill()


@pytest.fixture
def pack(pack_process: Pack) -> Pack:
    pack_process.configure({})
    return pack_process


@pytest.fixture
def secret() -> type[Secret]:
    return Secret
