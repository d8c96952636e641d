from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from models import model_digest

FEATURES = numpy.arange(120.0).reshape(60, 2) % 7
TARGET = numpy.arange(60) % 3
SMALL: dict[str, Any] = {"n_estimators": 4, "random_state": 1}

IN_A_PROCESS_OF_ITS_OWN = """
import numpy
from models import model_digest
from sklearn.ensemble import RandomForestClassifier
features, target = numpy.arange(120.0).reshape(60, 2) % 7, numpy.arange(60) % 3
print(model_digest.of_trees(RandomForestClassifier(n_estimators=4, random_state=1, n_jobs=2).fit(features, target)))
"""


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(**SMALL),
        ExtraTreesRegressor(**SMALL),
        GradientBoostingClassifier(**SMALL),
        BaggingClassifier(**SMALL),
        DecisionTreeClassifier(random_state=1),
    ],
    ids=lambda model: type(model).__name__,
)
def test_the_same_fit_gives_the_same_trees(model: BaseEstimator) -> None:
    first = model_digest.of_trees(model.fit(FEATURES, TARGET))
    assert len(first) == 64
    assert model_digest.of_trees(model.fit(FEATURES, TARGET)) == first


@pytest.mark.parametrize("change", [{"random_state": 2}, {"n_estimators": 5}, {"max_depth": 1}], ids=str)
def test_another_setting_gives_other_trees(change: dict[str, Any]) -> None:
    first = RandomForestClassifier(**SMALL).fit(FEATURES, TARGET)
    other = RandomForestClassifier(**SMALL | change).fit(FEATURES, TARGET)
    assert model_digest.of_trees(other) != model_digest.of_trees(first)


def test_the_order_of_the_trees_counts() -> None:
    grown = RandomForestClassifier(**SMALL).fit(FEATURES, TARGET)
    first = model_digest.of_trees(grown)
    grown.estimators_.reverse()
    assert model_digest.of_trees(grown) != first


def test_trees_grown_in_batches_are_those_of_one_fit() -> None:
    grown = RandomForestClassifier(**SMALL | {"n_estimators": 2}, warm_start=True).fit(FEATURES, TARGET)
    grown.set_params(n_estimators=4).fit(FEATURES, TARGET)
    assert model_digest.of_trees(grown) == model_digest.of_trees(RandomForestClassifier(**SMALL).fit(FEATURES, TARGET))


@pytest.mark.slow
def test_another_process_with_more_threads_grows_the_same_trees() -> None:
    here = model_digest.of_trees(RandomForestClassifier(**SMALL, n_jobs=1).fit(FEATURES, TARGET))
    place = Path(model_digest.__file__).parents[1]
    there = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN], cwd=place, capture_output=True, text=True, check=True
    )
    assert there.stdout == f"{here}\n"


@pytest.mark.parametrize(
    "model", [LogisticRegression(), HistGradientBoostingClassifier(max_iter=2)], ids=lambda model: type(model).__name__
)
def test_a_model_without_such_trees_has_no_digest_of_trees(model: BaseEstimator) -> None:
    assert not model_digest.of_trees(model.fit(FEATURES, TARGET))


def test_predictions_differ_with_the_model_and_with_the_rows() -> None:
    one = LogisticRegression().fit(FEATURES, TARGET)
    other = LogisticRegression(C=0.5).fit(FEATURES, TARGET)
    first = model_digest.of_predictions(one.predict_proba(FEATURES))
    assert model_digest.of_predictions(one.predict_proba(FEATURES)) == first
    assert model_digest.of_predictions(other.predict_proba(FEATURES)) != first
    assert model_digest.of_predictions(one.predict_proba(FEATURES[:-1])) != first


def test_labels_that_are_words_are_told_apart() -> None:
    words = numpy.array(["a", "b", "c"], dtype=object)[TARGET]
    one = LinearSVC(random_state=1).fit(FEATURES, words)
    other = LinearSVC(random_state=1).fit(FEATURES, numpy.array(["a", "b", "d"], dtype=object)[TARGET])
    assert model_digest.of_predictions(one.predict(FEATURES)) == model_digest.of_predictions(one.predict(FEATURES))
    assert model_digest.of_predictions(one.predict(FEATURES)) != model_digest.of_predictions(other.predict(FEATURES))
