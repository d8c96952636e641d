"""Grows an estimator in batches: tree for tree what one `fit` grows, but it can be saved on the way.

What can be grown: a forest or a boosting by more of its estimators (`warm_start`), and whatever has `partial_fit`, by
passes over the rows. Everything else is fitted at once, and the log says what that means for a spot job.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import joblib
import numpy
from sklearn.base import BaseEstimator, is_classifier

from data import memory
from data.tables import Table
from failure import TrainingError, shown
from growing import accelerated
from options import estimators
from options.hyperparameters import Hyperparameters
from progress import say

_PART_OF_TIME = 1 / 20
"""Of a long run, the part that may be grown between two checkpoints: they get rarer, but for a limit."""
_LONGEST_SECONDS = 300.0

AfterBatch = Callable[[Any], None]
FitBatch = Callable[[BaseEstimator, Table], None]
NextSize = Callable[[int, float], int]
"""Trees of the next batch, from the trees grown and the seconds that they took."""


def seconds_of_batch(least: float, elapsed: float) -> float:
    """How long to grow between two checkpoints, after `elapsed` seconds of growing; `least` 0 is as short as can be."""
    return max(least, min(elapsed * _PART_OF_TIME, _LONGEST_SECONDS)) if least else 0.0


def batch_size(seconds: float, grown: int, elapsed: float, cores: int) -> int:
    """Trees that grow in about `seconds`, at the pace of the `grown` trees that took `elapsed`.

    A multiple of the cores, so that none of them waits at the end of a batch; the first is one for each, to learn the
    pace.
    """
    return cores * max(int(seconds * grown / elapsed / cores) if grown else 0, 1)


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
    started, growing = time.perf_counter(), 0.0
    far, own = estimators.growth(type(model)), model.get_params(deep=False)
    total, unit = int(getattr(estimator(settings), far)), estimators.unit(model)
    first = trees = estimators.size(model)
    next_size, fit_batch, own_form = _way_of_growing(settings, table)
    while trees < total:
        trees = min(trees + next_size(trees - first, growing), total)
        step = {far: trees, "warm_start": True, "n_jobs": settings.n_jobs}
        # The rows left out are judged when all trees are there; few trees leave out too few.
        step["oob_score"] = bool(settings.parameters.get("oob_score")) and trees == total
        model.set_params(**{name: value for name, value in step.items() if name in own})
        before = time.perf_counter()
        with warnings.catch_warnings():
            # Meant for warm starts on other rows than before; these are the same.
            warnings.filterwarnings("ignore", 'class_weight presets "balanced"', UserWarning)
            fit_batch(model, table)
        if not growing and estimators.is_forest(model):
            memory.announce_trees(model.estimators_[first:], total, own_form)
        growing += time.perf_counter() - before
        say(f"growing: {trees} of {total} {unit}, {time.perf_counter() - started:.1f} s")
        if after_batch:
            after_batch(model)


def _way_of_growing(settings: Hyperparameters, table: Table) -> tuple[NextSize, FitBatch, float]:
    """How many trees a batch has, what grows a forest to its `n_estimators`, and what it holds beside a batch's trees.

    That is a share of their bytes.
    """
    if settings.accelerator and not (why := accelerated.unsupported(settings, table)):
        size = accelerated.batch_size(int(estimator(settings).n_estimators), len(table.target))
        say(f"accelerator: scikit-learn-intelex grows the trees, {size} at a time")
        grow_batch = partial(accelerated.grow_batch, random_state=settings.random_state)
        return lambda *_: size, grow_batch, accelerated.OWN_FORM
    if settings.accelerator:
        say(f"accelerator: going on with plain scikit-learn instead of {settings.accelerator}: {why}")
    cores = int(joblib.effective_n_jobs(settings.n_jobs))

    def as_time_allows(grown: int, elapsed: float) -> int:
        return batch_size(seconds_of_batch(settings.checkpoint_seconds, elapsed), grown, elapsed, cores)

    return as_time_allows, _fit, 0.0


def _by_epochs(settings: Hyperparameters, table: Table, model: BaseEstimator, after_batch: AfterBatch | None) -> None:
    started = saved = time.perf_counter()
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
        now = time.perf_counter()
        if now - saved >= seconds_of_batch(settings.checkpoint_seconds, now - started) or epoch + 1 == total:
            say(f"growing: {epoch + 1} of {total} epochs, {now - started:.1f} s")
            if after_batch:
                after_batch(model)
            saved = time.perf_counter()


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
