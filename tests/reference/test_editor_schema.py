"""The schema for editors: it takes what the models take, refuses what is wrong by itself, and says what all is."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from components.model_fields import models_in
from reference.editor_schema import stack_schema
from reference.examples import EXAMPLES, SAMPLE
from reference.training_code import described
from rehearsal.declaring.engine_yaml import load_yaml
from settings import Settings, SettingsError, parse_settings
from tests.reference.test_configuration_page import overlaid
from tests.stack_values import ABSENT, PROD, STAGING, changed, sub_trees
from tests.test_settings_any_values import JSON

PROJECT = Path(__file__).parents[2]
SCHEMA = json.loads((PROJECT / "schemas" / "pulumi-stack.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
JOB = "training_jobs/breast-cancer"
SECURE = {"secure": "v1:8/GDhvzFfpAR6cmA:NA=="}


def stack_of(values: dict[str, Any]) -> dict[str, Any]:
    return {"config": {"aws:region": "us-east-1"} | {f"scheduled-training:{name}": v for name, v in values.items()}}


def faults_of(stack: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(stack)]


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_a_committed_stack_is_good_and_names_the_schema(stack: str) -> None:
    text = (PROJECT / f"Pulumi.{stack}.yaml").read_text()

    assert faults_of(load_yaml(text, stack)) == []
    assert text.startswith("# yaml-language-server: $schema=schemas/pulumi-stack.schema.json\n")


@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_of_the_page_is_good(title: str) -> None:
    stack = yaml.safe_load(SAMPLE)
    jobs = stack["config"]["scheduled-training:training_jobs"]
    jobs["breast-cancer"] = overlaid(jobs["breast-cancer"], yaml.safe_load(EXAMPLES[title]))

    assert faults_of(stack) == []


GOOD: dict[str, dict[str, Any]] = {
    "other namespaces": {"config": stack_of(PROD)["config"] | {"aws:profile": "me", "other:x": {"y": 1}}},
    "what Pulumi writes": stack_of(PROD) | {"encryptionsalt": "v1:x", "secretsprovider": "passphrase"},
    "an encrypted setting": stack_of(changed("bucket", SECURE)),
    "an encrypted tag": stack_of(changed("tags/team", SECURE)),
    "an encrypted text of a job": stack_of(changed(f"{JOB}/tracking/experiment_name", SECURE)),
    "an encrypted entry of a list": stack_of(changed(f"{JOB}/network/subnets", [SECURE], PROD)),
    "jobs that say what is their own, over defaults": stack_of(
        {
            **PROD,
            "defaults": PROD["training_jobs"]["breast-cancer"],
            "training_jobs": {"a": {}, "b": {"checkpoint": None}},
        }
    ),
    "a null where nothing is meant": stack_of(changed(f"{JOB}/checkpoint", None)),
    "letters that are not ASCII": stack_of(changed("tags/Größe", "ü")),
    "a further schedule that takes something out": stack_of(
        changed(
            f"{JOB}/further_schedules",
            {
                "weekly": {
                    "schedule": {"expression": "rate(7 days)"},
                    "checkpoint": None,
                    "resources": {"instance_count": 2},
                }
            },
        )
    ),
}


@pytest.mark.parametrize("what", GOOD)
def test_what_is_right_is_taken(what: str) -> None:
    assert faults_of(GOOD[what]) == []


WRONG: dict[str, tuple[str, object]] = {
    "a misspelt setting of the stack": ("bukket", "x"),
    "a misspelt setting of a job": (f"{JOB}/hyperparameter", {}),
    "a misspelt part": (f"{JOB}/resources/instance_typ", "ml.m5.large"),
    "a bucket with capitals": ("bucket", "Team-Bucket"),
    "a bucket of two letters": ("bucket", "ab"),
    "a bucket that is missing": ("bucket", ABSENT),
    "a misspelt default": ("defaults/resources", {"instance_typ": "ml.m5.large"}),
    "a default of the wrong kind": ("defaults/checkpoint", {"s3_path": 5}),
    "no jobs": ("training_jobs", ABSENT),
    "an empty mapping of jobs": ("training_jobs", {}),
    "a job with capitals": ("training_jobs/Churn", PROD["training_jobs"]["breast-cancer"]),
    "jobs as a list": ("training_jobs", []),
    "too many tags": ("tags", {f"t{n}": "x" for n in range(8)}),
    "a tag that is a number": ("tags/team", 5),
    "a tag with a character too many": ("tags/a<b", "x"),
    "no schedule": (f"{JOB}/schedule", ABSENT),
    "no expression": (f"{JOB}/schedule/expression", ABSENT),
    "an expression of another tool": (f"{JOB}/schedule/expression", "0 3 * * *"),
    "enabled as a text": (f"{JOB}/schedule/enabled", "yes"),
    "too many retries": (f"{JOB}/schedule/maximum_retry_attempts", 186),
    "an event age in minutes": (f"{JOB}/schedule/maximum_event_age_in_seconds", 59),
    "a window of no minutes": (f"{JOB}/schedule/flexible_time_window_in_minutes", 0),
    "an unknown action": (f"{JOB}/schedule/action_after_completion", "delete"),
    "an unknown version": (f"{JOB}/training_image/scikit_learn_version", "1.8"),
    "a version that YAML reads as a number": (f"{JOB}/training_image/scikit_learn_version", 1.9),
    "an image without a tag": (f"{JOB}/training_image/uri", "123456789012.dkr.ecr.us-east-1.amazonaws.com/x"),
    "a machine of EC2": (f"{JOB}/resources/instance_type", "m5.large"),
    "no machine": (f"{JOB}/resources/instance_count", 0),
    "a hundred and one machines": (f"{JOB}/resources/instance_count", 101),
    "a storage in words": (f"{JOB}/resources/volume_size_in_gb", "30 GB"),
    "a key by its alias": (f"{JOB}/resources/volume_kms_key_arn", "arn:aws:kms:us-east-1:123456789012:alias/x"),
    "more than 28 days": (f"{JOB}/stopping_condition/max_runtime_in_seconds", 28 * 86400 + 1),
    "spot as a text": (f"{JOB}/managed_spot_training", "true"),
    "a prefix without its end": (f"{JOB}/output/s3_path", "training-outputs"),
    "a prefix with an empty part": (f"{JOB}/channels/training/s3_path", "datasets//training/"),
    "a prefix that begins with a slash": (f"{JOB}/checkpoint", {"s3_path": "/checkpoints/"}),
    "an object that is a prefix": (f"{JOB}/channels/training/s3_object", "datasets/"),
    "no channels": (f"{JOB}/channels", {}),
    "a channel with a blank": (f"{JOB}/channels/my data", {"s3_path": "datasets/"}),
    "an unknown input mode": (f"{JOB}/channels/training/input_mode", "Fast"),
    "an environment of numbers": (f"{JOB}/environment", {"A": 5}),
    "a variable with a hyphen": (f"{JOB}/environment", {"A-B": "x"}),
    "a script that is none": (f"{JOB}/source", {"entry_point": "train.sh"}),
    "a subnet of another kind": (f"{JOB}/network", {"subnets": ["vpc-1"], "security_group_ids": ["sg-1"]}),
    "a network without groups": (f"{JOB}/network", {"subnets": ["subnet-1"]}),
    "a role that is a user": (f"{JOB}/execution_role_arn", "arn:aws:iam::123456789012:user/x"),
    "a boundary that is a role": (f"{JOB}/permissions_boundary_arn", "arn:aws:iam::123456789012:role/x"),
    "a server by its ARN": (f"{JOB}/tracking/tracking_server", "arn:aws:sagemaker:us-east-1:123456789012:x/y"),
    "a server without http": (f"{JOB}/tracking/tracking_uri", "mlflow.example.com"),
    "an empty experiment": (f"{JOB}/tracking/experiment_name", ""),
    "a model with a slash": (f"{JOB}/tracking/registered_model_name", "a/b"),
    "a limit in words": (f"{JOB}/promotion", {"minimum_metrics": {"validation:f1": "high"}}),
    "a negative margin": (f"{JOB}/promotion", {"margin": -1}),
    "another accelerator": (f"{JOB}/accelerator", "cuda"),
    "a further schedule without an expression": (f"{JOB}/further_schedules", {"weekly": {}}),
    "a further schedule with code of its own": (
        f"{JOB}/further_schedules",
        {"weekly": {"schedule": {"expression": "rate(7 days)"}, "source": {"directory": "x"}}},
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_by_itself_is_refused_as_by_the_models(what: str) -> None:
    path, value = WRONG[what]
    values = changed(path, value)

    assert faults_of(stack_of(values))
    with pytest.raises(SettingsError):
        parse_settings(values, "staging", "us-east-1")


@pytest.mark.parametrize(
    "stack",
    [
        {"confg": {}},
        {"config": stack_of(PROD)["config"] | {"scheduled-training:region": "us-east-1"}},
        {"config": stack_of(PROD)["config"] | {"aws:region": "Ireland"}},
        {"config": stack_of(PROD)["config"] | {"bucket": "x"}},
        {"config": stack_of(PROD)["config"] | {"scheduled-training:bucket": {"secure": "x", "more": "y"}}},
        {"config": {"scheduled-training:bucket": "abc"}},
        stack_of({**STAGING, "training_jobs": {"a": {}}}),
    ],
)
def test_a_wrong_file_is_refused(stack: dict[str, Any]) -> None:
    assert faults_of(stack)


@settings(max_examples=150)
@given(st.sampled_from(sorted(sub_trees(PROD))), JSON)
def test_it_refuses_nothing_that_the_models_take(path: tuple[str, ...], value: object) -> None:
    values = copy.deepcopy(PROD)
    place = values
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    try:
        parse_settings(values, "prod", "us-east-1")
    except SettingsError:
        return

    assert faults_of(stack_of(values)) == []


def objects_in(part: object) -> Iterator[dict[str, Any]]:
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects_in(each)
    if isinstance(part, dict) and isinstance(part.get("properties"), dict) and "additionalProperties" in part:
        yield part


def test_every_property_says_what_it_is() -> None:
    properties = [(name, spec) for each in objects_in(SCHEMA) for name, spec in each["properties"].items()]

    assert len(properties) > 150
    assert [name for name, spec in properties if len(spec.get("description", "")) < 10] == []


def test_every_model_has_its_fields_and_every_hyperparameter_is_named() -> None:
    for model in set(models_in(Settings)) - {Settings}:
        assert set(SCHEMA["definitions"][model.__name__]["properties"]) == set(model.model_fields)
    told = SCHEMA["definitions"]["TrainingJobSettings"]["properties"]["hyperparameters"]["properties"]
    assert set(told) == {each["name"] for each in described()["hyperparameters"]}


def test_defaults_and_choices_are_told() -> None:
    resources, channel = (SCHEMA["definitions"][name]["properties"] for name in ("Resources", "Channel"))

    assert resources["volume_size_in_gb"]["default"] == 30
    assert (resources["volume_size_in_gb"]["minimum"], resources["volume_size_in_gb"]["maximum"]) == (1, 16384)
    assert channel["input_mode"]["anyOf"][0]["enum"] == ["File", "FastFile", "Pipe"]
    assert channel["input_mode"]["default"] == "File"


def test_patterns_mean_the_same_in_javascript() -> None:
    text = json.dumps(SCHEMA)

    assert re.findall(r"\\\\[wWpPAZz]|\(\?P", text) == []


def test_what_the_project_gives_is_not_asked_of_a_stack() -> None:
    schema = stack_schema([], {"aws:region", "scheduled-training:bucket", "scheduled-training:training_jobs"})

    assert list(Draft7Validator(schema).iter_errors({})) == []
    assert list(Draft7Validator(schema).iter_errors({"config": {}})) == []
