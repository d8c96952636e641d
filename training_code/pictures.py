"""Draws what numbers tell badly: confusion matrix, ROC curves, feature importances.

Figures are built as objects, without pyplot: no global state, no display needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from evaluation import Evaluation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_BARS = 20
MOST_CURVES = 10
MOST_NUMBERED_CLASSES = 20


def draw(
    evaluation: Evaluation, importances: NDArray[numpy.float64], features: Sequence[str], directory: Path
) -> list[Path]:
    """Write the pictures as PNG files into `directory` and name them.

    `importances` is the mean decrease in impurity of each of `features`; it adds up to 1.
    """
    figures = {
        "confusion_matrix.png": confusion_matrix(evaluation),
        "roc_curve.png": roc_curves(evaluation),
        "feature_importances.png": feature_importances(importances, features),
    }
    paths = []
    for name, figure in figures.items():
        figure.savefig(directory / name, dpi=120)
        paths.append(directory / name)
    return paths


def confusion_matrix(evaluation: Evaluation) -> Figure:
    """Rows by true and predicted class: shaded by share of the true class, with the counts written in."""
    count = len(evaluation.labels)
    figure, axes = _figure(max(5.0, 0.45 * count + 2.5), max(4.2, 0.45 * count + 1.7))
    totals = evaluation.confusion.sum(axis=1, keepdims=True)
    shares = evaluation.confusion / numpy.maximum(totals, 1)
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, label="share of the true class")
    if count <= MOST_NUMBERED_CLASSES:
        for row, column in numpy.ndindex(count, count):
            color = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(evaluation.confusion[row, column]), ha="center", va="center", color=color)
    names = [_short(label) for label in evaluation.labels]
    axes.set_xticks(range(count), names, rotation=0 if max(map(len, names)) < 6 else 90)
    axes.set_yticks(range(count), names)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.set_title(f"Confusion matrix, {evaluation.confusion.sum()} validation rows")
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


def feature_importances(importances: NDArray[numpy.float64], features: Sequence[str]) -> Figure:
    """The features the trees gained most from, the greatest on top."""
    order = numpy.argsort(importances)[::-1][:MOST_BARS]
    figure, axes = _figure(7.0, 0.28 * len(order) + 1.4)
    axes.barh([_short(features[place], 30) for place in order], importances[order], color="tab:blue")
    axes.invert_yaxis()
    axes.set_xlabel("mean decrease in impurity (all features add up to 1)")
    many = len(features) > len(order)
    axes.set_title(f"Feature importances, {len(order)} of {len(features)} features" if many else "Feature importances")
    axes.margins(y=0.01)
    return figure


def _figure(width: float, height: float) -> tuple[Figure, Any]:
    # Imported here: matplotlib takes longer to import than a small forest to grow, and only the end of a run needs it.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _short(label: str, limit: int = 16) -> str:
    return label if len(label) <= limit else label[: limit - 1] + "…"
