"""A stack's life with the real engine: up, nothing to do, new training code, destroy."""

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from rehearsal.judging.stack_check import check_stack
from tests.engine.provider_stand_in import ACCOUNT_ID, Provider
from tests.engine.pulumi_cli import Engine, Project, Run, policies_of, violations_in

pytestmark = pytest.mark.slow

PARENT = "urn:pulumi:staging::scheduled-training::scheduled-training:index:ScheduledTrainingJob"
PREFIX = "breast-cancer-staging"
BUNDLE = f"{PARENT}$aws:s3/bucketObjectv2:BucketObjectv2::breast-cancer-source-bundle"
SCHEDULE = f"{PARENT}$aws:scheduler/schedule:Schedule::breast-cancer-schedule"


@dataclass(frozen=True)
class Step:
    """One command, and what it had the provider do."""

    project: Project
    run: Run
    done: list[tuple[str, str]]


@pytest.fixture(scope="module")
def deployed(engine: Engine, provider: Provider, folder: Path) -> Step:
    project = engine.project(folder / "project")
    assert project.pulumi("stack", "init", "staging").exit_code == 0
    provider.forget()
    run = project.make("up", "staging", "--yes", "--skip-preview")
    return Step(project, run, provider.done())


@pytest.fixture(scope="module")
def elsewhere(engine: Engine, deployed: Step, folder: Path) -> Project:
    """Another checkout, of another day, by somebody who works on the same stack."""
    project = engine.project(folder / "another" / "checkout", state=folder / "project-state")
    shutil.copy(deployed.project.directory / "Pulumi.staging.yaml", project.directory)
    code = project.directory / "training_code"
    for file in (code, *code.rglob("*")):
        os.utime(file, (1_000_000_000, 1_000_000_000))
        file.chmod(0o755)
    (code / "__pycache__").mkdir()
    (code / "__pycache__" / "train.cpython-311.pyc").write_bytes(b"compiled")
    return project


@pytest.fixture(scope="module")
def previewed_again(elsewhere: Project, provider: Provider) -> Step:
    provider.forget()
    run = elsewhere.operate("preview", "staging", "--expect-no-changes", *policies_of("staging"))
    return Step(elsewhere, run, provider.done())


@pytest.fixture(scope="module")
def analyzed(previewed_again: Step) -> Run:
    """`pulumi policy analyze` of the exported state: no program, no provider, no backend."""
    project = previewed_again.project
    exported = project.pulumi("stack", "export", "--stack", "staging", "--file", "state.json")
    assert exported.exit_code == 0, exported.output
    return project.pulumi("policy", "analyze", "--file", "state.json", *policies_of("staging"), "--json")


@pytest.fixture(scope="module")
def changed(analyzed: Run, elsewhere: Project, provider: Provider) -> Step:
    train = elsewhere.directory / "training_code" / "train.py"
    train.write_text(train.read_text() + "\n# One line more.\n")
    provider.forget()
    run = elsewhere.operate("up", "staging", "--yes", "--skip-preview", *policies_of("staging"))
    return Step(elsewhere, run, provider.done())


@pytest.fixture(scope="module")
def destroyed(changed: Step, provider: Provider) -> Step:
    provider.forget()
    run = changed.project.make("destroy", "staging", "--yes", "--skip-preview")
    return Step(changed.project, run, provider.done())


def test_up_creates_everything_and_passes_the_policies(deployed: Step) -> None:
    assert deployed.run.exit_code == 0, deployed.run.output
    assert deployed.run.changes == {"create": 12}
    *own, packages = deployed.done
    assert own == [
        ("create", f"breast-cancer-{name}")
        for name in (
            "dead-letters",
            "execution-policy",
            "execution-role",
            "group",
            "schedule",
            "scheduler-policy",
            "scheduler-role",
            "source-bundle",
        )
    ]
    assert re.fullmatch(r"packages-[0-9a-f]{12}", packages[1]), "those of all jobs, once"
    assert {found.level for found in deployed.run.violations} == {"advisory"}
    assert "Traceback" not in deployed.run.output


def test_the_exports_are_the_documented_ones(deployed: Step) -> None:
    (name,) = deployed.run.exports
    exports = deployed.run.exports[name]
    (planned,) = (inputs for urn, inputs in deployed.run.inputs.items() if urn == SCHEDULE)

    assert name == "breast-cancer"
    assert exports == {
        "schedule_name": "breast-cancer-staging",
        "schedule_arn": f"arn:aws:scheduler:us-east-1:{ACCOUNT_ID}:schedule/{PREFIX}/{PREFIX}",
        "schedule_state": "DISABLED",
        "target_input": planned["target"]["input"],
        "scheduler_role_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/breast-cancer-staging-scheduler",
        "execution_role_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/breast-cancer-staging-execution",
        "dead_letter_queue_url": (
            f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT_ID}/breast-cancer-staging-dead-letters"
        ),
        "training_job_name_prefix": "breast-cancer-staging",
        "channels": {"training": "s3://ml-platform-staging-ml-bucket/datasets/training/"},
        "s3_output_path": "s3://ml-platform-staging-ml-bucket/training-outputs/",
        "experiment_name": "breast-cancer-staging",
        "registered_model_name": "breast-cancer-staging",
        "tracking_uri": f"arn:aws:sagemaker:us-east-1:{ACCOUNT_ID}:mlflow-tracking-server/ml-platform-staging",
        "artifact_store": "s3://ml-platform-staging-ml-bucket/mlflow-artifacts/",
    }


def test_what_is_planned_is_what_the_provider_makes_up_the_arns_of(deployed: Step) -> None:
    exports = deployed.run.exports["breast-cancer"]
    target = deployed.run.inputs[SCHEDULE]["target"]

    assert target["roleArn"] == exports["scheduler_role_arn"]
    assert json.loads(target["input"])["RoleArn"] == exports["execution_role_arn"]
    assert target["deadLetterConfig"]["arn"] == f"arn:aws:sqs:us-east-1:{ACCOUNT_ID}:breast-cancer-staging-dead-letters"


def test_another_checkout_of_the_same_files_changes_nothing(previewed_again: Step) -> None:
    assert previewed_again.run.exit_code == 0, previewed_again.run.output
    assert previewed_again.run.changes == {"same": 12}
    assert set(previewed_again.run.steps.values()) == {"same"}
    assert previewed_again.done == []


def test_a_deployed_stack_has_the_violations_of_its_first_preview(previewed_again: Step, deployed: Step) -> None:
    assert previewed_again.run.violations == deployed.run.violations


def test_the_exported_state_is_judged_as_the_offline_check_judges_the_settings(
    analyzed: Run, elsewhere: Project
) -> None:
    reported = violations_in(json.loads(line) for line in analyzed.stdout.splitlines())
    checked = check_stack(elsewhere.directory, "staging")

    assert analyzed.exit_code == 0, analyzed.output
    assert len(reported) == len(checked.faults)
    assert {
        (found.policy, found.level, found.urn.rpartition("::")[2], found.message.rpartition("\n")[2])
        for found in reported
    } == {
        (fault.rule, "mandatory" if fault.mandatory else "advisory", fault.subject, fault.message)
        for fault in checked.faults
    }


def test_new_training_code_is_a_new_bundle_and_the_schedule_that_names_it(changed: Step) -> None:
    assert changed.run.exit_code == 0, changed.run.output
    assert changed.run.changes == {"same": 10, "replace": 1, "update": 1}
    replacement = {(BUNDLE, "create-replacement"), (BUNDLE, "replace"), (BUNDLE, "delete-replaced")}
    assert changed.run.done == {*replacement, (SCHEDULE, "update")}
    # The old bundle leaves the state, not the bucket: there is no delete.
    assert changed.done == [("create", "breast-cancer-source-bundle"), ("update", "breast-cancer-schedule")]


def test_destroy_leaves_nothing_but_the_bundles(destroyed: Step) -> None:
    assert destroyed.run.exit_code == 0, destroyed.run.output
    assert destroyed.done == [
        ("delete", f"breast-cancer-{name}")
        for name in (
            "dead-letters",
            "execution-policy",
            "execution-role",
            "group",
            "schedule",
            "scheduler-policy",
            "scheduler-role",
        )
    ]
    left = destroyed.project.pulumi("stack", "--stack", "staging", "--show-urns")
    assert "Current stack resources (0)" in left.output
