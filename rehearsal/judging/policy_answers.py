"""What a policy pack answers over its protocol, read into plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from rehearsal.judging.policy_configuration import PolicyConfiguration, PolicyInfo

LEVELS: Final = {
    analyzer_pb2.ADVISORY: "advisory",
    analyzer_pb2.MANDATORY: "mandatory",
    analyzer_pb2.DISABLED: "disabled",
    analyzer_pb2.REMEDIATE: "remediate",
}
LEVEL_NUMBERS: Final = {name: number for number, name in LEVELS.items()}


@dataclass(frozen=True)
class Violation:
    """A policy that a resource (or the stack) violates; `enforcement` is `advisory` or `mandatory`."""

    policy: str
    enforcement: str
    message: str
    urn: str
    description: str
    pack: str

    @property
    def stops_an_update(self) -> bool:
        """Whether `pulumi up` would stop here."""
        return self.enforcement == "mandatory"


def policies(info: analyzer_pb2.AnalyzerInfo) -> list[PolicyInfo]:
    """Read the pack's own description of its policies."""
    return [
        PolicyInfo(
            name=policy.name,
            level=LEVELS[policy.enforcementLevel],
            properties=json_format.MessageToDict(policy.configSchema.properties),
            required=list(policy.configSchema.required),
        )
        for policy in info.policies
    ]


def initial_configuration(info: analyzer_pb2.AnalyzerInfo) -> dict[str, PolicyConfiguration]:
    """Read how the pack says its policies are configured without a file."""
    return {
        name: PolicyConfiguration(LEVELS[entry.enforcementLevel], json_format.MessageToDict(entry.properties))
        for name, entry in info.initialConfig.items()
    }


def cannot_remediate(found: analyzer_pb2.Remediation, urn: str) -> Violation:
    """Read why a policy could not change the resource `urn`: advice, as with the engine."""
    return Violation(found.policyName, "advisory", found.diagnostic, urn, found.description, found.policyPackName)


def violation(found: analyzer_pb2.AnalyzeDiagnostic, urn: str) -> Violation:
    """Read a diagnostic that is about the resource `urn`."""
    level = LEVELS[found.enforcementLevel]
    return Violation(
        policy=found.policyName,
        # What could not be put right counts as mandatory, as with the engine.
        enforcement="mandatory" if level == "remediate" else level,
        message=found.message,
        urn=urn,
        description=found.description,
        pack=found.policyPackName,
    )
