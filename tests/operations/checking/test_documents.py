"""`training-jobs check --format json|sarif`: one document, the same findings as for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from operations.checking.documents import WRITERS, as_json, as_sarif
from operations.checking.formats import CheckFormat
from operations.checking.report import line_of, report_of_mistake
from operations.command_line import app
from tests.operations.checking.findings import DENIED, FAULT, MESSAGE, OWN_SCHEDULE, PATH, URN, YAML, report, sarif_of
from tests.operations.projects import change


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
        "notes": [],
        "costs": [],
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
    change(project, "staging", "      output:\n", "      environment: {API_KEY: canary-4711}\n      output:\n")
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
        "target.input.Environment.API_KEY",
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
