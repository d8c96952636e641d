"""The SARIF log of a check, as code scanning reads it."""

from __future__ import annotations

import json
from importlib.metadata import version

import pytest
from jsonschema import ValidationError

from operations.checking.documents import as_json, as_sarif
from operations.checking.report import CheckReport, Finding
from rehearsal.judging.judgement import Fault
from tests.operations.checking.findings import CHANGED, DENIED, FAULT, MESSAGE, PATH, POLICY, URN, report, sarif_of


def test_a_sarif_result_points_at_the_job_in_the_stacks_file() -> None:
    (result,) = sarif_of(as_sarif(report(FAULT)))["results"]

    assert result.pop("partialFingerprints").keys() == {"finding/v1"}
    assert result == {
        "ruleId": "SG16-spot-max-wait",
        "ruleIndex": 4,
        "level": "warning",
        "message": {"text": f"forest: {MESSAGE}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "ml/Pulumi.prod.yaml"},
                    "region": {"startLine": 4},
                },
                "logicalLocations": [
                    {"name": "forest", "fullyQualifiedName": URN, "kind": "resource"},
                    {"name": PATH, "fullyQualifiedName": f"{URN}#{PATH}", "kind": "member"},
                ],
            }
        ],
        "properties": {"path": PATH, "value": "1800", "cure": "raise it to at least 3600"},
    }


def test_a_mandatory_finding_is_an_error_in_sarif() -> None:
    (result,) = sarif_of(as_sarif(report(DENIED)))["results"]

    assert (result["ruleId"], result["level"]) == ("permission", "error")


def test_what_a_policy_has_changed_is_of_a_level_of_its_own() -> None:
    document = json.loads(as_json(report(CHANGED, FAULT)))
    (result, _advisory) = sarif_of(as_sarif(report(CHANGED, FAULT)))["results"]

    assert document["passed"] is True
    counts = {name: document["counts"][name] for name in ("mandatory", "advisory", "remediated")}
    assert counts == {"mandatory": 0, "advisory": 1, "remediated": 1}
    finding = document["findings"][0]
    assert (finding["level"], finding["kind"], finding["rule"]["name"]) == ("remediated", "remediated", FAULT.rule)
    assert (finding["path"], finding["value"], finding["cure"]) == (CHANGED.path, None, CHANGED.cure)
    assert (result["ruleId"], result["level"], result["ruleIndex"]) == (FAULT.rule, "note", 4)


def test_a_sarif_rule_says_what_the_pack_says_of_it() -> None:
    rules = sarif_of(as_sarif(report()))["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == ["settings", "schedule", "request", "permission", "SG16-spot-max-wait"]
    assert rules[4] == {
        "id": "SG16-spot-max-wait",
        "name": "SpotMaxWait",
        "shortDescription": {"text": "Spot waits long enough"},
        "fullDescription": {"text": "Spot needs a wait time."},
        "help": {
            "text": "Spot needs a wait time. Cure: Set MaxWaitTimeInSeconds.",
            "markdown": "Spot needs a wait time. Cure: Set MaxWaitTimeInSeconds. [More](https://example.org/spot)",
        },
        "helpUri": "https://example.org/spot",
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["security", "aws"], "security-severity": "8.0"},
    }


def test_the_tool_says_its_version() -> None:
    driver = sarif_of(as_sarif(report()))["tool"]["driver"]

    assert driver["name"] == "training-jobs"
    assert driver["version"] == driver["semanticVersion"] == version("scheduled-training")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("runs.0.tool.driver.name", None),
        ("runs.0.tool.driver.rules.0.shortDescription", "a text"),
        ("runs.0.tool.driver.rules.4.properties.tags", "security"),
        ("runs.0.tool.driver.rules.4.properties.security-severity", 8.0),
        ("runs.0.tool.driver.rules.4.defaultConfiguration.level", "mandatory"),
        ("runs.0.tool.driver.rules.4.helpUri", "no address"),
        ("runs.0.invocations.0.executionSuccessful", "yes"),
        ("runs.0.results.0.message", {"txt": "misspelt"}),
        ("runs.0.results.0.locations.0.physicalLocation.region.startLine", 0),
        ("runs.0.results.0.locations.0.physicalLocation.artifactLocation.uri", "/absolute path"),
        ("runs.0.results.0.locations.0.logicalLocations.0.kind", ["resource"]),
        ("runs.0.results.0.partialFingerprints.finding/v1", 1),
        ("runs.0.results.0.properties.value", 1800),
        ("runs.0.results.0.locations.0.more", {}),
    ],
)
def test_a_log_that_is_wrong_deep_inside_would_be_noticed(path: str, value: object) -> None:
    log = json.loads(as_sarif(report(FAULT)))
    *steps, last = path.split(".")
    container = log
    for step in steps:
        container = container[int(step)] if isinstance(container, list) else container[step]
    container[last] = value

    with pytest.raises(ValidationError):
        sarif_of(json.dumps(log))


def test_each_stack_has_an_upload_of_its_own() -> None:
    assert sarif_of(as_sarif(report()))["automationDetails"] == {"id": "training-jobs/prod/"}


def test_a_fingerprint_knows_findings_apart_and_not_their_lines() -> None:
    other = Fault("policy", "forest", MESSAGE, rule=FAULT.rule, path=f"{PATH}s", what=FAULT.what, urn=URN)
    moved = CheckReport("prod", "f", (Finding(FAULT, "forest", 99),), (POLICY,), {})
    first, second = sarif_of(as_sarif(report(FAULT, other)))["results"]
    (third,) = sarif_of(as_sarif(moved))["results"]

    assert first["partialFingerprints"] != second["partialFingerprints"]
    assert first["partialFingerprints"] == third["partialFingerprints"]


def test_a_file_name_with_a_space_is_a_valid_uri() -> None:
    spaced = CheckReport("prod", "my models/Pulumi.prod.yaml", (Finding(DENIED),), (), {})
    (result,) = sarif_of(as_sarif(spaced))["results"]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20models/Pulumi.prod.yaml"
