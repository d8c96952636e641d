"""Grows a random forest in batches: tree for tree the forest that one `fit` grows, but it can be saved on the way."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import joblib
from sklearn.ensemble import RandomForestClassifier

from dataset import Table
from failure import TrainingError
from hyperparameters import Hyperparameters
from progress import say

BATCHES = 10
"""A tenth of the trees at a time, but never fewer than there are cores to grow them on."""


def batch_size(settings: Hyperparameters) -> int:
    """Trees grown between two checkpoints."""
    return max(-(-settings.n_estimators // BATCHES), int(joblib.effective_n_jobs(settings.n_jobs)))


def estimator(settings: Hyperparameters) -> RandomForestClassifier:
    """The scikit-learn estimator these hyperparameters describe, not yet fitted."""
    return RandomForestClassifier(
        n_estimators=settings.n_estimators,
        max_depth=settings.max_depth,
        criterion=settings.criterion,
        max_features=settings.max_features,
        min_samples_split=settings.min_samples_split,
        min_samples_leaf=settings.min_samples_leaf,
        class_weight=settings.class_weight,
        bootstrap=settings.bootstrap,
        random_state=settings.random_state,
        n_jobs=settings.n_jobs,
    )


def grow(
    settings: Hyperparameters,
    table: Table,
    grown: RandomForestClassifier | None = None,
    after_batch: Callable[[RandomForestClassifier], None] | None = None,
) -> RandomForestClassifier:
    """Grow the forest, from nothing or on top of an earlier one.

    `grown` is a forest of the same hyperparameters and rows that has some of the trees; `after_batch` is called with
    the forest after each batch, to save it.

    The result has `n_jobs=1`: with more, `predict_proba` adds up the trees in the order in which threads finish, and
    its last bit changes from call to call.
    """
    _check_max_features(settings, table)
    started = time.perf_counter()
    forest = estimator(settings) if grown is None else grown
    trees = 0 if grown is None else len(grown.estimators_)
    while trees < settings.n_estimators:
        trees = min(trees + batch_size(settings), settings.n_estimators)
        forest.set_params(n_estimators=trees, warm_start=True, n_jobs=settings.n_jobs)
        with warnings.catch_warnings():
            # Meant for warm starts on other rows than before; these are the same.
            warnings.filterwarnings("ignore", 'class_weight presets "balanced"', UserWarning)
            forest.fit(table.features, table.target)
        say(f"growing: {trees} of {settings.n_estimators} trees, {time.perf_counter() - started:.1f} s")
        if after_batch:
            after_batch(forest)
    return forest.set_params(warm_start=False, n_jobs=1)


def _check_max_features(settings: Hyperparameters, table: Table) -> None:
    count = table.features.shape[1]
    if isinstance(settings.max_features, int) and settings.max_features > count:
        raise TrainingError(
            f"hyperparameter max_features: got {settings.max_features}, but the data has {count} features; "
            f"choose at most {count}, or sqrt"
        )
