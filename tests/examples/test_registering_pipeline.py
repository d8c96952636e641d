"""The pipelines that bring in what jobs without a network recorded: as careful as those that deploy."""

import json
import re
from typing import Any, Final

import yaml
from policy_sentry.querying.all import get_all_actions

from components.tracking_permissions import MLFLOW_ACTIONS
from tests.examples.test_delivery import GITHUB, PAGE, PIPELINE, REGISTER
from tests.test_least_privilege import kinds_of_resource

WORKFLOW: Final[dict[Any, Any]] = yaml.safe_load(REGISTER.read_text())
JOB: Final[dict[str, Any]] = WORKFLOW["jobs"]["register"]
COMMAND: Final = '.venv/bin/training-jobs register --all --stack "$STACK"'
(POLICY,) = re.findall(r"```json register-policy\n(.*?)```", PAGE, re.DOTALL)
STATEMENTS: Final[list[dict[str, Any]]] = json.loads(POLICY)["Statement"]


def test_it_runs_on_a_schedule_and_by_hand_and_never_for_a_pull_request() -> None:
    assert set(WORKFLOW[True]) == {"schedule", "workflow_dispatch"}  # YAML takes the word `on` for true
    assert PIPELINE["register"]["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]
    for name in ("check", "preview", "staging", "prod"):
        for rule in PIPELINE[name]["rules"]:
            assert 'PIPELINE_SOURCE != "schedule"' in rule["if"] or "merge_request_event" in rule["if"], name


def test_both_run_the_same_command_with_what_the_image_holds() -> None:
    assert [step["run"] for step in JOB["steps"] if "run" in step] == ["make install", COMMAND]
    assert PIPELINE["register"]["script"] == [COMMAND]
    assert "make install" in PIPELINE["register"]["before_script"]


def test_its_actions_are_the_commits_of_the_deploying_workflow_and_its_permissions_few() -> None:
    pinned = set(re.findall(r"uses: (\S+) # v", GITHUB.read_text()))

    assert set(re.findall(r"uses: (\S+) # v", REGISTER.read_text())) <= pinned
    assert (WORKFLOW["permissions"], JOB["permissions"]) == ({}, {"contents": "read", "id-token": "write"})
    assert JOB["concurrency"]["cancel-in-progress"] is False
    assert "secrets." not in REGISTER.read_text()
    for stack in JOB["strategy"]["matrix"]["stack"]:
        assert f"`register-{stack}`" in PAGE


def test_its_role_may_track_and_read_outputs_and_lists_jobs_on_a_star_for_nothing_else_is_taken() -> None:
    allowed = {action for statement in STATEMENTS for action in statement["Action"]}
    stars = {action for statement in STATEMENTS if statement["Resource"] == "*" for action in statement["Action"]}

    assert {each for each in allowed if each.startswith("sagemaker-mlflow:")} == {*MLFLOW_ACTIONS}
    assert allowed <= get_all_actions()
    assert stars == {"sagemaker:ListTrainingJobs"}
    assert kinds_of_resource("sagemaker:ListTrainingJobs") == []
    assert {each for each in allowed if each.partition(":")[0] == "s3"} == {
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    }
