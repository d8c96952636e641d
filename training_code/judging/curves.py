"""The curves of a classifier, as numbers: each class against the rest. Values in, values out.

A class of which there are no rows, or nothing but rows, has no curve: there is nothing to tell it from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray
from sklearn import metrics

BINS = 10
"""Of a calibration curve, equally wide. Source: the default of scikit-learn's `calibration_curve`."""
MOST_POINTS = 500
"""Of a curve as it is drawn; its area is that of all of them."""

Numbers = NDArray[numpy.float64]
Places = NDArray[numpy.int64]
"""For each row the place of its true class among the labels, or -1."""


@dataclass(frozen=True)
class RocCurve:
    """False and true positive rates of one class against the rest, and the area under them."""

    label: str
    false_positive_rate: Numbers
    true_positive_rate: Numbers
    area: float


@dataclass(frozen=True)
class PrecisionRecallCurve:
    """Recall (rising) and precision of one class against the rest.

    `area` is the average precision, `share` that of the class's rows: the precision of a guess.
    """

    label: str
    recall: Numbers
    precision: Numbers
    area: float
    share: float


@dataclass(frozen=True)
class CalibrationCurve:
    """The mean probability that was said of one class, and how often it was right, for each bin that has `rows`.

    `gap` is the mean distance of the two over all rows (expected calibration error, 0 to 1).
    """

    label: str
    mean_probability: Numbers
    share_of_rows: Numbers
    rows: NDArray[numpy.int64]
    gap: float


def roc_curves(labels: Sequence[str], places: Places, scores: Numbers) -> tuple[RocCurve, ...]:
    """A curve of each class; `scores` (rows, classes) are higher for what is likelier. Of two classes, the second's."""
    curves = []
    for place, positive in _classes_with_a_curve(len(labels), places):
        false_rate, true_rate, _ = metrics.roc_curve(positive, scores[:, place])
        curves.append(RocCurve(labels[place], false_rate, true_rate, float(metrics.auc(false_rate, true_rate))))
    return tuple(curves)


def precision_recall_curves(labels: Sequence[str], places: Places, scores: Numbers) -> tuple[PrecisionRecallCurve, ...]:
    """A curve of each class; `scores` (rows, classes) are higher for what is likelier. Of two classes, the second's."""
    curves = []
    for place, positive in _classes_with_a_curve(len(labels), places):
        precision, recall, _ = metrics.precision_recall_curve(positive, scores[:, place], drop_intermediate=True)
        # As `average_precision_score` adds up, which would sort the rows once more.
        area = float(-numpy.sum(numpy.diff(recall) * precision[:-1]))
        share = float(positive.mean())
        curves.append(PrecisionRecallCurve(labels[place], recall[::-1], precision[::-1], area, share))
    return tuple(curves)


def calibration_curves(labels: Sequence[str], places: Places, probabilities: Numbers) -> tuple[CalibrationCurve, ...]:
    """A curve of each class; `probabilities` are (rows, classes). Of two classes, the second's."""
    inner_edges = numpy.linspace(0, 1, BINS + 1)[1:-1]
    curves = []
    for place, positive in _classes_with_a_curve(len(labels), places):
        bins = numpy.searchsorted(inner_edges, probabilities[:, place])
        rows = numpy.bincount(bins, minlength=BINS)
        filled = rows > 0
        predicted = numpy.bincount(bins, probabilities[:, place], BINS)[filled] / rows[filled]
        observed = numpy.bincount(bins, positive, BINS)[filled] / rows[filled]
        gap = float(numpy.average(numpy.abs(predicted - observed), weights=rows[filled]))
        curves.append(CalibrationCurve(labels[place], predicted, observed, rows[filled], gap))
    return tuple(curves)


def evenly(count: int, most: int) -> NDArray[numpy.intp]:
    """At most `most` places of 0 to `count` - 1, spread evenly, with the first and the last."""
    return numpy.linspace(0, count - 1, min(count, most)).astype(numpy.intp)


def _classes_with_a_curve(count: int, places: Places) -> list[tuple[int, NDArray[numpy.bool_]]]:
    """The place of each class that has a curve, and which rows are of it."""
    asked = [1] if count == 2 else range(count)
    pairs = [(place, places == place) for place in asked]
    return [(place, positive) for place, positive in pairs if positive.any() and not positive.all()]
