from __future__ import annotations

import pytest
from sklearn.ensemble import RandomForestClassifier

from options.estimators import parameter_names
from options.hyperparameters import RULES, Hyperparameters
from tests.training_code.told import parse

GOOD = ["--max_depth", "5", "--n_estimators", "100", "--random_state", "42", "--criterion", "gini"]


def test_arguments_of_the_toolkit_become_values() -> None:
    settings, notes, problems = parse([*GOOD, "--bootstrap", "False", "--n_jobs", "-1", "--max_features", "0.5"])
    assert settings == Hyperparameters(
        max_depth=5, n_estimators=100, random_state=42, criterion="gini", bootstrap=False, n_jobs=-1, max_features=0.5
    )
    assert (notes, problems) == ([], [])


def test_without_arguments_the_defaults_hold() -> None:
    assert parse([]) == (Hyperparameters(), [], [])


def test_the_old_auto_means_sqrt_and_the_log_says_so() -> None:
    settings, notes, problems = parse(["--max_features", "auto"])
    assert settings.max_features == "sqrt"
    assert notes == ["max_features=auto meant sqrt for classifiers until scikit-learn 1.3 removed the word: using sqrt"]
    assert problems == []


@pytest.mark.parametrize("text", ["none", "None", "null", ""])
def test_a_depth_of_none_means_no_limit(text: str) -> None:
    assert parse(["--max_depth", text]) == (Hyperparameters(max_depth=None), [], [])


def test_what_the_toolkit_strips_is_passed_over() -> None:
    arguments = [
        "--sagemaker_program",
        "train.py",
        "--sagemaker_region",
        "us-east-1",
        "--_tuning_objective_metric",
        "x",
    ]
    assert parse(arguments) == (Hyperparameters(), [], [])


def test_every_mistake_is_reported_with_value_and_allowed_values() -> None:
    settings, _, problems = parse(
        [
            "--n_estimator",
            "100",
            "--max_depth",
            "0",
            "--criterion",
            "entropie",
            "--validation_fraction=1",
            "--zebra",
            "1",
        ]
    )
    known = ", ".join(sorted({*RULES, *parameter_names(RandomForestClassifier)}))
    assert problems == [
        f"hyperparameter n_estimator: not known; did you mean n_estimators? known are {known}",
        "hyperparameter max_depth: got '0', allowed: a whole number from 1 to 10000, or none",
        "hyperparameter criterion: got 'entropie', allowed: gini or entropy or log_loss",
        "hyperparameter validation_fraction: got '1', allowed: a number between 0 and 1",
        f"hyperparameter zebra: not known; known are {known}",
    ]
    assert settings == Hyperparameters()


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("n_estimators", "5.0", "a whole number from 1 to 100000"),
        ("n_estimators", "0", "a whole number from 1 to 100000"),
        ("random_state", "-1", "a whole number from 0 to 4294967295"),
        (
            "max_features",
            "all",
            "sqrt or log2 or auto, or a whole number from 1 to 1000000, or a number above 0 and up to 1.0, or none",
        ),
        (
            "max_features",
            "nan",
            "sqrt or log2 or auto, or a whole number from 1 to 1000000, or a number above 0 and up to 1.0, or none",
        ),
        ("min_samples_split", "1", "a whole number from 2 to 1000000000, or a number above 0 and up to 1.0"),
        ("min_samples_leaf", "0", "a whole number from 1 to 1000000000, or a number between 0 and 1"),
        ("class_weight", "even", "balanced or balanced_subsample, or none"),
        ("bootstrap", "1", "true or false"),
        ("n_jobs", "0", "-1 (every core), or a whole number from 1 to 1024"),
        ("target_column", "", "the name of a column"),
    ],
)
def test_a_value_out_of_range_is_reported(name: str, text: str, allowed: str) -> None:
    assert parse([f"--{name}", text])[2] == [f"hyperparameter {name}: got {text!r}, allowed: {allowed}"]


def test_arguments_that_are_no_pairs_are_reported() -> None:
    assert parse(["5", "--max_depth"])[2] == [
        "argument '5': stands where --name was expected; write --name value",
        "hyperparameter max_depth: has no value; write --max_depth value",
    ]


def test_a_hyperparameter_given_twice_is_reported() -> None:
    assert parse(["--max_depth", "5", "--max_depth", "6"])[2] == [
        "hyperparameter max_depth: given twice, as '5' and '6'"
    ]


def test_a_long_value_is_cut_in_the_message() -> None:
    assert parse(["--criterion", "x" * 500])[2] == [
        f"hyperparameter criterion: got '{'x' * 40}...', allowed: gini or entropy or log_loss"
    ]


@pytest.mark.parametrize("more", [[], ["--task", "regression"]])
def test_an_empty_estimator_is_no_estimator_and_no_column(more: list[str]) -> None:
    assert parse(["--estimator", "", *more])[2] == [
        "hyperparameter estimator: got '', allowed: a classifier or regressor of scikit-learn by its dotted name, such "
        "as sklearn.ensemble.RandomForestClassifier"
    ]
