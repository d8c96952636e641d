"""A hyperparameter that is wrong hides no other fault, and nothing is said that depends on it."""

from __future__ import annotations

import pytest

from options import settings_judge
from options.hyperparameters import look, parse
from options.known import UnjudgedError

VARIABLES = {
    "SM_CHANNEL_TRAINING": "/opt/ml/input/data/training",
    "SM_CHANNELS": '["training"]',
    "TRAINING_JOB_NAME": "job",
    "MLFLOW_TRACKING_URI": "https://mlflow.example.com",
    "MLFLOW_EXPERIMENT_NAME": "churn",
    "REGISTERED_MODEL_NAME": "churn",
}


def faults(environ: dict[str, str] | None = None, **hyperparameters: str) -> list[str]:
    """The settings that something is said of, in its order."""
    arguments = [text for name, value in hyperparameters.items() for text in (f"--{name}", value)]
    return [each["name"] for each in settings_judge.judge(arguments, VARIABLES | (environ or {}))["faults"]]


METRICS = {"PROMOTION_MINIMUM_METRICS": '{"validation:accurasy": 0.9}'}
TWO_HOSTS = {"SM_HOSTS": '["algo-1", "algo-2"]', "SM_CURRENT_HOST": "algo-1"}


@pytest.mark.parametrize(
    ("hyperparameters", "environ", "expected"),
    [
        ({"n_estimators": "many"}, METRICS, ["n_estimators", "PROMOTION_MINIMUM_METRICS"]),
        ({"n_estimators": "many", "weight_column": "target"}, {}, ["n_estimators", "weight_column"]),
        ({"csv_decimal": ";", "accelerator": "intelex"}, TWO_HOSTS, ["csv_decimal", "accelerator"]),
        ({"n_estimators": "many", "data_checks": "refuse"}, {"TRACKING": "afterwards"}, None),
        ({"criterion": "ginny", "split_by_time": "day", "split_by_group": "who"}, {}, ["criterion", "split_by_group"]),
    ],
)
def test_a_wrong_hyperparameter_hides_nothing_else(
    hyperparameters: dict[str, str], environ: dict[str, str], expected: list[str] | None
) -> None:
    found = faults(environ, **hyperparameters)

    assert found == (expected or ["n_estimators", "MLFLOW_TRACKING_URI", "data_checks"])


@pytest.mark.parametrize(
    ("hyperparameters", "environ"),
    [
        ({"target_column": "", "weight_column": "target"}, {}),
        ({"task": "clustering"}, METRICS | {"PROMOTION_MINIMUM_METRICS": '{"validation:r2": 0.9}'}),
        ({"task": "regresion", "criterion": "squared_error"}, {}),
        ({"accelerator": "intel"}, TWO_HOSTS),
    ],
)
def test_nothing_is_said_that_depends_on_what_is_wrong(
    hyperparameters: dict[str, str], environ: dict[str, str]
) -> None:
    assert faults(environ, **hyperparameters) == list(hyperparameters)[:1]


def test_a_misspelt_estimator_is_told_and_its_own_hyperparameters_are_not_judged() -> None:
    assert faults(estimtor="sklearn.svm.SVC", C="1.0", criterion="x") == ["estimtor"]


def test_what_is_known_lacks_what_is_wrong_and_has_the_rest() -> None:
    found = look(["--max_depth", "banana", "--n_estimators", "7"])

    assert (found.settings.max_depth, found.known.n_estimators) == (None, 7)
    for name in ("max_depth", "parameters"):
        with pytest.raises(UnjudgedError):
            getattr(found.known, name)


def test_settings_that_are_right_are_known_as_a_whole() -> None:
    found = look(["--n_estimators", "7"])

    assert found.known is found.settings
    assert parse(["--n_estimators", "7"]) == (found.settings, [], [])
