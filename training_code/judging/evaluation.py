"""How good an estimator is on rows it has not seen: it is asked once, and everything else is derived from that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import joblib
import numpy
from numpy.typing import NDArray
from pandas import DataFrame
from sklearn import metrics
from sklearn.base import BaseEstimator, is_regressor

from data.tables import Table
from judging.curves import Places, RocCurve, roc_curves
from options.estimators import is_forest
from progress import say, say_metric

_FEWEST_ROWS = 1000
"""For which it is worth a core's while."""


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall, F1 (0 to 1) and number of rows of one class."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Predictions:
    """What a regression should have said of each row, and what it said."""

    actual: NDArray[numpy.float64]
    predicted: NDArray[numpy.float64]


@dataclass(frozen=True)
class Evaluation:
    """The verdict on one estimator.

    `metrics` has the names of `progress.METRIC_NAMES` or `REGRESSION_METRIC_NAMES`; `importances` is the mean decrease
    in impurity of each feature (1 together), empty where an estimator has none. A classification has `classes`,
    `roc_curves` and `confusion` (rows, true class by predicted class); a regression has `predictions` instead. `said`
    is what the estimator said of each row, as it came: probabilities (rows, classes) where it has them, else
    predictions; no row is asked about twice. `places` has for each row the place of its true class among `labels`, and
    `scores` (rows, classes) what the curves are made of; None where an estimator has none for each class.
    """

    metrics: dict[str, float]
    importances: dict[str, float]
    classes: tuple[ClassScore, ...] = ()
    roc_curves: tuple[RocCurve, ...] = ()
    confusion: NDArray[numpy.int64] | None = None
    labels: tuple[str, ...] = ()
    predictions: Predictions | None = None
    said: NDArray[Any] = field(default_factory=lambda: numpy.empty(0))
    places: Places = field(default_factory=lambda: numpy.empty(0, dtype=numpy.int64))
    scores: NDArray[numpy.float64] | None = None

    @property
    def has_probabilities(self) -> bool:
        """Whether the estimator said how likely each class is."""
        return bool(self.labels) and self.said.ndim == 2


def evaluate(estimator: BaseEstimator, table: Table, n_jobs: int = 1) -> Evaluation:
    """Judge a fitted classifier or regressor on `table`. Every row counts once, whatever its weight in training.

    A forest is asked on `n_jobs` cores, -1 for all.
    """
    judge = _judge_values if is_regressor(estimator) else _judge_classes
    return judge(estimator, table, n_jobs)


def _judge_values(estimator: BaseEstimator, table: Table, n_jobs: int) -> Evaluation:
    said = numpy.asarray(_said_of(table.features, estimator, estimator.predict, n_jobs))
    predicted = numpy.ravel(said).astype("float64")
    told = {
        "validation:rmse": float(metrics.root_mean_squared_error(table.target, predicted)),
        "validation:mae": float(metrics.mean_absolute_error(table.target, predicted)),
        "validation:r2": float(metrics.r2_score(table.target, predicted)),
    }
    return Evaluation(
        told | _size(estimator),
        _importances(estimator, table),
        predictions=Predictions(table.target, predicted),
        said=said,
    )


def _judge_classes(estimator: BaseEstimator, table: Table, n_jobs: int) -> Evaluation:
    """Judge a classifier.

    With two classes F1 and ROC AUC are those of the second class (the greater label), as in scikit-learn; with more,
    F1 is the mean over the classes, and ROC AUC the mean of each class against the rest, over the classes that are
    among the rows. Without probabilities ROC AUC is that of the decision function, and there is no log loss.
    """
    labels = list(estimator.classes_)
    probabilities = scores = None
    if hasattr(estimator, "predict_proba"):
        probabilities = scores = _said_of(table.features, estimator, estimator.predict_proba, n_jobs)
        predicted = estimator.classes_.take(numpy.argmax(probabilities, axis=1), axis=0)
    else:
        predicted = estimator.predict(table.features)
        if hasattr(estimator, "decision_function"):
            scores = estimator.decision_function(table.features)
            scores = numpy.column_stack([-scores, scores]) if scores.ndim == 1 else scores
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        table.target, predicted, labels=labels, zero_division=0.0
    )
    # A column for each pair of classes makes no curve.
    usable = scores is not None and scores.shape[1] == len(labels)
    names, places = tuple(map(str, labels)), _places(labels, table.target)
    curves = roc_curves(names, places, numpy.asarray(scores)) if usable else ()
    told = {
        "validation:accuracy": float(numpy.mean(predicted == table.target)),
        "validation:balanced_accuracy": float(numpy.mean(recall[support > 0])),
        "validation:f1": float(f1[1] if len(labels) == 2 else numpy.mean(f1)),
    }
    if curves:
        told["validation:roc_auc"] = float(numpy.mean([curve.area for curve in curves]))
    if probabilities is not None:
        told["validation:log_loss"] = float(metrics.log_loss(table.target, probabilities, labels=labels))
    scored = zip(names, precision, recall, f1, support, strict=True)
    return Evaluation(
        told | _size(estimator),
        _importances(estimator, table),
        classes=tuple(ClassScore(name, float(p), float(r), float(f), int(s)) for name, p, r, f, s in scored),
        roc_curves=curves,
        confusion=metrics.confusion_matrix(table.target, predicted, labels=labels),
        labels=names,
        said=numpy.asarray(predicted if probabilities is None else probabilities),
        places=places,
        scores=numpy.asarray(scores) if usable else None,
    )


def _said_of(
    features: DataFrame, estimator: BaseEstimator, ask: Callable[[DataFrame], Any], n_jobs: int
) -> NDArray[Any]:
    """What an estimator says of rows: of a forest's, each core asks for some.

    They are the same to the last bit: a forest adds up its trees for each row by itself, and in their order, as it has
    one core (`forest.grow`). Others multiply matrices, where a row's place may change its last bit.
    """
    cores = joblib.effective_n_jobs(n_jobs)
    if not is_forest(estimator) or len(features) < cores * _FEWEST_ROWS:
        return numpy.asarray(ask(features))
    size = -(-len(features) // cores)
    parts = [features.iloc[start : start + size] for start in range(0, len(features), size)]
    return numpy.concatenate(joblib.Parallel(n_jobs=cores, prefer="threads")(joblib.delayed(ask)(p) for p in parts))


def _importances(estimator: BaseEstimator, table: Table) -> dict[str, float]:
    importances = getattr(estimator, "feature_importances_", None)
    return {} if importances is None else dict(zip(table.features.columns, importances.tolist(), strict=True))


def _size(estimator: BaseEstimator) -> dict[str, float]:
    """How many trees (or other estimators) there are, where it is made of such."""
    return {"training:trees": len(estimator.estimators_)} if hasattr(estimator, "estimators_") else {}


def report(evaluation: Evaluation) -> None:
    """Print each class on a line, then each metric on a line of its own."""
    for score in evaluation.classes:
        say(
            f"class {score.label}: precision {score.precision:.4f}, recall {score.recall:.4f}, "
            f"F1 {score.f1:.4f}, {score.support} rows"
        )
    if len(evaluation.labels) == 2:
        say(f"F1 and ROC AUC are those of class {evaluation.labels[1]}")
    elif evaluation.labels:
        say("F1 is the mean over the classes, ROC AUC the mean of each class against the rest")
    for name, value in evaluation.metrics.items():
        say_metric(name, value)


def _places(labels: list[Any], target: NDArray[Any]) -> Places:
    places = numpy.full(len(target), -1, dtype=numpy.int64)
    for place, label in enumerate(labels):
        places[target == label] = place
    return places
