"""Grows a batch of trees with scikit-learn-intelex, and puts them into a forest that is plain scikit-learn's.

oneDAL's trees become scikit-learn's own, so what is saved and served needs no accelerator. It has no `warm_start`: each
batch is fitted by itself, with a seed made of the run's seed and the number of trees before it. A forest that goes on
from a checkpoint is therefore, tree for tree, the one that was never interrupted.

A tree that scikit-learn-intelex converts has votes in its leaves instead of shares: a leaf of 60 rows against 40 says 1
and 0, which ruins every probability. So only the splits are oneDAL's; what the nodes say is counted here, over all rows
of the table.

What it takes: `_onedal_fit_ready` in sklearnex/ensemble/_forest.py (2026.2.0). It would fall back to plain scikit-learn
by itself, in silence; here the reason is known beforehand, and a fall-back all the same is an error.
"""

from __future__ import annotations

from typing import Any

import numpy
from sklearn.base import BaseEstimator, is_classifier

from data.tables import Table
from failure import TrainingError
from growing import node_values
from options.estimators import size
from options.hyperparameters import Hyperparameters

_MOST_BATCHES = 4
"""Each costs oneDAL a new binning of all rows, as much as it takes to grow a dozen trees."""
BATCH_WORK = 50_000_000
"""Rows times trees that are worth a checkpoint: some seconds. No matter of time, for the same trees on any machine."""
OWN_FORM = 0.6
"""Bytes of oneDAL's own trees, for each byte of the plain ones made of them: it keeps both for a moment. Measured with
100 whole trees on 261,876 rows: 431 MB of plain ones, 250 MB beside."""
_BATCH_MAX = 6024
"""Trees that oneDAL fits at once. Source: as above."""
_NOT_OF_A_PLAIN_FOREST = ("_onedal_estimator", "_cached_estimators_", "max_bins", "min_bin_size")


def batch_size(trees: int, rows: int) -> int:
    """Trees between two checkpoints, of a forest on so many rows."""
    batches = min(-(-trees * rows // BATCH_WORK), _MOST_BATCHES)
    return min(-(-trees // batches), _BATCH_MAX)


def unsupported(settings: Hyperparameters, table: Table) -> str:
    """Why the accelerator does not grow this forest on these rows; "" when it does."""
    chosen = settings.parameters
    if chosen.get("criterion", "gini") not in ("gini", "squared_error"):
        return f"it does not know the criterion {chosen['criterion']}"
    for name, neutral in (
        ("class_weight", None),
        ("oob_score", False),
        ("ccp_alpha", 0.0),
        ("max_samples", None),
        ("monotonic_cst", None),
    ):
        if chosen.get(name, neutral) != neutral:
            return f"it is not used with {name}"
    if table.weights is not None:
        return "it is not used with a weight_column"
    if table.features.isna().to_numpy().any():
        return "it takes no missing values"
    if settings.task == "classification" and len(numpy.unique(table.target)) < 2:
        return "it needs two classes"
    return ""


def grow_batch(model: BaseEstimator, table: Table, random_state: int) -> None:
    """Give a plain forest the trees it lacks to its `n_estimators`.

    Raises:
        TrainingError: scikit-learn-intelex is not installed, or refuses these rows.
    """
    before = size(model)
    seed = int(numpy.random.SeedSequence([random_state, before]).generate_state(1)[0])
    own = model.get_params(deep=False)
    batch = {"n_estimators": own["n_estimators"] - before, "warm_start": False, "random_state": seed}
    grown = _accelerated(type(model).__name__)(**own | batch).fit(table.features, table.target)
    if not hasattr(grown, "_onedal_estimator"):
        raise TrainingError(
            "hyperparameter accelerator: scikit-learn-intelex does not take these hyperparameters and rows; "
            "leave out accelerator"
        )
    trees = [_plain(tree, model, grown) for tree in grown.estimators_]
    node_values.count([tree.tree_ for tree in trees], table, is_classifier(model), own["n_jobs"])
    if before:
        model.estimators_ += trees
        return
    learned = {name: value for name, value in vars(grown).items() if name not in {*own, *_NOT_OF_A_PLAIN_FOREST}}
    vars(model).update(learned, estimators_=trees, _sample_weight=None)


def _plain(tree: Any, model: BaseEstimator, grown: Any) -> Any:  # noqa: ANN401  # sklearnex has no types
    """A tree as the plain forest's own `fit` leaves it: in a forest, a tree's classes are numbers from 0."""
    of_forest = {name: getattr(model, name) for name in model.estimator_params if name != "random_state"}
    tree.max_features_ = tree.max_features  # as a number, which oneDAL was given
    tree.set_params(**of_forest)
    if is_classifier(model):
        tree.classes_ = numpy.arange(grown.n_classes_, dtype="float64")
        tree.n_classes_ = numpy.int64(grown.n_classes_)
    else:
        del tree.n_classes_
    return tree


def _accelerated(name: str) -> Any:  # noqa: ANN401  # sklearnex has no types
    try:
        from sklearnex import ensemble
    except ImportError as error:
        raise TrainingError(
            f"hyperparameter accelerator: got intelex, but scikit-learn-intelex cannot be imported here ({error}); "
            f"install training_code/requirements-accelerator.txt (Linux on x86-64), or leave out accelerator"
        ) from error
    return getattr(ensemble, name)
