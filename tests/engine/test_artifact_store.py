"""An artifact store that the settings do not say, with the real engine: AWS is asked at the first preview already."""

import json
from pathlib import Path

import pytest

from rehearsal.judging.stack_check import check_stack
from tests.engine.provider_stand_in import TRACKING_SERVERS
from tests.engine.pulumi_cli import Engine, Project, Run, policies_of
from tests.operations.projects import change

pytestmark = pytest.mark.slow

COMPONENT = "urn:pulumi:staging::scheduled-training::scheduled-training:index:ScheduledTrainingJob"
POLICY = f"{COMPONENT}$aws:iam/rolePolicy:RolePolicy::breast-cancer-execution-policy"
STORE = "        artifact_store: mlflow-artifacts/\n"


def without_store(engine: Engine, folder: Path, server: str = "ml-platform-staging") -> Project:
    project = engine.project(folder)
    change(project.directory, "staging", STORE, "")
    change(project.directory, "staging", "tracking_server: ml-platform-staging", f"tracking_server: {server}")
    assert project.pulumi("stack", "init", "staging").exit_code == 0
    return project


@pytest.fixture(scope="module")
def looked_up(engine: Engine, folder: Path) -> Project:
    return without_store(engine, folder / "looked-up")


@pytest.fixture(scope="module")
def preview(looked_up: Project) -> Run:
    return looked_up.operate("preview", "staging", *policies_of("staging"))


def test_the_roles_policy_is_known_at_the_first_preview(preview: Run) -> None:
    assert preview.exit_code == 0, preview.output
    document = json.loads(preview.inputs[POLICY]["policy"])
    store = TRACKING_SERVERS["ml-platform-staging"].removeprefix("s3://")
    (write,) = [each for each in document["Statement"] if each["Sid"] == "WriteObjects"]

    assert f"arn:aws:s3:::{store}/*" in write["Resource"]
    assert preview.exports["breast-cancer"]["artifact_store"] == f"s3://{store}/"


def test_nothing_is_declared_for_the_server_so_that_destroy_has_nothing_of_it(preview: Run, looked_up: Project) -> None:
    declared = {each.urn for each in check_stack(looked_up.directory, "staging").declaration.resources}

    assert preview.steps.keys() == declared
    assert set(preview.steps.values()) == {"create"}
    assert "mlflow" not in " ".join(declared).lower()


def test_a_server_that_is_not_there_is_our_message_only(engine: Engine, folder: Path) -> None:
    run = without_store(engine, folder / "missing", "ml-platform-stagin").operate("preview", "staging")

    assert run.exit_code == 1
    assert (
        "error: Pulumi.staging.yaml has 1 problem:\n"
        "      scheduled-training:training_jobs.breast-cancer.tracking.artifact_store: is not set, and AWS, which is "
        "asked for it then, knows no tracking server 'ml-platform-stagin' in the stack's account and region; correct "
        "tracking.tracking_server, create it, or set artifact_store to where it will keep its artifacts\n"
    ) in run.output
    assert "Traceback" not in run.output
    assert "couldn't find" not in run.output
