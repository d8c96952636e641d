"""What a check found, written for programs: one JSON document, or SARIF 2.1.0 for code-scanning pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

from operations.checking.formats import CheckFormat
from operations.checking.report import CheckReport, Finding
from rehearsal.judging.policy_messages import PolicyDescription, policy_id

JSON_VERSION: Final = 1
"""Goes up when a member of the JSON document is renamed or taken out; new members may come at any time."""
_TOOL: Final = "training-jobs"
_DISTRIBUTION: Final = "scheduled-training"
_SARIF_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS: Final = (
    PolicyDescription(
        "settings", "mandatory", "The stack's settings must be complete and within their limits.", "Settings"
    ),
    PolicyDescription("schedule", "mandatory", "An enabled schedule must be due at least once more.", "Schedule"),
    PolicyDescription(
        "request", "mandatory", "SageMaker must accept the CreateTrainingJob request of a schedule.", "Request"
    ),
    PolicyDescription(
        "permission",
        "mandatory",
        "The scheduler role and the execution role must allow every call that an invocation makes.",
        "Permissions",
    ),
)
"""The rules of this program's own, beside the policy pack's."""
_SCORES: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""A policy's severity as the number that code-scanning pages sort by (bounds of CVSS: 9, 7, 4)."""


def as_json(report: CheckReport) -> str:
    """Write the JSON document; members without a value are null."""
    titles = {policy.name: policy.title for policy in (*report.policies, *_KINDS)}
    document = {
        "version": JSON_VERSION,
        "stack": report.stack,
        "file": report.file,
        "judged": report.counts is not None,
        "passed": report.passed,
        "counts": {
            **(report.counts or {"training_jobs": 0, "schedules": 0, "resources": 0, "policies": 0}),
            "mandatory": report.number_of("mandatory"),
            "advisory": report.number_of("advisory"),
            "remediated": report.number_of("remediated"),
        },
        "findings": [_json_finding(finding, titles) for finding in report.findings],
        "notes": list(report.notes),
        "costs": [dict(each) for each in report.costs],
    }
    return json.dumps(document, indent=2)


def as_sarif(report: CheckReport) -> str:
    """Write a SARIF 2.1.0 log with one run, which each stack's next upload replaces."""
    rules = (*_KINDS, *report.policies)
    numbers = {rule.name: number for number, rule in enumerate(rules)}
    release = version(_DISTRIBUTION)
    run = {
        "tool": {
            "driver": {
                "name": _TOOL,
                "version": release,
                "semanticVersion": release,
                "rules": [_sarif_rule(rule) for rule in rules],
            }
        },
        "automationDetails": {"id": f"{_TOOL}/{report.stack}/"},
        "invocations": [_sarif_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(finding, report.file, numbers) for finding in report.findings],
    }
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


WRITERS: Final[Mapping[CheckFormat, Callable[[CheckReport], str]]] = {
    CheckFormat.JSON: as_json,
    CheckFormat.SARIF: as_sarif,
}
"""The formats that are one document."""


def _json_finding(finding: Finding, titles: Mapping[str, str]) -> dict[str, Any]:
    fault = finding.fault
    return {
        "level": finding.level,
        "kind": fault.kind,
        "rule": {"id": finding.rule_id, "name": finding.rule, "title": titles.get(finding.rule) or None},
        "resource": {"name": fault.subject, "urn": fault.urn or None},
        "training_job": finding.training_job or None,
        "path": fault.path or None,
        "value": fault.value or None,
        "fault": fault.what or fault.message,
        "cure": fault.cure or None,
        "message": fault.message,
        "line": finding.line,
    }


def _sarif_invocation(report: CheckReport) -> dict[str, Any]:
    notes = [{"level": "note", "message": {"text": note}} for note in report.notes]
    told = {"toolExecutionNotifications": notes} if notes else {}
    return {"executionSuccessful": report.counts is not None} | told


def _sarif_rule(rule: PolicyDescription) -> dict[str, Any]:
    title = rule.title or rule.name
    help_text = " ".join(part for part in (rule.description, rule.cure and f"Cure: {rule.cure}") if part)
    described: dict[str, Any] = {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.name.removeprefix(policy_id(rule.name)).split("-")) or title,
        "shortDescription": {"text": title},
        "fullDescription": {"text": rule.description},
        "help": {"text": help_text, "markdown": f"{help_text} [More]({rule.url})" if rule.url else help_text},
        "defaultConfiguration": {"level": _sarif_level(rule.level)},
    }
    if rule.url:
        described["helpUri"] = rule.url
    if rule.severity:
        described["properties"] = {"tags": ["security", *rule.tags], "security-severity": _SCORES[rule.severity]}
    return described


def _sarif_result(finding: Finding, file: str, numbers: Mapping[str, int]) -> dict[str, Any]:
    fault = finding.fault
    # Braces stay as they are: pages show a message as it is written, and cures are copied from there.
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _sarif_level(finding.level),
        "message": {"text": f"{fault.subject}: {fault.message}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(file)},
                    "region": {"startLine": finding.line},
                },
                "logicalLocations": _logical_locations(finding),
            }
        ],
        # A line number is no part of it: the same finding stays the same when the file changes above it.
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
        "properties": {
            name: value for name, value in (("path", fault.path), ("value", fault.value), ("cure", fault.cure)) if value
        },
    }
    if finding.rule in numbers:
        result["ruleIndex"] = numbers[finding.rule]
    return result


def _logical_locations(finding: Finding) -> list[dict[str, str]]:
    fault = finding.fault
    resource = {"name": fault.subject, "fullyQualifiedName": fault.urn or fault.subject, "kind": "resource"}
    if not fault.path:
        return [resource]
    member = {
        "name": fault.path,
        "fullyQualifiedName": f"{resource['fullyQualifiedName']}#{fault.path}",
        "kind": "member",
    }
    return [resource, member]


def _fingerprint(finding: Finding) -> str:
    fault = finding.fault
    parts = (finding.rule, fault.urn or fault.subject, fault.path, fault.what or fault.message)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _sarif_level(level: str) -> str:
    return {"advisory": "warning", "remediated": "note"}.get(level, "error")
