"""`training-jobs check --format json|sarif`: one document, the same findings as for people."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from typer.testing import CliRunner, Result

from operations.check_format import CheckFormat
from operations.check_formats import WRITERS, as_json, as_sarif
from operations.check_report import CheckReport, Finding, line_of, report_of_mistake
from operations.command_line import app
from rehearsal.judging.judgement import Fault
from rehearsal.judging.policy_messages import PolicyDescription
from tests.operations.projects import change, copy_project
from tests.operations.sarif_log import SARIF_LOG

URN = "urn:pulumi:prod::p::scheduled-training:index:ScheduledTrainingJob$aws:scheduler/schedule:Schedule::forest"
PATH = "target.input.StoppingCondition.MaxWaitTimeInSeconds"
MESSAGE = f"{PATH} is 1800: shorter than MaxRuntimeInSeconds. Cure: raise it to at least 3600."
POLICY = PolicyDescription(
    name="SG16-spot-max-wait",
    level="advisory",
    description="Spot needs a wait time.",
    title="Spot waits long enough",
    severity="high",
    tags=("aws",),
    cure="Set MaxWaitTimeInSeconds.",
    url="https://example.org/spot",
)
FAULT = Fault(
    "policy",
    "forest",
    MESSAGE,
    mandatory=False,
    rule="SG16-spot-max-wait",
    path=PATH,
    value="1800",
    what="shorter than MaxRuntimeInSeconds",
    cure="raise it to at least 3600",
    urn=URN,
)
CHANGED = Fault(
    "remediated",
    "forest",
    "target.retryPolicy.maximumRetryAttempts: changed by the policy, and deployed so. "
    "Cure: declare it so in the program.",
    mandatory=False,
    rule="SG16-spot-max-wait",
    path="target.retryPolicy.maximumRetryAttempts",
    what="changed by the policy, and deployed so",
    cure="declare it so in the program",
    urn=URN,
)
DENIED = Fault("permission", "arn:aws:iam::123456789012:role/forest-execution", "may not s3:GetObject on a bucket")
OWN_SCHEDULE = """

import json

import pulumi_aws

ROLE = "arn:aws:iam::123456789012:role/somebody"
REQUEST = {
    "TrainingJobName": "not allowed",
    "RoleArn": ROLE,
    "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
    "OutputDataConfig": {"S3OutputPath": "s3://ml-platform-staging-ml-bucket/outputs/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
pulumi_aws.scheduler.Schedule(
    "own",
    name="own",
    group_name="default",
    state="ENABLED",
    schedule_expression="rate(1 day)",
    flexible_time_window={"mode": "OFF"},
    target={
        "arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
        "role_arn": ROLE,
        "input": json.dumps(REQUEST),
        "retry_policy": {"maximum_retry_attempts": 0},
    },
)
"""
YAML = """\
config:
  aws:region: us-east-1
  scheduled-training:training_jobs:
    forest:
      schedule:
        expression: cron(0 3 * * *)
"""


def report(*faults: Fault) -> CheckReport:
    findings = tuple(Finding(fault, "forest" if fault.urn else "", 4 if fault.urn else 1) for fault in faults)
    counts = {"training_jobs": 1, "resources": 10, "policies": 31}
    return CheckReport("prod", "ml/Pulumi.prod.yaml", findings, (POLICY,), counts)


def sarif_of(text: str) -> dict[str, Any]:
    """The log's one run, after the checks that the standard's schema and code-scanning pages make of every log."""
    log = json.loads(text)
    Draft202012Validator(SARIF_LOG).validate(log)
    run: dict[str, Any] = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    return run


def test_the_json_document_has_everything_of_a_finding() -> None:
    assert json.loads(as_json(report(FAULT))) == {
        "version": 1,
        "stack": "prod",
        "file": "ml/Pulumi.prod.yaml",
        "judged": True,
        "passed": True,
        "counts": {"training_jobs": 1, "resources": 10, "policies": 31, "mandatory": 0, "advisory": 1, "remediated": 0},
        "findings": [
            {
                "level": "advisory",
                "kind": "policy",
                "rule": {"id": "SG16", "name": "SG16-spot-max-wait", "title": "Spot waits long enough"},
                "resource": {"name": "forest", "urn": URN},
                "training_job": "forest",
                "path": PATH,
                "value": "1800",
                "fault": "shorter than MaxRuntimeInSeconds",
                "cure": "raise it to at least 3600",
                "message": MESSAGE,
                "line": 4,
            }
        ],
    }


def test_what_a_finding_does_not_have_is_null() -> None:
    document = json.loads(as_json(report(DENIED)))

    assert document["passed"] is False
    assert document["findings"] == [
        {
            "level": "mandatory",
            "kind": "permission",
            "rule": {"id": "permission", "name": "permission", "title": "Permissions"},
            "resource": {"name": "arn:aws:iam::123456789012:role/forest-execution", "urn": None},
            "training_job": None,
            "path": None,
            "value": None,
            "fault": "may not s3:GetObject on a bucket",
            "cure": None,
            "message": "may not s3:GetObject on a bucket",
            "line": 1,
        }
    ]


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


def test_settings_mistakes_are_findings_with_their_lines() -> None:
    message = (
        "Pulumi.prod.yaml has 2 problems:\n"
        "  scheduled-training:training_jobs.forest.schedule.expression: got 'cron(0 3 * * *)'; allowed: six fields\n"
        "  aws:region: is required and not set"
    )
    document = json.loads(as_json(report_of_mistake("prod", message, "Pulumi.prod.yaml", YAML)))

    assert (document["judged"], document["passed"], document["counts"]["mandatory"]) == (False, False, 2)
    first, second = document["findings"]
    assert first == {
        "level": "mandatory",
        "kind": "settings",
        "rule": {"id": "settings", "name": "settings", "title": "Settings"},
        "resource": {"name": "Pulumi.prod.yaml", "urn": None},
        "training_job": "forest",
        "path": "scheduled-training:training_jobs.forest.schedule.expression",
        "value": "'cron(0 3 * * *)'",
        "fault": "got 'cron(0 3 * * *)'; allowed: six fields",
        "cure": "allowed: six fields",
        "message": (
            "scheduled-training:training_jobs.forest.schedule.expression: got 'cron(0 3 * * *)'; allowed: six fields"
        ),
        "line": 6,
    }
    assert (second["path"], second["fault"], second["value"], second["cure"], second["line"]) == (
        "aws:region",
        "is required and not set",
        None,
        None,
        2,
    )


def test_any_other_mistake_is_one_finding() -> None:
    made = report_of_mistake("prdo", "there is no stack 'prdo': Pulumi.prdo.yaml is missing", "Pulumi.prdo.yaml", "")
    run = sarif_of(as_sarif(made))

    assert run["invocations"] == [{"executionSuccessful": False}]
    assert [result["message"]["text"] for result in run["results"]] == [
        "Pulumi.prdo.yaml: there is no stack 'prdo': Pulumi.prdo.yaml is missing"
    ]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("config", "scheduled-training:training_jobs", "forest"), 4),
        (("config", "scheduled-training:training_jobs", "forest", "schedule", "expression"), 6),
        (("config", "scheduled-training:training_jobs", "forest", "channels"), 4),
        (("config", "nowhere"), 1),
    ],
)
def test_a_path_leads_to_the_line_of_its_deepest_key(path: tuple[str, ...], line: int) -> None:
    assert line_of(YAML, path) == line


@pytest.mark.parametrize("text", ["", "- a list", "a: [broken", "\tb: 1", "[" * 1000], ids=lambda text: text[:9])
def test_a_file_that_is_no_mapping_has_line_one(text: str) -> None:
    assert line_of(text, ("config", "a")) == 1


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = copy_project(tmp_path / "project")
    monkeypatch.chdir(project)
    return project


def check(form: str) -> Result:
    return CliRunner().invoke(app, ["check", "--stack", "staging", "--format", form])


@pytest.mark.slow
@pytest.mark.parametrize("form", sorted(WRITERS))
def test_standard_output_is_the_document_alone(project: Path, form: CheckFormat) -> None:
    program = project / "__main__.py"
    program.write_text(f"{program.read_text()}\nprint('a program may print')\n")
    done = check(form)

    assert done.exit_code == 0
    assert json.loads(done.stdout)
    assert "a program may print" not in done.stdout


@pytest.mark.slow
def test_policies_requests_and_permissions_are_found(project: Path) -> None:
    change(project, "staging", "        max_depth: 5\n", "        max_depth: 5\n        api_key: canary-4711\n")
    program = project / "__main__.py"
    program.write_text(program.read_text() + OWN_SCHEDULE)
    done = check("json")
    document = json.loads(done.stdout)

    assert done.exit_code == 1
    assert "canary" not in done.stdout
    lines = (project / "Pulumi.staging.yaml").read_text().splitlines()
    findings = {(found["level"], found["rule"]["name"], found["training_job"]): found for found in document["findings"]}
    secret = findings["mandatory", "SG24-no-secrets", "breast-cancer"]
    assert (secret["path"], secret["value"], secret["line"]) == (
        "target.input.HyperParameters.api_key",
        None,
        lines.index("    breast-cancer:") + 1,
    )
    refused = findings["mandatory", "request", None]
    assert (refused["path"], refused["value"], refused["fault"], refused["line"]) == (
        "TrainingJobName",
        "'not allowed'",
        "SageMaker would refuse it",
        1,
    )
    assert refused["resource"]["urn"].endswith("aws:scheduler/schedule:Schedule::own")
    role = findings["advisory", "permission", None]
    assert (role["fault"], role["resource"]) == (
        "is not part of this stack or not known at a preview, so its permissions are not judged",
        {"name": "arn:aws:iam::123456789012:role/somebody", "urn": None},
    )
    levels = [found["level"] for found in document["findings"]]
    assert levels == sorted(levels, reverse=True)


@pytest.mark.slow
def test_a_settings_mistake_comes_out_in_the_format(project: Path) -> None:
    change(project, "staging", "cron(0 3 * * ? *)", "cron(0 3 * * ?)")
    done = check("sarif")
    run = sarif_of(done.stdout)

    assert (done.exit_code, done.stderr) == (1, "")
    (result,) = run["results"]
    assert result["ruleId"] == "settings"
    assert "cron has 5 fields" in result["message"]["text"]


@pytest.mark.slow
def test_paths_start_at_the_repository(project: Path) -> None:
    (project.parent / ".git").mkdir()

    assert json.loads(check("json").stdout)["file"] == "project/Pulumi.staging.yaml"


def test_an_unknown_format_is_refused() -> None:
    done = CliRunner().invoke(app, ["check", "--format", "xml"])

    assert done.exit_code == 2
    assert "xml" in done.stderr
