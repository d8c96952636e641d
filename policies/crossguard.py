"""From our rules to the policies that the engine runs: with `serving` the only place that knows the SDK's classes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceRemediation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from exemptions import Exempted, Ledger, sort_out
from findings import Finding, property_path
from resources import NotApplicable, Resource, plain
from rule import About, Level, ResourceRule, Rule, StackRule
from rule_settings import SettingsReader, is_unrelated, settings_reader, settings_schema
from stack import Stack

Found = tuple[Resource, Finding]
Report = tuple[str, str]
"""URN (none for the stack as a whole) and line of a violation."""
Answer = Sequence[Report] | NotApplicable
ResourceJudge = Callable[[Resource, Mapping[str, Any]], Answer]
StackJudge = Callable[[Stack, Mapping[str, Any]], Answer]
TAGS = ("aws", "scheduled-training")


def policies_of(rules: Iterable[Rule]) -> list[Policy]:
    """Make one policy per rule and two, the last of each kind, that show exemptions (see `Ledger`)."""
    ledger = Ledger()
    policies: list[Policy] = []
    for rule in rules:
        if isinstance(rule, StackRule):
            policies.append(_stack_policy(rule, ledger))
        else:
            policies.append(_resource_policy(rule, ledger))
    return [*policies, *_exemption_policies(ledger)]


class ResourcePolicy(ResourceValidationPolicy):
    """A policy about one resource; `judge` is what `validate` does with a resource that has been read already.

    Args:
        judge: takes the resource and the policy's configuration.
        types: type tokens that it looks at, None for all.
        remediate: see the SDK.
        about: the SDK's other arguments.

    """

    def __init__(
        self,
        judge: ResourceJudge,
        types: frozenset[str] | None,
        about: Mapping[str, Any],
        remediate: ResourceRemediation | None = None,
    ) -> None:
        def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
            answer: Answer | None = self.overlooked(args.resource_type)
            if answer is None:
                resource = Resource(args.resource_type, args.name, args.urn, plain(args.props))
                answer = judge(resource, args.get_config())
            _report(answer, args, report_violation)

        super().__init__(validate=validate, remediate=remediate, **about)
        self.judge = judge
        self._types = types

    def overlooked(self, resource_type: str) -> NotApplicable | None:
        """Say why the policy does not look at resources of this type, None where it does."""
        if self._types is None or resource_type in self._types:
            return None
        return NotApplicable(f"the rule does not look at {resource_type}")


class StackPolicy(StackValidationPolicy):
    """A policy about the stack; `judge` is what `validate` does with a stack that has been read already."""

    def __init__(self, judge: StackJudge, about: Mapping[str, Any]) -> None:
        def validate(args: StackValidationArgs, report_violation: ReportViolation) -> None:
            stack = Stack([_stack_resource(resource) for resource in args.resources])
            _report(judge(stack, args.get_config()), args, report_violation)

        super().__init__(validate=validate, **about)
        self.judge = judge


def _resource_policy(rule: ResourceRule[Any], ledger: Ledger) -> ResourcePolicy:
    schema = settings_schema(rule)
    read_settings = settings_reader(schema)

    def judge(resource: Resource, config: Mapping[str, Any]) -> Answer:
        subject = resource.read_by(rule.subject)
        if isinstance(subject, NotApplicable):
            return subject
        settings, faults = read_settings(config)
        if faults:
            return [(resource.urn, fault.line()) for fault in faults]
        if is_unrelated(resource, settings):
            return NotApplicable("the configuration declares it unrelated to training")
        judgement = rule.check(subject, settings)
        if isinstance(judgement, NotApplicable):
            return judgement
        return _counting(rule, [(resource, finding) for finding in judgement], settings, ledger)

    # The SDK takes a plain result as well as the awaitable that its annotation asks for.
    remedy = cast(ResourceRemediation, _remediation(rule, read_settings)) if rule.remedy else None
    return ResourcePolicy(judge, rule.types, _about(rule, schema), remedy)


def _remediation(
    rule: ResourceRule[Any], read_settings: SettingsReader
) -> Callable[[ResourceValidationArgs], Mapping[str, Any] | None]:
    def remediate(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
        if rule.remedy is None or args.resource_type not in rule.types:
            return None
        settings, faults = read_settings(args.get_config())
        if faults:
            return None
        resource = Resource(args.resource_type, args.name, args.urn, plain(args.props))
        changes = {} if is_unrelated(resource, settings) else rule.remedy(resource, settings)
        exempt = _exempt_paths(rule, resource, settings) if changes else []
        wanted = {path: value for path, value in changes.items() if not _covers(path, exempt)}
        for path, value in wanted.items():
            _replace(args.props, path, value)
        return args.props if wanted else None

    return remediate


def _exempt_paths(rule: ResourceRule[Any], resource: Resource, settings: Mapping[str, Any]) -> list[str]:
    """List where the resource has findings that an exemption covers: what somebody asked to keep is not changed."""
    judgement = rule.judge(resource, settings)
    findings = [] if isinstance(judgement, NotApplicable) else judgement
    sorted_out = [sort_out(rule.id, resource, finding, settings["exemptions"], _today()) for finding in findings]
    return [kept.finding.path for kept in sorted_out if isinstance(kept, Exempted)]


def _covers(change: tuple[str, ...], findings: Iterable[str]) -> bool:
    changed = property_path(*change)
    return any(path == changed or path.startswith(f"{changed}.") for path in findings)


def _stack_policy(rule: StackRule, ledger: Ledger) -> StackPolicy:
    schema = settings_schema(rule)
    read_settings = settings_reader(schema)

    def judge(stack: Stack, config: Mapping[str, Any]) -> Answer:
        settings, faults = read_settings(config)
        if faults:
            return [("", fault.line()) for fault in faults]
        judgement = rule.check(stack, settings)
        return judgement if isinstance(judgement, NotApplicable) else _counting(rule, judgement, settings, ledger)

    return StackPolicy(judge, _about(rule, schema))


def _exemption_policies(ledger: Ledger) -> tuple[Policy, Policy]:
    def judge(_subject: Resource | Stack, _config: Mapping[str, Any]) -> Answer:
        notes = [(entry.resource.urn, entry.note().line()) for entry in ledger.take()]
        return notes or NotApplicable("no exemption covers anything here")

    about: dict[str, Any] = {
        "description": "What the policy pack's configuration exempts for a while is shown, never hidden.",
        "enforcement_level": EnforcementLevel.ADVISORY,
        "display_name": "Exemptions in force",
        "severity": Severity.LOW,
        "tags": list(TAGS),
        "remediation_steps": "Cure the finding before its exemption expires, then take the exemption out.",
    }
    return (
        ResourcePolicy(judge, None, {"name": "SG00-exemptions", **about}),
        StackPolicy(judge, {"name": "SG00-exemptions-of-the-stack", **about}),
    )


def _about(rule: About, schema: dict[str, dict[str, Any]]) -> dict[str, Any]:
    prod = rule.levels[-1]
    return {
        "name": rule.policy_name,
        "description": rule.description,
        "enforcement_level": EnforcementLevel.MANDATORY if prod is Level.MANDATORY else EnforcementLevel.ADVISORY,
        "config_schema": PolicyConfigSchema(schema),
        "display_name": rule.title,
        "severity": Severity(rule.severity.value),
        "framework": PolicyComplianceFramework(rule.reference.framework, specification=rule.reference.specification),
        "tags": list(TAGS),
        "remediation_steps": rule.cure,
        "url": rule.url,
    }


def _counting(rule: About, found: Sequence[Found], settings: Mapping[str, Any], ledger: Ledger) -> list[Report]:
    """Leave out what is exempt, and note it in the ledger."""
    counting: list[Report] = []
    for resource, finding in found:
        kept = sort_out(rule.id, resource, finding, settings["exemptions"], _today())
        if isinstance(kept, Exempted):
            ledger.add(kept)
        else:
            counting.append((resource.urn, kept.line()))
    return counting


def _report(
    answer: Answer, args: ResourceValidationArgs | StackValidationArgs, report_violation: ReportViolation
) -> None:
    if isinstance(answer, NotApplicable):
        return args.not_applicable(answer.reason)
    for urn, line in answer:
        report_violation(line, urn or None)
    return None


def _stack_resource(resource: PolicyResource) -> Resource:
    sources = {
        name: frozenset(source.urn for source in origins) for name, origins in resource.property_dependencies.items()
    }
    return Resource(resource.resource_type, resource.name, resource.urn, plain(resource.props), sources)


def _replace(props: Mapping[str, Any], path: tuple[str, ...], value: object) -> None:
    """Change one property in place: the SDK's proxies keep secrets secret, and unknowns unknown, beside it."""
    container: Any = props
    for name in path[:-1]:
        container = container[name]
    container[path[-1]] = value


def _today() -> date:
    return datetime.now(UTC).date()
