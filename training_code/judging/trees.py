"""A forest's trees, asked one by one: what each says of rows, and about how long that takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from judging.losses import Said
from options.estimators import is_forest

_SECONDS_OF_A_TREE = 15e-6
_SECONDS_OF_A_NODE = 6e-9
_SECONDS_OF_A_CLASS = 3e-9
"""Of one row. All three are of an ordinary core, and only to choose how many rows are asked about: so that a seed draws
the same rows on every machine, nothing is timed.
"""


def cost(estimator: BaseEstimator) -> Callable[[int], float] | None:
    """About how many seconds it takes to ask a forest of so many rows; None for another estimator."""
    if not is_forest(estimator):
        return None
    count, nodes = len(estimator.estimators_), sum(1 + tree.get_depth() for tree in estimator.estimators_)
    of_classes = len(getattr(estimator, "classes_", ())) * _SECONDS_OF_A_CLASS
    of_row = nodes * _SECONDS_OF_A_NODE + count * of_classes
    return lambda rows: count * _SECONDS_OF_A_TREE + rows * of_row


def said(forest: BaseEstimator, rows: NDArray[numpy.float32]) -> Iterator[Said]:
    """What each tree says of rows: probabilities (rows, classes), or values (rows)."""
    for tree in forest.estimators_:
        ask = tree.predict_proba if hasattr(tree, "predict_proba") else tree.predict
        yield ask(rows, check_input=False)


def said_by_first(forest: BaseEstimator, rows: NDArray[numpy.float32], sizes: Iterable[int]) -> Iterator[Said]:
    """What forests of the first `sizes` trees (rising) would say of rows: the mean of these trees."""
    wanted, total = set(sizes), None
    for size, each in enumerate(said(forest, rows), 1):
        total = each.copy() if total is None else numpy.add(total, each, out=total)
        if size in wanted:
            yield total / size


def mean_said(forest: BaseEstimator, rows: NDArray[numpy.float32]) -> Said:
    """What the forest says of rows, to the last bit or two."""
    return next(said_by_first(forest, rows, [len(forest.estimators_)]))
