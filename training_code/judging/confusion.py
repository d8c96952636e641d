"""Which classes a classifier takes for which: the confusion matrix, in numbers and as a picture.

Its name is that of `mlflow.models.evaluate`. Source: `mlflow.models.evaluation.evaluators.classifier` of MLflow 3.17.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from judging.drawing import BLACK, DARK, HATCH, LIGHT, Picture, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "confusion_matrix"
MOST_CLASSES = 20
"""Of a matrix that can be read."""
_FEW_CLASSES = 7
"""That have room for shares with a decimal."""
_INCHES_OF_LETTER = 0.085

Counts = NDArray[numpy.int64]
"""Rows by true class (down) and predicted class (across)."""
Shares = NDArray[numpy.float64]


def most_confused(counts: Counts) -> NDArray[numpy.intp]:
    """The places of at most `MOST_CLASSES` classes, in their order: those in most mistakes, on either side."""
    wrong = counts - numpy.diag(numpy.diag(counts))
    order = numpy.argsort(-(wrong.sum(axis=0) + wrong.sum(axis=1)), kind="stable")
    return numpy.sort(order[:MOST_CLASSES])


def shares_of(counts: Counts) -> Shares:
    """Of each true class's rows the share of each predicted class (0 to 1); NaN for a class that has no rows."""
    totals = counts.sum(axis=1, keepdims=True)
    shares: Shares = numpy.full(counts.shape, numpy.nan)
    numpy.divide(counts, totals, out=shares, where=totals > 0)
    return shares


def picture(labels: Sequence[str], counts: Counts) -> Picture:
    """Counts by true and predicted class, and below them the share of the true class, which is the shade as well.

    Its numbers are those of all classes: each pair that has rows, and each class with itself.
    """
    all_rows, right = int(counts.sum()), int(numpy.trace(counts))
    shares, chosen = shares_of(counts), most_confused(counts)
    true, predicted = numpy.nonzero((counts > 0) | numpy.eye(len(labels), dtype=bool))
    note = "in each cell: rows, and their share of the true class"
    if len(chosen) < len(labels):
        note = f"the {len(chosen)} of {len(labels):,} classes that are confused most; {note}"
    cell = max(3.0 / len(chosen), 0.78 if len(chosen) <= _FEW_CLASSES else 0.56)
    shown = numpy.ix_(chosen, chosen)
    names = [labels[place] for place in chosen]
    return Picture(
        NAME,
        f"{right:,} of {all_rows:,} held-out rows ({right / max(all_rows, 1):.1%}) are predicted right",
        note,
        {
            "true_class": [labels[place] for place in true.tolist()],
            "predicted_class": [labels[place] for place in predicted.tolist()],
            "rows": counts[true, predicted],
            "share_of_true_class": shares[true, predicted],
        },
        (cell * len(chosen) + 3.2, cell * len(chosen) + 2.0),
        lambda figure, axes: _draw(figure, axes, names, counts[shown], shares[shown], cell),
    )


def _draw(  # noqa: PLR0913, PLR0917  # what is drawn, and where
    figure: Figure,
    axes: Any,  # noqa: ANN401  # Matplotlib has no types
    labels: Sequence[str],
    counts: Counts,
    shares: Shares,
    cell: float,
) -> None:
    image = axes.imshow(shares, cmap="Greys", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, label="share of the true class", fraction=0.04, pad=0.02)
    _write_cells(axes, counts, shares)
    without = [bool(numpy.isnan(row).all()) for row in shares]
    for row in numpy.flatnonzero(without):
        axes.axhspan(row - 0.5, row + 0.5, facecolor="none", edgecolor=DARK, hatch=HATCH, linewidth=0)
    names = [short(label) for label in labels]
    down = [f"{name} (no rows)" if lacks else name for name, lacks in zip(names, without, strict=True)]
    axes.set_xticks(range(len(names)), names, rotation=90 if max(map(len, names)) * _INCHES_OF_LETTER > cell else 0)
    axes.set_yticks(range(len(names)), down)
    between = numpy.arange(len(names) - 1) + 0.5
    axes.set_xticks(between, minor=True)
    axes.set_yticks(between, minor=True)
    axes.tick_params(which="minor", length=0)
    axes.grid(which="minor", color=LIGHT, linewidth=0.6)
    axes.spines[:].set_visible(True)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")


def _write_cells(axes: Any, counts: Counts, shares: Shares) -> None:  # noqa: ANN401  # as above
    size = 9.5 if len(counts) <= _FEW_CLASSES else 7
    for row, column in numpy.ndindex(*counts.shape):
        if numpy.isnan(shares[row, column]):
            continue
        share = f"\n{_percent(float(shares[row, column]), len(counts))}" if counts[row, column] else ""
        color = "white" if shares[row, column] > 0.5 else BLACK
        text = f"{counts[row, column]:,}{share}"
        # The layout need not measure hundreds of texts that lie within the axes.
        axes.text(column, row, text, ha="center", va="center", color=color, fontsize=size).set_in_layout(False)


def _percent(share: float, classes: int) -> str:
    """A share as text: rounded, but never to nothing or to all of it."""
    if classes <= _FEW_CLASSES:
        return "<0.1%" if share < 0.0005 else ">99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"
    return "<1%" if share < 0.005 else ">99%" if 0.995 <= share < 1 else f"{share:.0%}"
