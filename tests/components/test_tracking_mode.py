"""`tracking: none`: what a job that tracks nowhere asks for, is told and may do."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import TypeAdapter

from components.aws_names import JobNames
from components.execution_role_policy import execution_permissions
from components.script_request import script_environment
from components.source_bundle import SourceBundle
from components.tracking_mode import Tracking
from settings import TrainingJobSettings, parse_settings
from tests.stack_values import ABSENT, JOB, changed, problems

BUNDLE = SourceBundle(b"", "0" * 64)
DELIVERIES = "s3://ml-platform-staging-ml-bucket/training-outputs/breast-cancer-staging/deliveries/"
OF_MLFLOW = ("MLFLOW_", "PROMOTION_", "REGISTERED_MODEL_NAME", "SECRET_ARN")


def untracked(**changes: object) -> dict[str, Any]:
    """Staging's values, without tracking and with some settings of its job changed."""
    values = changed(f"{JOB}/tracking", "none")
    values["training_jobs"]["breast-cancer"].pop("promotion", None)
    values["training_jobs"]["breast-cancer"] |= copy.deepcopy(changes)
    return values


def job_of(values: dict[str, Any]) -> TrainingJobSettings:
    return parse_settings(values, "staging", "us-east-1").training_jobs["breast-cancer"]


def test_the_word_none_is_a_job_that_tracks_nowhere() -> None:
    assert job_of(untracked()).tracking is None


@pytest.mark.parametrize(("value", "got"), [(None, "null"), ("nothing", "'nothing'"), ("", "''")])
def test_nothing_but_that_word_is_and_an_empty_setting_is_a_forgotten_one(value: object, got: str) -> None:
    assert problems(changed(f"{JOB}/tracking", value)) == [
        f"training_jobs.breast-cancer.tracking: got {got}; allowed: a mapping that says where to track "
        "(tracking_uri: https://mlflow.example.com), or the word none for a model that goes to S3 alone"
    ]


def test_without_a_word_the_setting_is_missing() -> None:
    assert problems(changed(f"{JOB}/tracking", ABSENT)) == [
        "training_jobs.breast-cancer.tracking: is required and not set"
    ]


def test_editors_take_the_word_and_a_mapping_and_no_null() -> None:
    kinds = TypeAdapter(Tracking).json_schema()["anyOf"]

    assert kinds == [{"$ref": "#/$defs/TrackingSpec"}, {"const": "none"}]


def test_what_makes_a_champion_is_refused_with_the_reason() -> None:
    limits = {"minimum_metrics": {"validation:accuracy": 0.9}, "maximum_metrics": {"validation:log_loss": 0.5}}
    reason = (
        "allowed with tracking none: nothing, because there is no registered model whose champion could change; remove "
        "it, or say in tracking where to track"
    )

    (line,) = problems(untracked(promotion=limits | {"margin": 0.1}))

    assert line == "; ".join(
        [
            "training_jobs.breast-cancer: promotion.minimum_metrics: got {'validation:accuracy': 0.9}; " + reason,
            "promotion.maximum_metrics: got {'validation:log_loss': 0.5}; " + reason,
            "promotion.margin: got 0.1; " + reason,
        ]
    )
    assert job_of(untracked(promotion={"margin": 0.0})).tracking is None


def test_the_container_is_told_so_and_nothing_of_mlflow(staging_names: JobNames) -> None:
    told = script_environment(job_of(untracked()), staging_names, BUNDLE)

    assert (told["TRACKING"], told["DELIVERIES_URI"]) == ("none", DELIVERIES)
    assert [name for name in told if name.startswith(OF_MLFLOW)] == []


def test_a_job_that_tracks_is_told_nothing_of_it(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    told = script_environment(staging, staging_names, BUNDLE)

    assert {"TRACKING", "DELIVERIES_URI"}.isdisjoint(told)
    assert told["MLFLOW_EXPERIMENT_NAME"] == "breast-cancer-staging"


def test_the_role_may_nothing_of_mlflow_and_read_what_was_delivered(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    found = {each["Sid"]: each for each in execution_permissions(job_of(untracked()), staging_names)}
    tracked = {each["Sid"]: each for each in execution_permissions(staging, staging_names)}
    key = DELIVERIES.removeprefix("s3://ml-platform-staging-ml-bucket/") + "*"

    assert set(tracked) - set(found) == {"TrackWithMlflow"}
    assert staging.tracking is not None
    store = str(staging.tracking.artifact_store).removeprefix("s3://")
    assert [each for each in found.values() if store in str(each)] == []
    assert f"arn:aws:s3:::ml-platform-staging-ml-bucket/{key}" in found["ReadObjects"]["Resource"]
    assert key in found["ListPrefixes1"]["Condition"]["StringLike"]["s3:prefix"]
    assert found["WriteObjects"]["Resource"] == ["arn:aws:s3:::ml-platform-staging-ml-bucket/training-outputs/*"]
    assert [action for each in found.values() for action in each["Action"] if "mlflow" in action.lower()] == []


def test_a_job_without_a_network_leaves_no_word_and_may_read_none(staging_names: JobNames) -> None:
    job = job_of(untracked(network_isolation=True))

    told = script_environment(job, staging_names, BUNDLE)
    assert told["TRACKING"] == "none"
    assert "DELIVERIES_URI" not in told
    assert "/deliveries/" not in str(execution_permissions(job, staging_names))


def test_code_of_the_teams_own_leaves_no_word_and_may_read_none(staging_names: JobNames) -> None:
    job = job_of(untracked(source={"directory": "own", "entry_point": "own.py"}))

    assert "DELIVERIES_URI" not in script_environment(job, staging_names, BUNDLE)
    assert "/deliveries/" not in str(execution_permissions(job, staging_names))


def test_a_further_schedule_may_track_where_the_job_does_not_and_the_reverse() -> None:
    where = {"tracking_uri": "https://mlflow.example.com", "experiment_name": "e", "registered_model_name": "m"}
    weekly = {"schedule": {"expression": "rate(7 days)"}}

    tracks = job_of(untracked(further_schedules={"weekly": weekly | {"tracking": where}}))
    values = changed(f"{JOB}/further_schedules", {"weekly": weekly | {"tracking": "none", "promotion": None}})
    does_not = job_of(values)

    assert tracks.further_schedules["weekly"].tracking is not None
    assert (does_not.tracking is None, does_not.further_schedules["weekly"].tracking) == (False, None)


def test_an_output_that_is_too_long_for_a_variable_is_refused() -> None:
    (line,) = problems(untracked(output={"s3_path": "o" * 480 + "/"}))

    assert "output.s3_path: got 516 characters; allowed with tracking none: 474, because a variable tells" in line
