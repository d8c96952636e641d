"""Which scikit-learn estimator a run fits, and what that estimator can do: everything known before there is data.

scikit-learn takes seconds to load, so it is loaded where something is asked of it, and not with this module.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import re
from typing import TYPE_CHECKING, Any

from failure import Fault, RefusedError, shown
from progress import METRIC_NAMES, REGRESSION_METRIC_NAMES

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

FOREST = "sklearn.ensemble.RandomForestClassifier"
"""What a run fits when nothing else is said."""
REGRESSION_FOREST = "sklearn.ensemble.RandomForestRegressor"
CLASSIFICATION, REGRESSION = "classification", "regression"
TASK_OF_FOREST = {FOREST: CLASSIFICATION, REGRESSION_FOREST: REGRESSION}
"""Of the two that are chosen by their task: known without loading them."""
TREES = "training:trees"
"""The metric of how many trees (or other estimators) there are, where a model is made of such."""

RESERVED = ("warm_start", "verbose", "random_state", "n_jobs")
"""Of every estimator: set by the training code, or hyperparameters of the run as a whole."""

_32_BIT = ("sklearn.ensemble._forest", "sklearn.ensemble._gb", "sklearn.tree.")
"""Modules whose estimators cast features to 32-bit floating point themselves. Source: `DTYPE` in sklearn.tree._tree."""
_FORESTS = ("RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier", "ExtraTreesRegressor")
_HISTOGRAMS = "sklearn.ensemble._hist_gradient_boosting"
_DOTTED = re.compile(r"sklearn(\.[A-Za-z]\w*)*\.[A-Z]\w*")


def find(name: str) -> type[BaseEstimator]:
    """The classifier or regressor of that dotted name.

    Raises:
        RefusedError: for a name outside scikit-learn, one it does not have, and an estimator that cannot be used here.
    """
    if not _DOTTED.fullmatch(name):
        raise _refused(
            f"got {shown(name, 80)}, allowed: a classifier or regressor of scikit-learn by its dotted name, such as "
            f"{FOREST}{_meant(name)}"
        )
    module, _, last = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), last, None)
    except ImportError:
        found = None
    if found is None:
        raise _refused(f"scikit-learn has no {shown(name, 80)}{_meant(name)}")
    fault = _unusable(found)
    if fault:
        raise _refused(f"{shown(name, 80)} {fault}; choose another one")
    return found  # type: ignore[no-any-return]  # scikit-learn has no types


def _refused(text: str) -> RefusedError:
    return RefusedError([Fault("hyperparameter", "estimator", text)])


def task_of(estimator: type[BaseEstimator]) -> str:
    """`classification` or `regression`."""
    from sklearn.base import is_classifier

    return CLASSIFICATION if is_classifier(estimator()) else REGRESSION


def parameter_names(estimator: type[BaseEstimator]) -> list[str]:
    """The hyperparameters that are the estimator's own, sorted."""
    return sorted(set(inspect.signature(estimator).parameters).difference(RESERVED, ("estimator",)))


def refused(estimator: type[BaseEstimator], name: str, value: object) -> str | None:
    """What scikit-learn allows for a parameter, when `value` is not that; None when it is."""
    try:
        estimator(**{name: value})._validate_params()  # what `fit` itself calls first
    except ValueError as error:
        allowed = re.search(r" must be (.*?)\.? Got .* instead\.?$", str(error), re.DOTALL)
        # Sets of words come in any order.
        return re.sub(r"\{[^{}]*\}", _sorted, allowed[1] if allowed else str(error))
    return None


def fresh(name: str, parameters: dict[str, Any], random_state: int, n_jobs: int) -> BaseEstimator:
    """The estimator, not yet fitted: with the run's seed and cores where it has a use for them."""
    estimator = find(name)
    own = inspect.signature(estimator).parameters
    common = {key: value for key, value in (("random_state", random_state), ("n_jobs", n_jobs)) if key in own}
    if name.endswith(".LogisticRegression"):
        del common["n_jobs"]  # of no effect since scikit-learn 1.8, and warned of
    return estimator(**parameters | common)


def growth(estimator: type[BaseEstimator]) -> str:
    """The parameter that says how far an estimator grows, where `warm_start` lets it go on; "" where there is none."""
    own = inspect.signature(estimator).parameters
    name = "max_iter" if estimator.__module__.startswith(_HISTOGRAMS) else "n_estimators"
    return name if {"warm_start", name} <= own.keys() else ""


def at_once(estimator: type[BaseEstimator], parameters: dict[str, Any]) -> str:
    """Why an estimator cannot be grown by more and more of its estimators; "" when it can."""
    if not growth(estimator):
        if hasattr(estimator, "partial_fit"):
            return "grows only by passes over the rows, and partial_fit_epochs is not set"
        return "cannot be grown step by step"
    if parameters.get("n_iter_no_change") is not None:
        return "stops by itself (n_iter_no_change)"
    if estimator.__module__.startswith(_HISTOGRAMS) and parameters.get("early_stopping", "auto") is not False:
        return "stops by itself (early_stopping is not false)"
    if parameters.get("oob_score") and estimator.__module__ == "sklearn.ensemble._bagging":
        return "cannot be grown step by step with oob_score"
    return ""


def size(estimator: BaseEstimator) -> int:
    """How far an estimator has grown, in its `unit`."""
    if unit(estimator) == "iterations":
        return int(getattr(estimator, "n_iter_", 0))
    return int(getattr(estimator, "partial_fit_epochs_", 0)) or len(getattr(estimator, "estimators_", ()))


def unit(estimator: BaseEstimator) -> str:
    """What an estimator grows by: trees, iterations of histogram boosting, or epochs: passes over the rows."""
    if type(estimator).__module__.startswith(_HISTOGRAMS):
        return "iterations"
    return "epochs" if hasattr(estimator, "partial_fit_epochs_") else "trees"


def is_forest(estimator: BaseEstimator) -> bool:
    """Whether it is a list of trees of which none changes when more are grown."""
    from sklearn import ensemble

    return isinstance(estimator, tuple(getattr(ensemble, name) for name in _FORESTS))


def takes_weights(estimator: type[BaseEstimator]) -> bool:
    """Whether its `fit` knows how much each row counts."""
    from sklearn.utils.validation import has_fit_parameter

    return bool(has_fit_parameter(estimator, "sample_weight"))


def takes_missing_values(estimator: type[BaseEstimator]) -> bool:
    """Whether it can be fitted with missing values among the features."""
    return bool(estimator().__sklearn_tags__().input_tags.allow_nan)


def casts_to_32_bits(estimator: type[BaseEstimator]) -> bool:
    """Whether reading features as 32-bit numbers loses nothing, because the estimator would cast them."""
    return estimator.__module__.startswith(_32_BIT)


def is_made_of_trees(estimator: type[BaseEstimator]) -> bool:
    """Whether it is made of trees, to which a category may be a mere number."""
    return estimator.__module__.startswith(
        (*_32_BIT, "sklearn.ensemble._hist", "sklearn.ensemble._bagging", "sklearn.ensemble._weight_boosting")
    )


def can_share(estimator: type[BaseEstimator]) -> bool:
    """Whether its trees can grow on several hosts: joblib's tasks, one for each of its estimators."""
    return {"n_jobs", "n_estimators"} <= set(estimator().get_params(deep=False))


def metric_names(name: str, parameters: dict[str, Any]) -> tuple[str, ...]:
    """The metrics that an evaluation may have of that estimator: which of them, can depend on the data as well."""
    if name in TASK_OF_FOREST:
        return METRIC_NAMES if name == FOREST else REGRESSION_METRIC_NAMES
    estimator = find(name)
    made, task = estimator(**parameters), task_of(estimator)
    lacking = set() if "n_estimators" in inspect.signature(estimator).parameters else {TREES}
    if task == CLASSIFICATION and not hasattr(made, "predict_proba"):
        lacking |= {"validation:log_loss"} | (set() if hasattr(made, "decision_function") else {"validation:roc_auc"})
    names = METRIC_NAMES if task == CLASSIFICATION else REGRESSION_METRIC_NAMES
    return tuple(each for each in names if each not in lacking)


def _unusable(found: BaseEstimator) -> str:
    from sklearn.base import BaseEstimator, is_classifier, is_regressor

    if not (inspect.isclass(found) and issubclass(found, BaseEstimator) and found.__module__.startswith("sklearn.")):
        return "is not an estimator"
    needed = [
        name
        for name, each in inspect.signature(found).parameters.items()
        if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD
    ]
    if needed or inspect.isabstract(found):
        return f"needs {', '.join(needed) or 'a subclass'}, which no hyperparameter can give"
    estimator: Any = found()
    try:
        tags = estimator.__sklearn_tags__()
    except AttributeError:  # those of the estimator that it is to be given
        return "needs estimator, which no hyperparameter can give"
    if not (is_classifier(estimator) or is_regressor(estimator)):
        return "is neither a classifier nor a regressor"
    if not tags.target_tags.single_output or not tags.input_tags.two_d_array:
        return "does not learn one target column from a table"
    return ""


def _meant(name: str) -> str:
    from sklearn.utils import all_estimators  # imports all of scikit-learn: only to help

    full = {each.__name__: f"{each.__module__.partition('._')[0]}.{each.__name__}" for _, each in all_estimators()}
    close = difflib.get_close_matches(name.rpartition(".")[2], full, n=1, cutoff=0.8)
    return f"; did you mean {full[close[0]]}?" if close else ""


def _sorted(words: re.Match[str]) -> str:
    return "{" + ", ".join(sorted(words[0][1:-1].split(", "))) + "}"
