"""What a rule is: data about it, and one pure check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

from findings import Finding
from resources import NotApplicable, Resource
from stack import Stack

Subject = TypeVar("Subject")
Config = Mapping[str, Any]
Judgement = Sequence[Finding] | NotApplicable
Remedy = Mapping[tuple[str, ...], object]
StackJudgement = Sequence[tuple[Resource, Finding]] | NotApplicable


class Level(Enum):
    """What a violation does: stop the deployment, or be shown."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"


class Severity(Enum):
    """How bad a violation is, in the engine's words."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Reference:
    """The published requirement that a rule corresponds to."""

    framework: str
    specification: str


@dataclass(frozen=True)
class Example:
    """Resources that show a rule, as the engine would describe them: the excerpt that the rule looks at."""

    resources: tuple[Resource, ...]


@dataclass(frozen=True, kw_only=True)
class About:
    """What every rule says of itself.

    Args:
        id: ``SG15``.
        name: a few words with hyphens; ``id-name`` is the policy's name in configuration files and reports.
        title: display name.
        description: one sentence: what must hold and why.
        cure: remediation steps.
        url: where the vendor documents the subject.
        severity: see `Severity`.
        reference: see `Reference`.
        good: an example that passes, for the documentation and the tests.
        bad: an example that is reported.
        levels: enforcement level in a staging and in a prod stack; prod is the default.
        config: JSON schema of each setting, ``default`` included; the strictest sensible value is the default.

    """

    id: str
    name: str
    title: str
    description: str
    cure: str
    url: str
    severity: Severity
    reference: Reference
    good: Example
    bad: Example
    levels: tuple[Level, Level] = (Level.MANDATORY, Level.MANDATORY)
    config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def policy_name(self) -> str:
        """Name of the policy, as the engine knows it."""
        return f"{self.id}-{self.name}"


@dataclass(frozen=True, kw_only=True)
class ResourceRule(About, Generic[Subject]):
    """A rule about one resource.

    Args:
        types: type tokens that the rule may have something to say about; others never reach it.
        subject: picks what the check looks at out of a resource, or says why there is nothing.
        check: judges it: findings, none for a pass, or `NotApplicable`.
        remedy: what cures the fault for certain: property paths and their new values, none where nothing is wrong.

    """

    types: frozenset[str]
    subject: Callable[[Resource], Subject | NotApplicable]
    check: Callable[[Subject, Config], Judgement]
    remedy: Callable[[Resource, Config], Remedy] | None = None

    def judge(self, resource: Resource, config: Config) -> Judgement:
        """Apply the rule to a resource; ``config`` has every setting."""
        if resource.type not in self.types:
            return NotApplicable(f"the rule does not look at {resource.type}")
        subject = self.subject(resource)
        return subject if isinstance(subject, NotApplicable) else self.check(subject, config)


@dataclass(frozen=True, kw_only=True)
class StackRule(About):
    """A rule about the relation of several resources.

    Args:
        check: judges all resources together: findings with the resource that each is about.

    """

    check: Callable[[Stack, Config], StackJudgement]


Rule = ResourceRule[Any] | StackRule
