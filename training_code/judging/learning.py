"""What a forest gains by its size: how wrong its first trees are by themselves, from one pass over the trees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray
from pandas import DataFrame
from sklearn.base import BaseEstimator

from judging import trees
from judging.importance import sample
from judging.losses import Loss

SIZES = 8
FEWEST_ROWS = 200
_SECONDS = 0.3
_MOST_CELLS = 20_000_000
"""Rows times features, which are copied."""


@dataclass(frozen=True)
class Learning:
    """The `losses` of the first `sizes` trees of a forest, on `rows` of `all_rows` held-out rows."""

    sizes: NDArray[numpy.int64]
    losses: NDArray[numpy.float64]
    loss: str
    unit: str
    rows: int
    all_rows: int


def sizes_up_to(trees: int) -> NDArray[numpy.int64]:
    """At most `SIZES` numbers of trees from 1 to all, each about as many times the one before."""
    return numpy.unique(numpy.geomspace(1, trees, SIZES).round().astype(numpy.int64))


def measure(forest: BaseEstimator, features: DataFrame, loss: Loss, seed: int) -> Learning | str | None:
    """How a fitted forest's loss falls with its trees; why that cannot be told, or None for another estimator.

    Where all rows would take too long, some are drawn by `seed`.
    """
    seconds = trees.cost(forest)
    if seconds is None:
        return None
    if len(forest.estimators_) < 2:
        return "the forest has one tree"
    count = len(features)
    planned = min(count, max(1, _MOST_CELLS // features.shape[1]))
    while planned > FEWEST_ROWS and seconds(planned) > _SECONDS:
        planned = max(FEWEST_ROWS, planned // 2)
    rows = sample(count, planned, seed)
    matrix = features.iloc[rows].to_numpy(dtype="float32")
    sizes = sizes_up_to(len(forest.estimators_))
    losses = [loss.measure(said, rows) for said in trees.said_by_first(forest, matrix, sizes.tolist())]
    return Learning(sizes, numpy.array(losses), loss.name, loss.unit, len(rows), count)
