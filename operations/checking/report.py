"""What a check found, as the formats for programs tell it: plain values, and where in the stack's file each stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import yaml

from operations.costs.check_lines import declared_costs, documents
from rehearsal.declaring.program import Declaration
from rehearsal.judging.judgement import Fault
from rehearsal.judging.policy_messages import PolicyDescription, policy_id
from rehearsal.judging.stack_check import StackCheck

_JOB_TYPE: Final = "scheduled-training:index:ScheduledTrainingJob"
_SETTING: Final = re.compile(r"  (?P<path>\S+): (?P<what>.+)")
_GOT: Final = re.compile(r"got (?P<value>.*?); (?P<allowed>allowed: .+)?")


@dataclass(frozen=True)
class Finding:
    """One finding with its training job (empty: of none) and its line in the stack's file."""

    fault: Fault
    training_job: str = ""
    line: int = 1

    @property
    def level(self) -> str:
        """`mandatory` or `advisory`; `remediated` for what a policy has changed, which is no fault left."""
        if self.fault.kind == "remediated":
            return "remediated"
        return "mandatory" if self.fault.mandatory else "advisory"

    @property
    def rule(self) -> str:
        """The policy's name, or what kind of finding it is."""
        return self.fault.rule or self.fault.kind

    @property
    def rule_id(self) -> str:
        """The rule's id, such as `SG16`."""
        return policy_id(self.rule)


@dataclass(frozen=True)
class CheckReport:
    """What a check has to say; `file` is the stack's, as a path from the repository's root with `/`.

    `counts` is None where the stack could not be judged at all.
    """

    stack: str
    file: str
    findings: tuple[Finding, ...]
    policies: tuple[PolicyDescription, ...] = ()
    counts: Mapping[str, int] | None = field(default=None)
    notes: tuple[str, ...] = ()
    """What the program says besides, and what stands in for what AWS would have answered."""
    costs: tuple[Mapping[str, Any], ...] = ()
    """What each schedule costs, at the dated prices of this version."""

    @property
    def passed(self) -> bool:
        """Whether `pulumi up` and the first invocation would go through."""
        return self.counts is not None and not any(finding.fault.mandatory for finding in self.findings)

    def number_of(self, level: str) -> int:
        """How many findings are of a level."""
        return sum(finding.level == level for finding in self.findings)


def report_of_check(check: StackCheck, file: str, text: str) -> CheckReport:
    """Report a check; `text` is the content of the stack's file, mandatory findings come first."""
    jobs = f"{check.declaration.project}:training_jobs"
    findings = [
        Finding(fault, job, line_of(text, ("config", jobs, job) if job else ()))
        for fault in sorted(check.faults, key=lambda fault: not fault.mandatory)
        for job in [_training_job(fault.urn, check.declaration)]
    ]
    counts = {
        "training_jobs": check.training_jobs,
        "schedules": len(check.schedules),
        "resources": len(check.declaration.resources),
        "policies": len(check.policies),
    }
    return CheckReport(
        check.declaration.stack,
        file,
        tuple(findings),
        check.descriptions,
        counts,
        check.notes,
        tuple(documents(declared_costs(check.schedules, datetime.now(UTC)))),
    )


def report_of_mistake(stack: str, message: str, file: str, text: str) -> CheckReport:
    """Report why nothing could be judged: a finding for each setting that the message names, else one as a whole."""
    settings = list(_settings(message, file))
    findings = [
        Finding(fault, job, line_of(text, ("config", *_steps(fault.path))))
        for fault in settings
        for job in [_job_of_setting(fault.path)]
    ]
    whole = (Finding(Fault("settings", file, message, what=message)),)
    return CheckReport(stack, file, tuple(findings) or whole)


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line of the deepest key of a path in a YAML text, 1 for none; lists are not entered."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return 1
    line = 1
    for step in path:
        entries = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((key, value) for key, value in entries if key.value == step), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _training_job(urn: str, declaration: Declaration) -> str:
    by_urn = {resource.urn: resource for resource in declaration.resources}
    while resource := by_urn.get(urn):
        if resource.type == _JOB_TYPE:
            return resource.name
        urn = resource.parent
    return ""


def _settings(message: str, file: str) -> Iterator[Fault]:
    for line in message.splitlines():
        if match := _SETTING.fullmatch(line):
            got = _GOT.match(match["what"])
            value, allowed = (got["value"], got["allowed"]) if got else ("", None)
            yield Fault(
                "settings",
                file,
                line.strip(),
                path=match["path"],
                value=value,
                what=match["what"],
                cure=allowed or "",
            )


def _steps(path: str) -> list[str]:
    namespace, colon, setting = path.partition(":")
    first, *rest = setting.split(".")
    return [f"{namespace}{colon}{first}", *rest]


def _job_of_setting(path: str) -> str:
    steps = _steps(path)
    return steps[1] if steps[0].endswith(":training_jobs") and len(steps) > 1 else ""
