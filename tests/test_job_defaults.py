"""What all jobs of a stack share: laid under each, the job's own values win, and mistakes are told where they are."""

import copy
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.job_defaults import JobDefaults, laid_under
from rehearsal.declaring.stack_configuration import read_stack_configuration
from settings import TrainingJobSettings, parse_settings
from tests.stack_values import STAGING, problems
from tests.test_settings_any_values import JSON

JOB = STAGING["training_jobs"]["breast-cancer"]
OWN = ("channels", "hyperparameters")
SHARED = {name: value for name, value in JOB.items() if name not in OWN}
MAPPINGS = st.dictionaries(st.text(max_size=3), JSON, max_size=3)


def stack(defaults: object, **jobs: object) -> dict[str, Any]:
    return copy.deepcopy({**STAGING, "defaults": defaults, "training_jobs": jobs})


def own(**more: object) -> dict[str, Any]:
    return {name: JOB[name] for name in OWN} | more


def parsed(values: dict[str, Any]) -> dict[str, TrainingJobSettings]:
    return parse_settings(values, "staging", "us-east-1").training_jobs


def test_a_job_and_its_defaults_are_the_job_written_out() -> None:
    whole = parsed(STAGING)["breast-cancer"]

    assert parsed(stack(SHARED, churn=own(), fraud=own())) == {"churn": whole, "fraud": whole}
    assert parsed(stack(JOB, churn={})) == {"churn": whole}


def test_a_jobs_own_value_wins_and_what_is_beside_it_stays() -> None:
    job = parsed(stack(SHARED, churn=own(resources={"instance_type": "ml.m5.4xlarge"})))["churn"]

    assert job.resources.instance_type == "ml.m5.4xlarge"
    assert job.resources.volume_size_in_gb == SHARED["resources"]["volume_size_in_gb"]


def test_null_takes_a_default_out() -> None:
    server = {"tracking_server": None, "artifact_store": None, "tracking_uri": "https://mlflow.example.com"}
    job = parsed(stack(SHARED, churn=own(tracking=server)))["churn"]

    assert (job.tracking.tracking_server, job.tracking.tracking_uri) == (None, "https://mlflow.example.com")
    assert job.tracking.experiment_name == "breast-cancer-staging"


def test_a_null_that_takes_nothing_out_is_a_value() -> None:
    job = parsed(stack(SHARED, churn=own(hyperparameters={"max_depth": None})))["churn"]

    assert job.hyperparameters == {"max_depth": None}


def test_further_schedules_change_the_completed_job() -> None:
    weekly = {"schedule": {"expression": "rate(7 days)"}, "resources": {"instance_count": 2}}
    job = parsed(stack(SHARED, churn=own(further_schedules={"weekly": weekly})))["churn"]

    assert job.further_schedules["weekly"].resources.instance_type == job.resources.instance_type
    assert job.further_schedules["weekly"].resources.instance_count == 2


def same(one: object, other: object) -> bool:
    """Whether they are equal, or one and the same NaN, which is not equal to itself."""
    return one is other or one == other


@given(MAPPINGS)
def test_without_defaults_nothing_changes(job: dict[str, Any]) -> None:
    assert laid_under({}, job) == job


@given(MAPPINGS, MAPPINGS)
@example({}, {"loss": math.nan})
@example({"loss": math.nan}, {})
def test_own_values_always_win_and_defaults_fill_the_rest(defaults: dict[str, Any], job: dict[str, Any]) -> None:
    merged = laid_under(defaults, job)

    for name in {*defaults, *job}:
        if name not in job:
            assert same(merged[name], defaults[name])
        elif job[name] is None and name in defaults:
            assert name not in merged
        elif isinstance(job[name], dict) and isinstance(defaults.get(name), dict):
            assert merged[name] == laid_under(defaults[name], job[name])
        else:
            assert same(merged[name], job[name])
    assert {*merged} <= {*defaults, *job}


def test_a_mistake_of_the_defaults_is_told_there_and_once() -> None:
    values = stack(SHARED | {"resources": {"instance_type": "m5.large", "instance_typ": "x"}}, a=own(), b=own())

    assert problems(values) == [
        "defaults.resources.instance_type: got 'm5.large'; allowed: text that matches "
        r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$, such as ml.m5.large",
        "defaults.resources.instance_typ: unknown setting; did you mean 'instance_type'? allowed: instance_count, "
        "instance_groups, instance_placement, instance_preferences, instance_type, keep_alive_in_seconds, "
        "training_plan_arn, volume_kms_key_arn, volume_size_in_gb",
    ]


def test_a_mistake_of_a_job_is_told_there() -> None:
    values = stack(SHARED, a=own(resources={"instance_count": 0}), b=own())

    assert problems(values) == ["training_jobs.a.resources.instance_count: got 0; allowed: 1 to 100"]


def test_a_default_that_is_wrong_where_no_job_says_otherwise_is_told() -> None:
    values = stack(SHARED | {"resources": {"instance_type": "m5"}}, a=own(resources={"instance_type": "ml.m5.large"}))

    assert parsed(values)["a"].resources.instance_type == "ml.m5.large"


def test_what_nobody_says_is_told_of_the_job() -> None:
    defaults = SHARED | {"output": {"compression": "NONE"}}

    assert problems(stack(defaults, a=own(), b=own(output={"s3_path": "models/"}))) == [
        "training_jobs.a.output.s3_path: is required and not set"
    ]


def test_a_sentence_about_several_settings_names_those_of_the_defaults() -> None:
    values = stack(SHARED, a=own(training_image={"uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/x:1"}))

    assert problems(values) == [
        "training_jobs.a.training_image: got scikit_learn_version and uri; allowed: one of framework (with version), "
        "scikit_learn_version (such as 1.9-0) and uri, and no two "
        "(of defaults: scikit_learn_version; null in the job takes a default out)"
    ]


def test_a_sentence_about_a_job_names_those_of_the_defaults() -> None:
    values = stack(SHARED | {"managed_spot_training": True}, a=own(checkpoint={"s3_path": "checkpoints/"}))

    assert problems(values) == [
        "training_jobs.a: managed_spot_training needs stopping_condition.max_wait_time_in_seconds (not set) of at "
        "least max_runtime_in_seconds (3600) (of defaults: managed_spot_training; null in the job takes a default out)"
    ]


@pytest.mark.parametrize(("value", "got"), [([], "a list of 0"), ("x", "'x'"), (5, "5")])
def test_defaults_that_are_no_mapping_are_refused(value: object, got: str) -> None:
    assert problems(stack(value, a=JOB)) == [f"defaults: got {got}; allowed: a mapping of names to values"]


def test_values_of_secret_defaults_are_not_shown() -> None:
    values = stack(SHARED | {"execution_role_arn": "hunter2"}, a=own())

    assert "hunter2" not in "\n".join(problems(values, secret=["defaults"]))


def test_a_role_in_the_defaults_says_the_account(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: scheduled-training\nruntime: python\n")
    (tmp_path / "Pulumi.x.yaml").write_text(
        "config:\n  scheduled-training:defaults:\n    execution_role_arn: arn:aws:iam::210987654321:role/x\n"
    )

    assert read_stack_configuration(tmp_path, "x").account_id == "210987654321"


def test_an_artifact_store_that_aws_does_not_tell_is_told_of_the_defaults_and_once() -> None:
    told = "is not set, and AWS, which is asked for it then, knows no tracking server 'ml'"
    defaults = JobDefaults({"tracking": {"tracking_server": "ml"}}, {"a": {}, "b": {}, "c": {"tracking": {}}})
    lines = [f"training_jobs.{job}.tracking.artifact_store: {told}" for job in "abc"]

    assert defaults.as_written(lines) == [f"defaults.tracking.artifact_store: {told}", lines[2]]
