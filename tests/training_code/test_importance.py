from __future__ import annotations

from itertools import count

import numpy
import pandas
import pytest
from sklearn import metrics
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier

from data.tables import Table
from judging import importance, losses, trees
from judging.evaluation import evaluate
from judging.importance import FEWEST_FEATURES, FEWEST_ROWS, MOST_FEATURES, MOST_ROWS, REPEATS, Importance, Plan

ROWS = 120


def table_of(width: int = 3, rows: int = ROWS) -> Table:
    """The first feature decides, the second helps, all others are noise."""
    numbers = numpy.random.default_rng(0).normal(size=(rows, width)).astype("float32")
    frame = pandas.DataFrame(numbers, columns=[f"f{place}" for place in range(width)])
    return Table(frame, (2 * numbers[:, 0] + numbers[:, 1] > 0).astype(int))


def measured(estimator: BaseEstimator, table: Table, seed: int = 7) -> Importance | str:
    estimator.fit(table.features, table.target)
    verdict = evaluate(estimator, table)
    loss = losses.of(verdict, table.target)
    return importance.measure(estimator, table.features, loss, verdict.importances, seed)


def found(estimator: BaseEstimator, table: Table, seed: int = 7) -> Importance:
    result = measured(estimator, table, seed)
    assert isinstance(result, Importance), result
    return result


@pytest.mark.parametrize(
    "estimator",
    [RandomForestClassifier(n_estimators=5, random_state=0), LogisticRegression()],
)
def test_importances_are_those_of_scikit_learn(estimator: BaseEstimator) -> None:
    table = table_of()
    told = found(estimator, table)

    def score(model: BaseEstimator, features: pandas.DataFrame, target: numpy.ndarray) -> float:
        return -float(metrics.brier_score_loss(target, model.predict_proba(features)[:, 1]))

    expected = permutation_importance(
        estimator, table.features, table.target, scoring=score, n_repeats=REPEATS, random_state=7
    )
    assert told.features == ("f0", "f1", "f2")
    assert told.rises == pytest.approx(expected.importances, abs=1e-7)
    assert told.mean == pytest.approx(expected.importances_mean, abs=1e-7)
    assert told.spread == pytest.approx(expected.importances_std, abs=1e-7)


def test_what_decides_matters_most_and_the_same_seed_says_the_same() -> None:
    table, forest = table_of(), RandomForestClassifier(n_estimators=5, random_state=0)
    told = found(forest, table)
    assert told.mean[0] > told.mean[1] > told.mean[2]
    assert numpy.array_equal(told.rises, found(forest, table).rises)
    assert not numpy.array_equal(told.rises, found(forest, table, seed=8).rises)


@pytest.mark.parametrize(
    ("estimator", "loss"),
    [
        (RandomForestRegressor(n_estimators=3, random_state=0), "RMSE"),
        (Ridge(), "RMSE"),
        (RidgeClassifier(), "share of wrong rows"),
    ],
)
def test_whatever_predicts_has_importances_by_its_own_loss(estimator: BaseEstimator, loss: str) -> None:
    told = found(estimator, table_of())
    assert told.loss == loss
    assert told.mean.argmax() == 0


def test_of_a_wide_table_the_features_of_the_greatest_impurity_are_shuffled() -> None:
    forest = RandomForestClassifier(n_estimators=5, random_state=0)
    told = found(forest, table_of(MOST_FEATURES + 10))
    expected = numpy.sort(numpy.argsort(-forest.feature_importances_, kind="stable")[:MOST_FEATURES])
    assert told.features == tuple(f"f{place}" for place in expected)
    assert (told.all_features, len(told.impurity)) == (MOST_FEATURES + 10, MOST_FEATURES + 10)


def test_of_a_wide_table_without_impurity_nothing_is_shuffled() -> None:
    width = MOST_FEATURES + 1
    assert measured(LogisticRegression(), table_of(width)) == (
        "21 features are more than 20, and the estimator does not say which matter most"
    )


def test_one_row_cannot_be_shuffled() -> None:
    table = table_of()
    forest = RandomForestClassifier(n_estimators=3, random_state=0).fit(table.features, table.target)
    one = table.take(numpy.array([0]))
    loss = losses.of(evaluate(forest, one), one.target)
    assert importance.measure(forest, one.features, loss, {}, 0) == "one held-out row cannot be shuffled"


def test_what_is_constant_has_no_importance() -> None:
    table = table_of()
    table.features["f2"] = numpy.float32(1)
    assert found(RandomForestClassifier(n_estimators=3, random_state=0), table).rises[2].tolist() == [0] * REPEATS


def test_many_rows_are_drawn_by_the_seed() -> None:
    drawn = importance.sample(5000, 1000, 3)
    assert len(set(drawn.tolist())) == 1000
    assert (numpy.diff(drawn) > 0).all()
    assert numpy.array_equal(drawn, importance.sample(5000, 1000, 3))
    assert not numpy.array_equal(drawn, importance.sample(5000, 1000, 4))
    assert importance.sample(5, 1000, 3).tolist() == [0, 1, 2, 3, 4]


def test_rows_and_features_are_at_most_so_many() -> None:
    assert importance.plan(65_000, 13) == Plan(MOST_ROWS, 13)
    assert importance.plan(65_000, 1300) == Plan(MOST_ROWS, MOST_FEATURES)
    assert importance.plan(50, 13) == Plan(50, 13)


def test_a_large_forest_is_asked_about_fewer_rows_then_fewer_features() -> None:
    assert importance.plan(65_000, 10, lambda rows: rows * 1e-6) == Plan(1000, 10)
    assert importance.plan(65_000, 10, lambda rows: rows * 25e-6) == Plan(500, 10)
    assert importance.plan(65_000, 10, lambda _: 0.02) == Plan(FEWEST_ROWS, 8)
    assert importance.plan(65_000, 10, lambda _: 60.0) == Plan(FEWEST_ROWS, FEWEST_FEATURES)


def test_an_estimator_that_takes_too_long_is_left_alone_after_one_question() -> None:
    table = table_of()
    model = LogisticRegression().fit(table.features, table.target)
    loss = losses.of(evaluate(model, table), table.target)
    clock = count(0, 2)
    assert importance.measure(model, table.features, loss, {}, 0, lambda: float(next(clock))) == (
        "to shuffle 3 features 5 times each would take about 32 s"
    )


def test_no_trees_are_asked_on_more_than_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    before, most = threading.active_count(), 0
    asked = trees.mean_said

    def counting(*arguments: object) -> object:
        nonlocal most
        most = max(most, threading.active_count())
        return asked(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(trees, "mean_said", counting)
    found(RandomForestClassifier(n_estimators=5, random_state=0, n_jobs=1), table_of())
    assert most == before
