"""Grows an estimator in batches: tree for tree what one `fit` grows, but it can be saved on the way.

What can be grown: a forest or a boosting by more of its estimators (`warm_start`), and whatever has `partial_fit`, by
passes over the rows. Everything else is fitted at once, and the log says what that means for a spot job.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import joblib
import numpy
from sklearn.base import BaseEstimator, is_classifier

import accelerated
import estimators
from failure import TrainingError, shown
from hyperparameters import Hyperparameters
from progress import say
from tables import Table

BATCHES = 10
"""A tenth of the trees at a time, but never fewer than there are cores to grow them on."""

AfterBatch = Callable[[Any], None]
FitBatch = Callable[[BaseEstimator, Table], None]


def batch_size(settings: Hyperparameters) -> int:
    """Trees grown between two checkpoints."""
    total = int(estimator(settings).n_estimators)
    return max(-(-total // BATCHES), int(joblib.effective_n_jobs(settings.n_jobs)))


def estimator(settings: Hyperparameters) -> BaseEstimator:
    """The scikit-learn estimator these hyperparameters describe, not yet fitted."""
    return estimators.fresh(settings.estimator, settings.parameters, settings.random_state, settings.n_jobs)


def grow(
    settings: Hyperparameters,
    table: Table,
    grown: BaseEstimator | None = None,
    after_batch: AfterBatch | None = None,
) -> BaseEstimator:
    """Grow the estimator, from nothing or on top of an earlier one.

    `grown` is one of the same hyperparameters and rows that has grown so far; `after_batch` is called with the
    estimator after each batch, to save it.

    The result has `n_jobs=1`: with more, a forest's `predict_proba` adds up the trees in the order in which
    threads finish, and its last bit changes from call to call.

    Raises:
        TrainingError: when the estimator refuses these rows.
    """
    _check_max_features(settings, table)
    model = estimator(settings) if grown is None else grown
    before = model.get_params(deep=False)
    try:
        if settings.partial_fit_epochs:
            _by_epochs(settings, table, model, after_batch)
        elif why := estimators.at_once(estimators.find(settings.estimator), settings.parameters):
            say(
                f"growing: {settings.estimator} {why}, so it is fitted at once and without checkpoints: a spot job "
                f"that is interrupted starts from zero"
            )
            _fit(model, table)
        else:
            _by_trees(settings, table, model, after_batch)
    except ValueError as error:
        raise TrainingError(
            f"{settings.estimator} cannot be fitted to these rows: {shown(error, 300)}; choose other hyperparameters "
            f"or another estimator"
        ) from error
    after = {"warm_start": False, "n_jobs": 1, "random_state": settings.random_state}
    return model.set_params(**{name: value for name, value in after.items() if before.get(name) is not None})


def _by_trees(settings: Hyperparameters, table: Table, model: BaseEstimator, after_batch: AfterBatch | None) -> None:
    started = time.perf_counter()
    total, own = int(estimator(settings).n_estimators), model.get_params(deep=False)
    trees = estimators.size(model)
    step_size, fit_batch = _way_of_growing(settings, table)
    while trees < total:
        trees = min(trees + step_size, total)
        step = {"n_estimators": trees, "warm_start": True, "n_jobs": settings.n_jobs}
        # The rows left out are judged when all trees are there; few trees leave out too few.
        step["oob_score"] = bool(settings.parameters.get("oob_score")) and trees == total
        model.set_params(**{name: value for name, value in step.items() if name in own})
        with warnings.catch_warnings():
            # Meant for warm starts on other rows than before; these are the same.
            warnings.filterwarnings("ignore", 'class_weight presets "balanced"', UserWarning)
            fit_batch(model, table)
        say(f"growing: {trees} of {total} trees, {time.perf_counter() - started:.1f} s")
        if after_batch:
            after_batch(model)


def _way_of_growing(settings: Hyperparameters, table: Table) -> tuple[int, FitBatch]:
    """How many trees a batch has, and what grows a forest to its `n_estimators`."""
    if settings.accelerator and not (why := accelerated.unsupported(settings, table)):
        size = accelerated.batch_size(int(estimator(settings).n_estimators))
        say(f"accelerator: scikit-learn-intelex grows the trees, {size} at a time")
        return size, lambda model, rows: accelerated.grow_batch(model, rows, settings.random_state)
    if settings.accelerator:
        say(f"accelerator: going on with plain scikit-learn instead of {settings.accelerator}: {why}")
    return batch_size(settings), _fit


def _by_epochs(settings: Hyperparameters, table: Table, model: BaseEstimator, after_batch: AfterBatch | None) -> None:
    started = time.perf_counter()
    total, own = settings.partial_fit_epochs or 0, model.get_params(deep=False)
    more: dict[str, Any] = {} if table.weights is None else {"sample_weight": table.weights}
    if is_classifier(model):
        more["classes"] = numpy.unique(table.target)
    for epoch in range(estimators.size(model), total):
        if "random_state" in own:
            # Each pass in an order of its own, and the same one after a restart.
            model.set_params(random_state=(settings.random_state + epoch) % 2**32)
        model.partial_fit(table.features, table.target, **more)
        model.partial_fit_epochs_ = epoch + 1
        if (epoch + 1) % -(-total // BATCHES) == 0 or epoch + 1 == total:
            say(f"growing: {epoch + 1} of {total} epochs, {time.perf_counter() - started:.1f} s")
            if after_batch:
                after_batch(model)


def _fit(model: BaseEstimator, table: Table) -> None:
    more = {} if table.weights is None else {"sample_weight": table.weights}
    model.fit(table.features, table.target, **more)


def _check_max_features(settings: Hyperparameters, table: Table) -> None:
    count, wanted = table.features.shape[1], settings.parameters.get("max_features")
    if isinstance(wanted, int) and wanted > count:
        raise TrainingError(
            f"hyperparameter max_features: got {wanted}, but the data has {count} features; "
            f"choose at most {count}, or sqrt"
        )
