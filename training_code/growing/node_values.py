"""What the nodes of a grown tree say, counted over a table's rows: class shares or means, impurities, numbers of rows.

For trees whose splits come from elsewhere. Shapes and meanings are those of `sklearn.tree._tree.Tree`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import joblib
import numpy
from numpy.typing import NDArray

from data.tables import Table

Numbers = NDArray[numpy.float64]
_LEAF = -1
"""In place of a child. Source: `TREE_LEAF` in sklearn.tree._tree."""


def count(trees: Sequence[Any], table: Table, classification: bool, n_jobs: int | None) -> None:
    """Rewrite value, impurity and row counts of every node of these trees, on `n_jobs` cores.

    A node that no row of the table reaches keeps what it says.
    """
    features = numpy.ascontiguousarray(table.features, dtype=numpy.float32)
    if classification:
        classes, codes = numpy.unique(table.target, return_inverse=True)
        work = joblib.delayed(_count_classes)
        tasks = (work(tree, features, codes, len(classes)) for tree in trees)
    else:
        work = joblib.delayed(_count_numbers)
        tasks = (work(tree, features, table.target) for tree in trees)
    joblib.Parallel(n_jobs=n_jobs, prefer="threads")(tasks)


def _count_classes(tree: Any, features: NDArray[numpy.float32], codes: NDArray[numpy.intp], classes: int) -> None:  # noqa: ANN401
    cells = tree.apply(features) * classes + codes
    per_class = numpy.bincount(cells, minlength=tree.node_count * classes).astype(numpy.float64)
    per_class = _with_inner_nodes(tree, per_class.reshape(tree.node_count, classes))
    rows = per_class.sum(axis=1)
    shares = per_class / numpy.maximum(rows, 1)[:, None]
    _write(tree, rows, shares, 1 - (shares**2).sum(axis=1))


def _count_numbers(tree: Any, features: NDArray[numpy.float32], target: Numbers) -> None:  # noqa: ANN401
    leaves = tree.apply(features)
    sums = (numpy.bincount(leaves, weights, minlength=tree.node_count) for weights in (None, target, target**2))
    rows, total, squares = _with_inner_nodes(tree, numpy.stack(list(sums), axis=1).astype(numpy.float64)).T
    mean = total / numpy.maximum(rows, 1)
    variance = numpy.maximum(squares / numpy.maximum(rows, 1) - mean**2, 0)
    _write(tree, rows, mean[:, None], variance)


def _with_inner_nodes(tree: Any, of_leaves: Numbers) -> Numbers:  # noqa: ANN401
    """The sums of leaves (nodes, sums), and for every other node those of its children, from the deepest upwards."""
    inner = numpy.flatnonzero(tree.children_left != _LEAF)
    parents = numpy.zeros(tree.node_count, dtype=numpy.intp)
    parents[tree.children_left[inner]] = parents[tree.children_right[inner]] = inner
    depths = tree.compute_node_depths()
    for depth in range(int(depths.max()), 1, -1):
        nodes = numpy.flatnonzero(depths == depth)
        numpy.add.at(of_leaves, parents[nodes], of_leaves[nodes])
    return of_leaves


def _write(tree: Any, rows: Numbers, values: Numbers, impurities: Numbers) -> None:  # noqa: ANN401
    reached = rows > 0
    tree.value[reached, 0, :] = values[reached]
    tree.impurity[reached] = impurities[reached]
    tree.n_node_samples[reached] = tree.weighted_n_node_samples[reached] = rows[reached]
