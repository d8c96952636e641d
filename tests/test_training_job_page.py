"""docs/training-job.md: each of its examples is checked as a stack's settings are."""

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.aws_names import AwsScope, JobNames
from components.further_schedules import with_job
from components.source_bundle import bundle_source
from components.training_job_request import create_training_job_request
from rehearsal.requests.request_check import check_request
from settings import TrainingJobSettings, parse_settings
from tests.operations.projects import copy_project, typed
from tests.stack_values import PROJECT_DIRECTORY, STAGING

PAGE = (PROJECT_DIRECTORY / "docs" / "training-job.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, dict[str, Any]] = {
    name: yaml.safe_load(text) for name, text in re.findall(r"```yaml ([\w-]+)\n(.*?)```", PAGE, re.DOTALL)
}
ADDED = {
    "groups": {"ResourceConfig", "InputDataConfig", "EnableInterContainerTrafficEncryption"},
    "preferences": {"ResourceConfig"},
    "warm-pool": {"ResourceConfig"},
    "training-plan": {"ResourceConfig"},
    "placement": {"ResourceConfig"},
    "retries": {"RetryStrategy", "StoppingCondition"},
    "uncompressed": {"OutputDataConfig"},
    "checkpoint-directory": {"CheckpointConfig", "Environment"},
    "isolation": {"EnableNetworkIsolation", "InputDataConfig", "HyperParameters", "Environment"},
    "secrets": {"Environment"},
    "debugger": {"DebugHookConfig", "DebugRuleConfigurations"},
    "tensorboard": {"TensorBoardOutputConfig"},
    "profiler": {"ProfilerConfig"},
    "no-profiler": {"ProfilerConfig"},
    "remote-debug": {"RemoteDebugConfig"},
    "switches": {"InfraCheckConfig", "SessionChainingConfig"},
    "experiment": {"ExperimentConfig"},
    "mlflow-config": {"MlflowConfig"},
    "model-package": {"ModelPackageConfig"},
}
"""Example -> the members of the request that it changes."""


def jobs() -> dict[str, dict[str, Any]]:
    """The examples as jobs, each with staging's other settings."""
    return {name: merged(name, example) for name, example in EXAMPLES.items()}


def merged(name: str, example: Mapping[str, Any]) -> dict[str, Any]:
    base = copy.deepcopy(STAGING["training_jobs"]["breast-cancer"])
    base["tracking"]["registered_model_name"] = name
    if {"instance_groups", "instance_preferences"} & example.get("resources", {}).keys():
        del base["resources"]["instance_type"], base["resources"]["instance_count"]
    found: dict[str, Any] = with_job(base | {"further_schedules": {name: dict(example)}})["further_schedules"][name]
    return found


def job_names() -> Iterator[tuple[str, str]]:
    """Name of an example -> a job's name that is short enough beside the stack's."""
    return ((name, name[:17].rstrip("-")) for name in EXAMPLES)


@pytest.fixture(scope="module")
def parsed() -> dict[str, TrainingJobSettings]:
    values = STAGING | {"training_jobs": {short: jobs()[name] for name, short in job_names()}}
    settings = parse_settings(values, "staging", "us-east-1")
    return {name: settings.training_jobs[short] for name, short in job_names()}


def request_of(spec: TrainingJobSettings) -> dict[str, Any]:
    names = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "example-staging")
    request = create_training_job_request(spec, names, bundle_source({"train.py": b""}, "train.py"), {})
    return request | {"TrainingJobName": "example-staging-0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10"}


def test_every_example_of_the_page_is_known_here() -> None:
    assert set(EXAMPLES) == set(ADDED)
    assert len(re.findall(r"```yaml", PAGE)) == len(EXAMPLES)


@pytest.mark.parametrize("name", ADDED)
def test_an_example_changes_the_members_that_it_is_about_and_no_others(
    name: str, parsed: dict[str, TrainingJobSettings]
) -> None:
    base = copy.deepcopy(STAGING["training_jobs"]["breast-cancer"])
    base["tracking"]["registered_model_name"] = name
    if name == "isolation":
        base["source"] = EXAMPLES[name]["source"]
    plain = request_of(
        parse_settings(STAGING | {"training_jobs": {"a": base}}, "staging", "us-east-1").training_jobs["a"]
    )
    request = request_of(parsed[name])

    assert {member for member, value in request.items() if value != plain.get(member)} == ADDED[name]
    assert check_request("sagemaker", "CreateTrainingJob", request) == ()


@pytest.mark.slow
def test_a_stack_of_all_examples_passes_a_check_but_for_what_the_policies_cap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = copy_project(tmp_path / "project")
    (project / "own_code").mkdir()
    (project / "own_code" / "train.py").write_text("print('training')\n")
    monkeypatch.chdir(project)
    path = project / "Pulumi.staging.yaml"
    stack = yaml.safe_load(path.read_text())
    stack["config"]["scheduled-training:training_jobs"] = {short: dict(jobs()[name]) for name, short in job_names()}
    path.write_text(yaml.safe_dump(stack, sort_keys=False))

    result = typed("check", "-s", "staging")

    assert result.stderr == ""
    mandatory = re.findall(r"^mandatory (\S+) (\S+)$", result.stdout, re.MULTILINE)
    assert set(mandatory) <= {("SG18-cost-caps", "warm-pool-schedule"), ("SG18-cost-caps", "groups-schedule")}, (
        result.stdout
    )
    assert ("SG18-cost-caps", "warm-pool-schedule") in mandatory
