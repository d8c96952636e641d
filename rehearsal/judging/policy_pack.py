"""Judge a declaration by a Pulumi policy pack as the engine does: the pack in its own process, asked over gRPC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from rehearsal.declaring.program import Declaration
from rehearsal.declaring.property_values import plain_properties
from rehearsal.declaring.recording_monitor import STACK_TYPE, RegisteredResource
from rehearsal.declaring.stack_configuration import StackConfiguration
from rehearsal.judging.policy_answers import (
    LEVEL_NUMBERS,
    Violation,
    cannot_remediate,
    initial_configuration,
    policies,
    violation,
)
from rehearsal.judging.policy_configuration import (
    PolicyConfiguration,
    PolicyConfigurationError,
    read_policy_configuration,
    reconcile,
)
from rehearsal.judging.policy_messages import PolicyDescription, describe
from rehearsal.judging.policy_process import PolicyPackError, PolicyProcess, UnimplementedError
from rehearsal.judging.policy_requests import analyze_request, stack_resource, to_struct
from rehearsal.judging.remediations import Remediation, remediated, remediation

__all__ = ["PolicyPack", "PolicyPackError", "Remedied", "policy_configuration_file"]


@dataclass(frozen=True)
class Remedied:
    """A declaration with what policies changed in it, and why a policy could not (advisory violations)."""

    declaration: Declaration
    remediations: tuple[Remediation, ...] = ()
    violations: tuple[Violation, ...] = ()


class PolicyPack:
    """A policy pack that is starting or runs; leaving the `with` block ends it.

    Starting returns at once: what the pack needs to come up (over a second) can be spent on other work.
    """

    def __init__(
        self,
        pack_dir: Path,
        configuration: StackConfiguration,
        *,
        preview: bool,
        policy_configuration: Path | None = None,
    ) -> None:
        """Start the pack in `pack_dir` for a stack, with a file in the format of `--policy-pack-config` if given.

        Raises PolicyPackError if there is no pack, PolicyConfigurationError for that file.
        """
        self._given = {} if policy_configuration is None else read_policy_configuration(policy_configuration)
        self._process = PolicyProcess(pack_dir, configuration, preview=preview)
        self._configuration = configuration
        self._preview = preview

    def remediate(self, declaration: Declaration) -> Remedied:
        """Let the policies at level `remediate` change every resource's inputs, as the engine does before it judges.

        Each change replaces the inputs for what comes after it. What the program made of a resource's outputs stays as
        the program made it. A pack without a policy at that level is not asked: its answer would be empty, and a call
        for each resource costs as much as judging it. Raises as `judge` does.
        """
        stub = self.analyzer
        if "remediate" not in {entry.level for entry in self._configured[1].values()}:
            return Remedied(declaration)
        remediations: list[Remediation] = []
        violations: list[Violation] = []
        for number, declared in enumerate(declaration.resources):
            request = analyze_request(declared, declaration)
            try:
                response = self._process.ask(f"remediating {declared.urn}", stub.Remediate, request)
            except UnimplementedError:
                break  # by the protocol: nothing was changed
            resource = declared
            for found in response.remediations:
                if found.diagnostic:
                    violations.append(cannot_remediate(found, declared.urn))
                elif found.HasField("properties"):
                    cure = remediation(found, declared.urn, resource.raw_inputs)
                    if cure.changes:
                        remediations.append(cure)
                        resource = _with_inputs(resource, found.properties, cure)
            if resource is not declared:
                resources = list(declaration.resources)
                resources[number] = resource
                declaration = replace(declaration, resources=tuple(resources))
        return Remedied(declaration, tuple(remediations), tuple(violations))

    def judge(self, declaration: Declaration) -> tuple[Violation, ...]:
        """Ask every policy about every resource, then about the stack as a whole.

        Violations come in the order of registration, those of stack policies last. A policy that could not run
        because a value is unknown at a preview is an advisory violation that says so, as with the engine.
        Raises PolicyPackError, or PolicyConfigurationError if the configuration does not fit the pack.
        """
        stub = self.analyzer
        urns = {resource.urn for resource in declaration.resources}
        root = next((r.urn for r in declaration.resources if r.type == STACK_TYPE), "")
        violations = []
        for resource in declaration.resources:
            request = analyze_request(resource, declaration)
            response = self._process.ask(f"judging {resource.urn}", stub.Analyze, request)
            violations += [violation(found, resource.urn) for found in response.diagnostics]
        stack = analyzer_pb2.AnalyzeStackRequest(
            resources=[stack_resource(resource, declaration) for resource in declaration.resources]
        )
        response = self._process.ask("judging the stack", stub.AnalyzeStack, stack)
        violations += [violation(found, found.urn if found.urn in urns else root) for found in response.diagnostics]
        return tuple(violations)

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies that are not disabled."""
        return tuple(name for name, entry in self._configured[1].items() if entry.level != "disabled")

    @property
    def described(self) -> tuple[PolicyDescription, ...]:
        """What the pack says of its policies that are not disabled."""
        return tuple(policy for policy in self._configured[2] if policy.level != "disabled")

    @property
    def analyzer(self) -> analyzer_pb2_grpc.AnalyzerStub:
        """The pack's own interface, ready and configured; raises as `judge` does."""
        return self._configured[0]

    @property
    def process_id(self) -> int:
        """Of the pack's process."""
        return self._process.process_id

    def wait_until_ready(self) -> Self:
        """Wait until the pack answers and is configured; raises as `judge` does."""
        _ = self._configured
        return self

    def stop(self) -> None:
        """End the pack."""
        self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @cached_property
    def _configured(
        self,
    ) -> tuple[analyzer_pb2_grpc.AnalyzerStub, dict[str, PolicyConfiguration], tuple[PolicyDescription, ...]]:
        """The pack's interface, how its policies are configured, and what it says of them."""
        stub = self._process.stub
        configuration = self._configuration
        self._process.ask(
            "configuring the stack",
            stub.ConfigureStack,
            analyzer_pb2.AnalyzerStackConfigureRequest(
                stack=configuration.stack,
                project=configuration.project,
                organization="organization",
                dry_run=self._preview,
                config=configuration.values,
            ),
        )
        info = self._process.ask("describing itself", stub.GetAnalyzerInfo, empty_pb2.Empty())
        try:
            effective = reconcile(policies(info), initial_configuration(info), self._given)
        except PolicyConfigurationError as error:
            raise PolicyConfigurationError(f"configuration of the policy pack {info.name}: {error}") from error
        entries = {
            name: analyzer_pb2.PolicyConfig(
                enforcementLevel=LEVEL_NUMBERS[str(entry.level)], properties=to_struct(entry.properties)
            )
            for name, entry in effective.items()
        }
        self._process.ask(
            "configuring itself", stub.Configure, analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=entries)
        )
        return stub, effective, tuple(describe(policy, str(effective[policy.name].level)) for policy in info.policies)


def _with_inputs(resource: RegisteredResource, inputs: struct_pb2.Struct, cure: Remediation) -> RegisteredResource:
    """The resource with other inputs; those of a custom resource are among its outputs, a component says its own."""
    raw_outputs = remediated(resource.raw_outputs, [cure]) if resource.custom else resource.raw_outputs
    plain = plain_properties(inputs)
    changed = {change.path[0] for change in cure.changes}
    outputs = {name: value for name, value in resource.outputs.items() if name not in changed}
    outputs |= {name: value for name, value in plain.items() if name in changed}
    return replace(
        resource,
        inputs=plain,
        outputs=outputs if resource.custom else resource.outputs,
        raw_inputs=inputs,
        raw_outputs=raw_outputs,
    )


def policy_configuration_file(pack_dir: Path, stack: str) -> Path | None:
    """The configuration of a pack for a stack, `<stack>.json` in the pack's folder; None if there is none."""
    path = pack_dir / f"{stack}.json"
    return path if path.exists() else None
