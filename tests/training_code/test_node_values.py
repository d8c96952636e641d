"""The nodes of trees, counted again over the rows that they were grown from."""

from typing import Any

import numpy
import pandas
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.utils import Bunch

from data.tables import Table
from growing import node_values

Forest = RandomForestClassifier | RandomForestRegressor


def _table(bunch: Bunch) -> Table:
    return Table(pandas.DataFrame(bunch.data.astype("float32"), columns=bunch.feature_names), bunch.target)


def _forest(bunch: Bunch, **more: object) -> tuple[Forest, Table]:
    """Every tree sees every row once: what its nodes say is known."""
    kind = RandomForestRegressor if bunch.target.dtype == float else RandomForestClassifier
    table = _table(bunch)
    forest = kind(n_estimators=5, max_features=3, bootstrap=False, random_state=1, **more)
    return forest.fit(table.features, table.target), table


def _said(forest: Forest) -> list[numpy.ndarray[Any, Any]]:
    kinds = ("value", "impurity", "n_node_samples", "weighted_n_node_samples")
    return [getattr(tree.tree_, kind).copy() for tree in forest.estimators_ for kind in kinds]


def _forget(forest: Forest) -> None:
    for tree in forest.estimators_:
        tree.tree_.value[:] = tree.tree_.impurity[:] = 0
        tree.tree_.n_node_samples[:] = tree.tree_.weighted_n_node_samples[:] = 0


@pytest.mark.parametrize("bunch", [load_breast_cancer(), load_wine(), load_diabetes()], ids=["two", "three", "numbers"])
@pytest.mark.parametrize("max_depth", [1, 4, None])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_what_the_nodes_say_is_what_scikit_learn_lets_them_say(
    bunch: Bunch, max_depth: int | None, n_jobs: int
) -> None:
    forest, table = _forest(bunch, max_depth=max_depth)
    before = _said(forest)
    _forget(forest)

    trees = [each.tree_ for each in forest.estimators_]
    node_values.count(trees, table, isinstance(forest, RandomForestClassifier), n_jobs)

    for was, now in zip(before, _said(forest), strict=True):
        numpy.testing.assert_allclose(now, was, rtol=1e-6, atol=1e-6 * abs(was).max())


def test_classes_that_are_words_are_counted_in_their_order() -> None:
    bunch = load_wine()
    forest, table = _forest(bunch)
    before = _said(forest)
    _forget(forest)

    words = Table(table.features, numpy.array(["one", "three", "two"])[[0, 2, 1]][bunch.target])
    node_values.count([each.tree_ for each in forest.estimators_], words, True, 1)

    swapped = [was[:, :, [0, 2, 1]] if was.ndim == 3 else was for was in before]
    for was, now in zip(swapped, _said(forest), strict=True):
        numpy.testing.assert_allclose(now, was, rtol=1e-6, atol=1e-6)


def test_a_node_that_no_row_reaches_keeps_what_it_says() -> None:
    forest, table = _forest(load_breast_cancer(), max_depth=2)
    tree = forest.estimators_[0].tree_
    reached = tree.apply(table.features.to_numpy()[:1])[0]
    before = tree.value.copy()

    node_values.count([tree], Table(table.features[:1], numpy.array([1, 0])[:1]), True, 1)

    others = [node for node in numpy.flatnonzero(tree.children_left == -1) if node != reached]
    assert others
    numpy.testing.assert_array_equal(tree.value[others], before[others])
