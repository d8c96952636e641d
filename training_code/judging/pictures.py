"""Draws what numbers tell badly: confusion matrix and ROC curves, or predictions and residuals; feature importances.

Figures are built as objects, without pyplot: no global state, no display needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from judging.evaluation import Evaluation, Predictions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_BARS = 20
MOST_CURVES = 10
MOST_POINTS = 5000
MOST_NUMBERED_CLASSES = 20


def draw(evaluation: Evaluation, directory: Path) -> list[Path]:
    """Write the pictures of a verdict as PNG files into `directory` and name them."""
    figures: dict[str, Figure] = {}
    if evaluation.predictions:
        figures["predicted_and_actual.png"] = predicted_and_actual(evaluation.predictions)
        figures["residuals.png"] = residuals(evaluation.predictions)
    else:
        figures["confusion_matrix.png"] = confusion_matrix(evaluation)
    if evaluation.roc_curves:
        figures["roc_curve.png"] = roc_curves(evaluation)
    if evaluation.importances:
        figures["feature_importances.png"] = feature_importances(evaluation.importances)
    paths = []
    for name, figure in figures.items():
        figure.savefig(directory / name, dpi=120)
        paths.append(directory / name)
    return paths


def confusion_matrix(evaluation: Evaluation) -> Figure:
    """Rows by true and predicted class: shaded by share of the true class, with the counts written in."""
    count, confusion = len(evaluation.labels), numpy.asarray(evaluation.confusion)
    figure, axes = _figure(max(5.0, 0.45 * count + 2.5), max(4.2, 0.45 * count + 1.7))
    totals = confusion.sum(axis=1, keepdims=True)
    shares = confusion / numpy.maximum(totals, 1)
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, label="share of the true class")
    if count <= MOST_NUMBERED_CLASSES:
        for row, column in numpy.ndindex(count, count):
            color = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(confusion[row, column]), ha="center", va="center", color=color)
    names = [_short(label) for label in evaluation.labels]
    axes.set_xticks(range(count), names, rotation=0 if max(map(len, names)) < 6 else 90)
    axes.set_yticks(range(count), names)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.set_title(f"Confusion matrix, {confusion.sum()} validation rows")
    return figure


def roc_curves(evaluation: Evaluation) -> Figure:
    """True against false positive rate; with many classes, those with the smallest area."""
    figure, axes = _figure(5.4, 5.0)
    shown = sorted(evaluation.roc_curves, key=lambda curve: curve.area)[:MOST_CURVES]
    for curve in shown:
        label = f"class {_short(curve.label)} (AUC {curve.area:.4f})"
        axes.plot(curve.false_positive_rate, curve.true_positive_rate, label=label, linewidth=1.8)
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", linewidth=1, label="chance (AUC 0.5)")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_aspect("equal")
    axes.set_xlabel("false positive rate")
    axes.set_ylabel("true positive rate")
    left_out = len(evaluation.roc_curves) - len(shown)
    axes.set_title("ROC curve on the validation rows" + (f", {left_out} better classes left out" if left_out else ""))
    axes.legend(loc="lower right")
    return figure


def predicted_and_actual(predictions: Predictions) -> Figure:
    """Each row as a point, actual across and predicted up: a perfect model's points lie on the line."""
    figure, axes = _figure(5.4, 5.0)
    actual, predicted = _sample(predictions)
    axes.scatter(actual, predicted, s=8, alpha=0.4, color="tab:blue", linewidths=0)
    both = numpy.concatenate([actual, predicted])
    ends = [numpy.min(both), numpy.max(both)]
    axes.plot(ends, ends, linestyle="--", color="grey", linewidth=1, label="predicted = actual")
    axes.set_xlabel("actual")
    axes.set_ylabel("predicted")
    axes.set_title(f"Predicted and actual, {_of(len(actual), predictions)} validation rows")
    axes.legend(loc="upper left")
    return figure


def residuals(predictions: Predictions) -> Figure:
    """Each row as a point, predicted across and what it missed by up: a pattern is what the model has not learnt."""
    figure, axes = _figure(5.4, 5.0)
    actual, predicted = _sample(predictions)
    axes.scatter(predicted, actual - predicted, s=8, alpha=0.4, color="tab:blue", linewidths=0)
    axes.axhline(0, linestyle="--", color="grey", linewidth=1)
    axes.set_xlabel("predicted")
    axes.set_ylabel("residual: actual - predicted")
    axes.set_title(f"Residuals, {_of(len(actual), predictions)} validation rows")
    return figure


def feature_importances(importances: Mapping[str, float]) -> Figure:
    """The features the trees gained most from, the greatest on top."""
    features, values = list(importances), numpy.array(list(importances.values()))
    order = numpy.argsort(values)[::-1][:MOST_BARS]
    figure, axes = _figure(7.0, 0.28 * len(order) + 1.4)
    axes.barh([_short(features[place], 30) for place in order], values[order], color="tab:blue")
    axes.invert_yaxis()
    axes.set_xlabel("mean decrease in impurity (all features add up to 1)")
    many = len(features) > len(order)
    axes.set_title(f"Feature importances, {len(order)} of {len(features)} features" if many else "Feature importances")
    axes.margins(y=0.01)
    return figure


def _sample(predictions: Predictions) -> tuple[NDArray[numpy.float64], NDArray[numpy.float64]]:
    """Actual and predicted values of as many rows as an eye can tell apart, spread evenly over all of them."""
    count = len(predictions.actual)
    rows = numpy.linspace(0, count - 1, min(count, MOST_POINTS)).astype(int)
    return predictions.actual[rows], predictions.predicted[rows]


def _of(shown: int, predictions: Predictions) -> str:
    count = len(predictions.actual)
    return f"{shown:,} of {count:,}" if shown < count else f"{count:,}"


def _figure(width: float, height: float) -> tuple[Figure, Any]:
    # Imported here: matplotlib takes longer to import than a small forest to grow, and only the end of a run needs it.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _short(label: str, limit: int = 16) -> str:
    return label if len(label) <= limit else label[: limit - 1] + "…"
