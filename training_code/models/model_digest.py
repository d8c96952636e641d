"""Digests of a grown estimator: two that are equal tell, without unpickling, that training again gave the same."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.tree._tree import Tree

_LEAF = -1
"""`left_child` of a node without children. Source: `TREE_LEAF` in sklearn.tree._tree."""


def of_trees(model: BaseEstimator) -> str:
    """SHA-256 over all nodes and values of a model's trees, in their order; "" for a model not made of such trees.

    Made of such trees are decision trees, and forests, boostings and baggings of them.
    """
    members = [model] if hasattr(model, "tree_") else list(numpy.ravel(getattr(model, "estimators_", [])))
    if not members or not all(hasattr(each, "tree_") for each in members):
        return ""
    total = hashlib.sha256()
    for each in members:
        total.update(_of_tree(each.tree_))
    return total.hexdigest()


def of_predictions(said: NDArray[Any]) -> str:
    """SHA-256 over the exact bytes of what a model said of rows, `evaluation.Evaluation.said`.

    The model needed `n_jobs=1`, as `forest.grow` leaves it: threads add up in any order.
    """
    if said.dtype.kind not in "biuf":  # labels that are words have no bytes of their own
        return hashlib.sha256("\0".join(map(str, said.tolist())).encode()).hexdigest()
    return hashlib.sha256(_bytes(said)).hexdigest()


def _of_tree(tree: Tree) -> bytes:
    state = tree.__getstate__()
    nodes = state["nodes"]
    digest = hashlib.sha256()
    # Field by field: a node's padding, and where a leaf would send missing values, mean nothing.
    for name in sorted(nodes.dtype.names):
        column = nodes[name]
        if name == "missing_go_to_left":
            column = numpy.where(nodes["left_child"] == _LEAF, 0, column)
        digest.update(f"{name}\0".encode() + _bytes(column))
    digest.update(str(state["values"].shape).encode() + _bytes(state["values"]))
    return digest.digest()


def _bytes(numbers: NDArray[Any]) -> bytes:
    return numpy.ascontiguousarray(numbers, numbers.dtype.newbyteorder("<")).tobytes()
