"""Values that a project gives to all its stacks, and a stack of one's own: docs/many-jobs.md in the real engine."""

import json
import re
from pathlib import Path

import pytest

from rehearsal.declaring.stack_configuration import read_stack_configuration
from tests.engine.pulumi_cli import ROOT, Engine, Project
from tests.rehearsal.declaring.engine_values import INSIDE, ON_TOP

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "many-jobs.md").read_text(encoding="utf-8")
_, SHARED, OF_A_STACK = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
MIGRATING = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")
IMPORTED = re.findall(r"^\| `(aws:[^`]+)` \| `([^`]+)` \|", MIGRATING, re.MULTILINE)
(COMMANDS,) = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def project(engine: Engine, folder: Path) -> Project:
    """A project with the page's files, in which the page's commands have been typed."""
    project = engine.project(folder / "shared")
    (project.directory / "Pulumi.yaml").write_text(SHARED)
    (project.directory / "Pulumi.staging.yaml").write_text(OF_A_STACK)
    for command in re.findall(r"^\$ (.*)$", COMMANDS, re.MULTILINE):
        name, *arguments = command.split()
        if name == "cp":
            (project.directory / arguments[1]).write_text((project.directory / arguments[0]).read_text())
        elif name == "pulumi":
            run = project.pulumi(*arguments)
            assert run.exit_code == 0, run.output
    return project


def test_a_stack_of_ones_own_is_previewed_with_names_of_its_own(project: Project) -> None:
    run = project.operate("preview", "alice", "--import-file", "import.json")

    assert run.exit_code == 0, run.output
    named = [inputs["name"] for urn, inputs in run.inputs.items() if "scheduler/schedule:Schedule::" in urn]
    assert sorted(named) == ["breast-cancer-alice", "churn-alice"]
    assert run.exports["churn"]["registered_model_name"] == "churn-alice"
    assert json.loads(run.exports["churn"]["target_input"])["ResourceConfig"]["InstanceType"] == "ml.m5.xlarge"


def test_a_preview_writes_the_list_of_what_could_be_imported(project: Project) -> None:
    entries = json.loads((project.directory / "import.json").read_text())["resources"]
    kinds = {(each["type"], each["name"]) for each in entries if each["name"].startswith("churn")}
    component = {each["name"]: each.get("component") for each in entries}["churn"]

    assert component is True
    assert {(kind, name.replace("breast-cancer", "churn")) for kind, name in IMPORTED} < kinds


def test_the_engine_and_a_check_read_the_same_values(project: Project) -> None:
    told = json.loads(project.pulumi("config", "--stack", "alice", "--json").stdout)
    read = read_stack_configuration(project.directory, "alice").values

    assert {key: entry.get("objectValue", entry["value"]) for key, entry in told.items()} == {
        key: json.loads(text) if text.startswith("{") else text for key, text in read.items()
    }


def test_a_stacks_value_takes_the_place_of_the_projects_and_is_not_merged(project: Project) -> None:
    file = project.directory / "Pulumi.alice.yaml"
    file.write_text(file.read_text().replace("config:\n", "config:\n  scheduled-training:tags: {owner: alice}\n"))
    told = json.loads(project.pulumi("config", "--stack", "alice", "--json").stdout)

    assert told["scheduled-training:tags"]["objectValue"] == {"owner": "alice"}
    assert json.loads(read_stack_configuration(project.directory, "alice").values["scheduled-training:tags"]) == {
        "owner": "alice"
    }


def test_the_engine_makes_of_yaml_what_a_check_is_tested_with(engine: Engine, folder: Path) -> None:
    project = engine.project(folder / "scalars")
    (project.directory / "Pulumi.yaml").write_text("name: fixture\nruntime: python\n")
    lines = [f"  fixture:i{place}: {{v: {written}}}\n" for place, written in enumerate(INSIDE)]
    lines += [f"  fixture:t{place}: {written}\n" for place, written in enumerate(ON_TOP)]
    assert project.pulumi("stack", "init", "t").exit_code == 0
    (project.directory / "Pulumi.t.yaml").write_text("config:\n" + "".join(lines))

    told = {key: entry["value"] for key, entry in json.loads(project.pulumi("config", "--json").stdout).items()}

    inside = [json.loads(told[f"fixture:i{place}"]) for place in range(len(INSIDE))]
    on_top = [told[f"fixture:t{place}"] for place in range(len(ON_TOP))]
    assert inside == [*map(json.loads, INSIDE.values())]
    assert on_top == [*ON_TOP.values()]
