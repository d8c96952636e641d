from __future__ import annotations

import numpy
import pandas
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression

from data.tables import Table
from judging import learning, losses, trees
from judging.evaluation import evaluate
from judging.learning import Learning


def table_of(rows: int = 150) -> Table:
    numbers = numpy.random.default_rng(0).normal(size=(rows, 4)).astype("float32")
    return Table(pandas.DataFrame(numbers, columns=list("abcd")), numpy.digitize(numbers[:, 0], [-0.5, 0.5]))


def measured(estimator: BaseEstimator, table: Table) -> Learning | str | None:
    estimator.fit(table.features[::2], table.target[::2])
    loss = losses.of(evaluate(estimator, table), table.target)
    return learning.measure(estimator, table.features, loss, 0)


@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier, RandomForestRegressor])
def test_the_loss_of_the_first_trees_is_that_of_a_forest_of_so_many(kind: type[RandomForestClassifier]) -> None:
    table = table_of()
    told = measured(kind(n_estimators=20, random_state=0), table)
    assert isinstance(told, Learning)
    assert told.sizes.tolist() == [1, 2, 4, 6, 8, 13, 20]
    assert (told.rows, told.all_rows) == (150, 150)
    for size, loss in zip(told.sizes, told.losses, strict=True):
        smaller = kind(n_estimators=int(size), random_state=0).fit(table.features[::2], table.target[::2])
        verdict = evaluate(smaller, table)
        assert loss == pytest.approx(losses.of(verdict, table.target).measure(verdict.said, numpy.arange(150)))


def test_sizes_rise_to_all_trees() -> None:
    assert learning.sizes_up_to(2).tolist() == [1, 2]
    assert learning.sizes_up_to(100).tolist() == [1, 2, 4, 7, 14, 27, 52, 100]
    assert learning.sizes_up_to(100_000)[-1] == 100_000


def test_a_forest_of_one_tree_has_learnt_nothing_by_its_size() -> None:
    assert measured(RandomForestClassifier(n_estimators=1), table_of()) == "the forest has one tree"


def test_only_a_forest_has_trees_that_can_be_asked_alone() -> None:
    assert measured(LogisticRegression(), table_of()) is None


def test_where_all_rows_would_take_too_long_some_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "cost", lambda _: float)
    told = measured(RandomForestClassifier(n_estimators=2, random_state=0), table_of(900))
    assert isinstance(told, Learning)
    assert (told.rows, told.all_rows) == (learning.FEWEST_ROWS, 900)


def test_the_mean_of_the_trees_is_what_the_forest_says() -> None:
    table = table_of()
    matrix = table.features.to_numpy()
    for kind in (RandomForestClassifier, RandomForestRegressor):
        forest = kind(n_estimators=7, random_state=0).fit(table.features, table.target)
        ask = forest.predict_proba if hasattr(forest, "classes_") else forest.predict
        assert trees.mean_said(forest, matrix) == pytest.approx(ask(table.features))


def test_a_forest_costs_more_the_more_trees_levels_classes_and_rows_it_has() -> None:
    table = table_of()
    forest = RandomForestClassifier(n_estimators=5, max_depth=2, random_state=0).fit(table.features, table.target)
    larger = RandomForestClassifier(n_estimators=50, max_depth=2, random_state=0).fit(table.features, table.target)
    seconds, more = trees.cost(forest), trees.cost(larger)
    assert seconds is not None
    assert more is not None
    assert seconds(200) > seconds(100) > 0
    assert more(100) == pytest.approx(10 * seconds(100), rel=0.2)
    assert trees.cost(LogisticRegression()) is None
