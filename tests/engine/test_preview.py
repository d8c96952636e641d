"""A first preview of the committed stacks by the real engine says what the rehearsal says."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pulumi
import pytest

from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.declaring.stack_configuration import read_stack_configuration
from rehearsal.judging.policy_pack import PolicyPack
from tests.engine.pulumi_cli import MAKE, ROOT, Engine, Previewed, Violation, policies_of, without_defaults

pytestmark = pytest.mark.slow

SCHEDULE = "aws:scheduler/schedule:Schedule"
ALIAS = "aws:kms/alias:Alias"


def plain(value: Any) -> Any:  # noqa: ANN401 - any property value
    """A property value of the declaration as the engine writes it; of an asset where it is and what is in it."""
    if isinstance(value, pulumi.FileAsset):
        return {"path": value.path, "hash": hashlib.sha256(Path(value.path).read_bytes()).hexdigest()}
    if isinstance(value, dict):
        # The engine writes an asset as an object with a signature.
        kept = ("path", "hash") if "hash" in value and "path" in value else value
        return {name: plain(value[name]) for name in kept}
    return [plain(entry) for entry in value] if isinstance(value, list) else value


def test_make_preview_passes_with_the_policies_attached(previewed: Previewed) -> None:
    assert previewed.run.exit_code == 0, previewed.run.output
    assert {found for found in previewed.run.violations if found.level != "advisory"} == set()
    assert "scheduled-training@v0.1.0 (local: policies)" in previewed.run.output
    assert "Traceback" not in previewed.run.output
    assert "warning" not in previewed.run.output


def test_the_engine_plans_what_the_rehearsal_declares(previewed: Previewed) -> None:
    declared = {resource.urn: resource for resource in previewed.declaration.resources}

    assert previewed.run.steps == dict.fromkeys(declared, "create")
    assert plain(previewed.run.inputs) == {
        urn: plain(dict(resource.inputs)) for urn, resource in declared.items() if resource.custom
    }


def test_every_input_is_known_at_the_first_preview(previewed: Previewed) -> None:
    # An alias names a key by its id, which KMS chooses; the topic names the key by the alias.
    known = {urn: inputs for urn, inputs in previewed.run.inputs.items() if f"{ALIAS}::" not in urn}
    assert UNKNOWN not in json.dumps(known)
    (schedule,) = (inputs for urn, inputs in known.items() if urn.endswith(f"{SCHEDULE}::breast-cancer-schedule"))
    (declared,) = (each for each in previewed.declaration.resources if each.urn.endswith("::breast-cancer-schedule"))

    assert schedule["target"]["input"].encode() == declared.inputs["target"]["input"].encode()
    assert json.loads(schedule["target"]["input"])["TrainingJobName"] == (
        f"breast-cancer-{previewed.stack}-<aws.scheduler.execution-id>"
    )


def test_what_the_stack_will_export_is_what_the_rehearsal_says(previewed: Previewed) -> None:
    assert previewed.run.exports == previewed.declaration.exports
    unknown = {name for name, value in previewed.run.exports["breast-cancer"].items() if value == UNKNOWN}
    assert unknown == {"dead_letter_queue_url"}


def test_the_engine_and_the_rehearsal_report_the_same_violations(previewed: Previewed) -> None:
    directory = previewed.project.directory
    configuration = read_stack_configuration(directory, previewed.stack)
    file = directory / "policies" / f"{previewed.stack}.json"
    with PolicyPack(directory / "policies", configuration, preview=True, policy_configuration=file) as pack:
        judged = pack.judge(previewed.declaration)

    assert previewed.run.violations == {
        Violation(found.policy, found.enforcement, found.urn, found.message) for found in judged
    }


@pytest.mark.parametrize("previewed", ["staging"], indirect=True)
def test_pulumi_preview_as_json_plans_the_same(previewed: Previewed) -> None:
    run = previewed.project.pulumi("preview", "--stack", "staging", "--json", *policies_of("staging"))

    assert run.exit_code == 0, run.output
    planned = json.loads(run.stdout)
    assert planned["changeSummary"] == {"create": len(previewed.declaration.resources)}
    assert {
        step["urn"]: without_defaults(step["newState"]["inputs"])
        for step in planned["steps"]
        if step["newState"].get("custom")
    } == previewed.run.inputs


def test_a_mistake_in_the_settings_is_shown_as_our_message_only(engine: Engine, folder: Path) -> None:
    project = engine.project(folder / "mistaken")
    settings = project.directory / "Pulumi.staging.yaml"
    text = settings.read_text()
    assert "instance_count: 1" in text
    settings.write_text(text.replace("instance_count: 1", "instance_count: 0"))
    assert project.pulumi("stack", "init", "staging").exit_code == 0
    run = project.operate("preview", "staging")

    assert run.exit_code == 1
    assert (
        "error: Pulumi.staging.yaml has 1 problem:\n"
        "      scheduled-training:training_jobs.breast-cancer.resources.instance_count: got 0; allowed: 1 to 100\n"
    ) in run.output
    assert "Traceback" not in run.output
    assert run.steps.keys() <= {
        "urn:pulumi:staging::scheduled-training::pulumi:pulumi:Stack::scheduled-training-staging"
    }


def test_make_says_how_to_get_the_cli_where_it_is_missing(tmp_path: Path) -> None:
    for tool in ("make", "sh"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    done = subprocess.run(
        [*MAKE, "preview", "STACK=prod"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[0] == (
        "the Pulumi CLI is not on PATH: install it as https://www.pulumi.com/docs/install/ says, then 'pulumi login'; "
        "without it there are 'make check' and 'make rehearse'"
    )
