"""The component in other people's programs, previewed and deployed by the real engine, which starts the provider."""

import json
import shutil
from pathlib import Path

import pytest

from provider.schema import package_schema
from tests.engine.component_projects import ALL, EXAMPLES, cloned, request_in
from tests.engine.pulumi_cli import ROOT, Engine, Project

pytestmark = pytest.mark.slow


@pytest.fixture
def yaml_project(engine: Engine, tmp_path: Path) -> Project:
    """The YAML example inside a clone; its code is a script of its own, so that an update makes no packages."""
    if shutil.which("pulumi-language-yaml") is None:
        pytest.skip("pulumi-language-yaml is not on PATH, which the Pulumi CLI comes with: no YAML to run")
    project = cloned(engine, tmp_path, "yaml")
    (project.directory / "mine").mkdir()
    (project.directory / "mine" / "fit.py").write_text("print('fitted')\n")
    change(project, "      output:", "      source: {directory: mine, entryPoint: fit.py}\n      output:")
    assert project.pulumi("stack", "init", "dev").exit_code == 0
    return project


def change(project: Project, old: str, new: str) -> None:
    program = project.directory / "Pulumi.yaml"
    text = program.read_text()
    assert text.count(old) == 1
    program.write_text(text.replace(old, new))


def test_a_first_preview_in_yaml_knows_the_whole_job(yaml_project: Project) -> None:
    run = yaml_project.operate("preview", "dev")

    assert run.exit_code == 0, run.output
    prefix = "urn:pulumi:dev::readmission::"
    assert {urn.removeprefix(prefix) for urn in run.steps} == ALL | {"pulumi:pulumi:Stack::readmission-dev"}
    assert request_in(run)["HyperParameters"]["n_estimators"] == "300"
    assert json.loads(run.exports["targetInput"]) == request_in(run)


def test_a_job_in_yaml_may_track_nowhere(yaml_project: Project) -> None:
    program = yaml_project.directory / "Pulumi.yaml"
    before, after = program.read_text().split("      tracking:\n")
    program.write_text(f"{before}      tracking: none\n{after[after.index('outputs:') :]}")

    run = yaml_project.operate("preview", "dev")

    assert run.exit_code == 0, run.output
    environment = request_in(run)["Environment"]
    assert environment["TRACKING"] == "none"
    assert "MLFLOW_TRACKING_URI" not in environment


def test_policies_see_what_is_inside(yaml_project: Project) -> None:
    shutil.copytree(ROOT / "policies", yaml_project.directory / "policies")

    run = yaml_project.operate("preview", "dev", "--policy-pack", "policies")

    assert run.exit_code != 0
    findings = {found.policy for found in run.violations}
    assert findings == {"SG14-spot-used", "SG22-customer-keys", "SG23-closed-network"}, run.output


def test_an_update_is_followed_by_nothing_to_do(yaml_project: Project) -> None:
    up = yaml_project.operate("up", "dev", "--yes")
    assert up.exit_code == 0, up.output

    again = yaml_project.operate("up", "dev", "--yes")

    assert (again.exit_code, again.done) == (0, set()), again.output


def test_every_mistake_is_shown_at_once_with_its_property(yaml_project: Project) -> None:
    change(yaml_project, "instanceType: ml.m5.large", "instanceType: m5.large")
    change(yaml_project, "expression: rate(7 days)", "expression: every week")

    run = yaml_project.operate("preview", "dev")

    assert run.exit_code != 0
    assert "training job readmission has 2 problems" in run.output
    assert "property resources.instanceType with value '{m5.large}' has a problem: got 'm5.large'; allowed: " in (
        run.output
    )
    assert "property schedule.expression with value '{every week}' has a problem: got 'every week'; " in run.output
    assert "Traceback" not in run.output


def test_a_secret_that_is_refused_is_not_shown(yaml_project: Project) -> None:
    change(yaml_project, "bucket: hospital-data", "bucket: {fn::secret: hunter2-hospital}")

    run = yaml_project.operate("preview", "dev")

    assert run.exit_code != 0
    assert "property bucket has a problem: comes from another resource, or is a secret; " in run.output
    assert "hunter2" not in run.output


@pytest.mark.parametrize("language", ["nodejs", "python"])
def test_an_sdk_can_be_made_of_the_schema(language: str, engine: Engine, tmp_path: Path) -> None:
    if shutil.which(f"pulumi-language-{language}") is None:
        pytest.skip(f"pulumi-language-{language} is not on PATH, which the Pulumi CLI comes with")
    project = engine.project(tmp_path / "sdk", EXAMPLES / "python")
    (project.directory / "schema.json").write_text(json.dumps(package_schema("0.1.0")))

    run = project.pulumi("package", "gen-sdk", "schema.json", "--language", language, "--out", "made")

    assert run.exit_code == 0, run.output
    made = "".join(file.read_text() for file in (project.directory / "made").rglob("*") if file.is_file())
    assert "How many machines; several grow one forest together, with Dask. 1 to 100." in made
    assert "'FastFile'" in made or '"FastFile"' in made
