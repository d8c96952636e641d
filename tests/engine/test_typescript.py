"""The TypeScript example, previewed by the real engine; its packages come from npm, once for this machine."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from provider.schema import package_schema
from tests.engine.component_projects import ALL, EXAMPLES, cloned, request_in
from tests.engine.pulumi_cli import Engine, Project

pytestmark = pytest.mark.slow

PACKAGE_FILE = EXAMPLES / "typescript" / "package.json"
INSTALLATION_IN_SECONDS = 300


@pytest.fixture(scope="module")
def node_packages() -> Path:
    """The `node_modules` of the example, kept between runs by what its package.json asks for."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm and node are not on PATH: no TypeScript to run")
    digest = hashlib.sha256(PACKAGE_FILE.read_bytes()).hexdigest()[:16]
    kept = Path(tempfile.gettempdir()) / f"scheduled-training-typescript-{digest}"
    if not (kept / "installed").exists():
        kept.mkdir(exist_ok=True)
        shutil.copy(PACKAGE_FILE, kept)
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
        try:
            done = subprocess.run(
                command, cwd=kept, capture_output=True, text=True, check=False, timeout=INSTALLATION_IN_SECONDS
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm did not install the example's packages in {INSTALLATION_IN_SECONDS} s")
        if done.returncode:
            pytest.skip(f"npm cannot install the example's packages: {done.stderr.strip()[:200]}")
        (kept / "installed").touch()
    return kept / "node_modules"


@pytest.fixture(scope="module")
def typescript(engine: Engine, node_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The example as `pulumi package add` leaves it: with an SDK that is made of the schema, and compiled."""
    if shutil.which("pulumi-language-nodejs") is None:
        pytest.skip("pulumi-language-nodejs is not on PATH, which the Pulumi CLI comes with: no TypeScript to run")
    project = cloned(engine, tmp_path_factory.mktemp("clone"), "typescript")
    here = project.directory
    shutil.copytree(node_packages, here / "node_modules", symlinks=True, copy_function=os.link)
    (here / "schema.json").write_text(json.dumps(package_schema("0.1.0")))
    made = project.pulumi("package", "gen-sdk", "schema.json", "--language", "nodejs", "--out", "sdks")
    assert made.exit_code == 0, made.output
    compiled(here, "--project", "sdks/nodejs")
    package = here / "node_modules" / "@pulumi" / "scheduled-training"
    shutil.copytree(here / "sdks" / "nodejs" / "bin", package)
    shutil.copy(here / "sdks" / "nodejs" / "package.json", package)
    assert project.pulumi("stack", "init", "dev").exit_code == 0
    return project


def compiled(directory: Path, *arguments: str) -> None:
    done = subprocess.run(
        ["node_modules/.bin/tsc", *arguments], cwd=directory, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def changed(project: Project, **changes: str) -> None:
    text = (EXAMPLES / "typescript" / "index.ts").read_text()
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    (project.directory / "index.ts").write_text(text)


def test_the_example_is_typed_by_the_sdk(typescript: Project) -> None:
    compiled(typescript.directory, "--project", ".")


def test_a_first_preview_in_typescript_knows_the_whole_job(typescript: Project) -> None:
    run = typescript.operate("preview", "dev")

    assert run.exit_code == 0, run.output
    prefix = "urn:pulumi:dev::readmission::"
    seen = {urn.removeprefix(prefix) for urn in run.steps if "TrainingPackages" not in urn}
    assert seen == ALL | {"pulumi:pulumi:Stack::readmission-dev"}
    assert request_in(run)["HyperParameters"]["n_estimators"] == "300"
    assert json.loads(run.exports["targetInput"]) == request_in(run)


def test_policies_see_what_is_inside_and_no_default_of_the_sdk_is_in_the_way(typescript: Project) -> None:
    groups = 'resources: { instanceGroups: [{ name: "small", instanceType: "ml.m5.large" }] }'
    changed(typescript, **{'resources: { instanceType: "ml.m5.large" }': groups})
    shutil.copytree(EXAMPLES.parent / "policies", typescript.directory / "policies", dirs_exist_ok=True)

    run = typescript.operate("preview", "dev", "--policy-pack", "policies")

    assert {found.policy for found in run.violations} == {
        *("SG14-spot-used", "SG22-customer-keys", "SG23-closed-network")
    }, run.output
    assert request_in(run)["ResourceConfig"] == {
        "InstanceGroups": [{"InstanceGroupName": "small", "InstanceType": "ml.m5.large", "InstanceCount": 1}],
        "VolumeSizeInGB": 30,
    }


def test_every_mistake_is_shown_at_once_in_typescript(typescript: Project) -> None:
    changed(typescript, **{"ml.m5.large": "m5.large", "rate(7 days)": "every week"})

    run = typescript.operate("preview", "dev")

    assert run.exit_code != 0
    assert "training job readmission has 2 problems" in run.output
    assert "property resources.instanceType with value '{m5.large}' has a problem: got 'm5.large'; " in run.output
    assert "property schedule.expression with value '{every week}' has a problem: got 'every week'; " in run.output
    assert "Traceback" not in run.output
