"""docs/many-jobs.md: its files are good ones, and make the jobs that it says."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from reference.editor_schema import stack_schema
from reference.files import given_by
from rehearsal.declaring.engine_yaml import load_yaml
from rehearsal.declaring.stack_configuration import read_stack_configuration
from settings import TrainingJobSettings, parse_settings

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "many-jobs.md").read_text(encoding="utf-8")
ALONE, SHARED, OF_A_STACK = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def jobs_of(directory: Path, project: str, stack: str) -> dict[str, TrainingJobSettings]:
    (directory / "Pulumi.yaml").write_text(project)
    (directory / "Pulumi.staging.yaml").write_text(stack)
    told = read_stack_configuration(directory, "staging").values
    own = {key.partition(":")[2]: value for key, value in told.items() if key.startswith("scheduled-training:")}
    values = {name: json.loads(text) if text.startswith(("{", "[")) else text for name, text in own.items()}
    return parse_settings(values, "staging", told["aws:region"]).training_jobs


def test_a_stack_with_defaults(tmp_path: Path) -> None:
    jobs = jobs_of(tmp_path, (PROJECT / "Pulumi.yaml").read_text(), ALONE)

    assert {name: job.resources.instance_type for name, job in jobs.items()} == {
        "breast-cancer": "ml.m5.large",
        "churn": "ml.m5.2xlarge",
    }
    assert jobs["churn"].tracking.registered_model_name is None


def test_jobs_of_the_project_with_defaults_of_the_stack(tmp_path: Path) -> None:
    jobs = jobs_of(tmp_path, SHARED, OF_A_STACK)

    assert [*jobs] == ["breast-cancer", "churn"]
    assert jobs["churn"].channels["training"].s3_path == "s3://ml-platform-staging-ml-bucket/datasets/churn/"


def test_a_stack_with_jobs_of_its_own_has_those_only(tmp_path: Path) -> None:
    own = OF_A_STACK + ALONE.partition("scheduled-training:training_jobs:")[2].join(
        ["  scheduled-training:training_jobs:", ""]
    ).replace("churn", "fraud")

    assert [*jobs_of(tmp_path, SHARED, own)] == ["breast-cancer", "fraud"]


@pytest.mark.parametrize("stack", [ALONE, OF_A_STACK])
def test_editors_take_them(stack: str) -> None:
    given = given_by(load_yaml(SHARED, "Pulumi.yaml")) if stack == OF_A_STACK else frozenset[str]()

    assert [
        error.message for error in Draft7Validator(stack_schema([], given)).iter_errors(load_yaml(stack, "x"))
    ] == []
