"""How good a forest is on rows it has not seen: one `predict_proba`, everything else derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.ensemble import RandomForestClassifier

from dataset import Table
from progress import say, say_metric


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall, F1 (0 to 1) and number of rows of one class."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class RocCurve:
    """False and true positive rates of one class against the rest, and the area under them."""

    label: str
    false_positive_rate: NDArray[numpy.float64]
    true_positive_rate: NDArray[numpy.float64]
    area: float


@dataclass(frozen=True)
class Evaluation:
    """The verdict on one forest.

    `metrics` has the names of `progress.METRIC_NAMES`; `confusion` counts rows, true class by predicted class.
    """

    metrics: dict[str, float]
    classes: tuple[ClassScore, ...]
    roc_curves: tuple[RocCurve, ...]
    confusion: NDArray[numpy.int64]
    labels: tuple[str, ...]


def evaluate(forest: RandomForestClassifier, table: Table) -> Evaluation:
    """Judge `forest` on `table`.

    With two classes F1 and ROC AUC are those of the second class (the greater label), as in scikit-learn; with more,
    F1 is the mean over the classes, and ROC AUC the mean of each class against the rest, over the classes that are
    among the rows.
    """
    probabilities = forest.predict_proba(table.features)
    predicted = forest.classes_.take(numpy.argmax(probabilities, axis=1), axis=0)
    labels = list(forest.classes_)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        table.target, predicted, labels=labels, zero_division=0.0
    )
    curves = _roc_curves(labels, table.target, probabilities)
    binary = len(labels) == 2
    return Evaluation(
        metrics={
            "validation:accuracy": float(numpy.mean(predicted == table.target)),
            "validation:balanced_accuracy": float(numpy.mean(recall[support > 0])),
            "validation:f1": float(f1[1] if binary else numpy.mean(f1)),
            "validation:roc_auc": float(numpy.mean([curve.area for curve in curves])),
            "validation:log_loss": float(metrics.log_loss(table.target, probabilities, labels=labels)),
            "training:trees": len(forest.estimators_),
        },
        classes=tuple(
            ClassScore(str(label), float(p), float(r), float(f), int(s))
            for label, p, r, f, s in zip(labels, precision, recall, f1, support, strict=True)
        ),
        roc_curves=curves,
        confusion=metrics.confusion_matrix(table.target, predicted, labels=labels),
        labels=tuple(map(str, labels)),
    )


def report(evaluation: Evaluation) -> None:
    """Print each class on a line, then each metric on a line of its own."""
    for score in evaluation.classes:
        say(
            f"class {score.label}: precision {score.precision:.4f}, recall {score.recall:.4f}, "
            f"F1 {score.f1:.4f}, {score.support} rows"
        )
    if len(evaluation.labels) == 2:
        say(f"F1 and ROC AUC are those of class {evaluation.labels[1]}")
    else:
        say("F1 is the mean over the classes, ROC AUC the mean of each class against the rest")
    for name, value in evaluation.metrics.items():
        say_metric(name, value)


def _roc_curves(labels: list[Any], target: NDArray[Any], probabilities: NDArray[numpy.float64]) -> tuple[RocCurve, ...]:
    places = [1] if len(labels) == 2 else range(len(labels))
    curves = []
    for place in places:
        positive = target == labels[place]
        if positive.any() and not positive.all():
            false_rate, true_rate, _ = metrics.roc_curve(positive, probabilities[:, place])
            area = float(metrics.auc(false_rate, true_rate))
            curves.append(RocCurve(str(labels[place]), false_rate, true_rate, area))
    return tuple(curves)
