from __future__ import annotations

from collections.abc import Callable

import numpy
import pytest
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.calibration import calibration_curve

from judging.curves import RocCurve, calibration_curves, evenly, precision_recall_curves, roc_curves

LABELS = ("no", "yes")
PLACES = numpy.array([0, 0, 1, 1])
PROBABILITIES = numpy.array([[0.9, 0.1], [0.6, 0.4], [0.65, 0.35], [0.2, 0.8]])


def many(classes: int, rows: int) -> tuple[tuple[str, ...], NDArray[numpy.int64], NDArray[numpy.float64]]:
    generator = numpy.random.default_rng(0)
    scores = generator.random((rows, classes))
    labels = tuple(f"c{place}" for place in range(classes))
    return labels, generator.integers(0, classes, rows), scores / scores.sum(axis=1, keepdims=True)


def test_of_two_classes_the_second_has_the_curves() -> None:
    (roc,) = roc_curves(LABELS, PLACES, PROBABILITIES)
    (precision_recall,) = precision_recall_curves(LABELS, PLACES, PROBABILITIES)
    (calibration,) = calibration_curves(LABELS, PLACES, PROBABILITIES)
    assert (roc.label, precision_recall.label, calibration.label) == ("yes", "yes", "yes")
    # Of the four pairs of a yes and a no, three are in the right order.
    assert roc.area == 0.75
    # Recall rises by a half at a precision of 1, and by a half at one of 2/3.
    assert precision_recall.area == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert precision_recall.share == 0.5


def test_a_calibration_curve_is_counted_by_bins_of_a_tenth() -> None:
    (curve,) = calibration_curves(LABELS, PLACES, PROBABILITIES)
    assert curve.rows.tolist() == [1, 2, 1]
    assert curve.mean_probability.tolist() == pytest.approx([0.1, 0.375, 0.8])
    assert curve.share_of_rows.tolist() == [0, 0.5, 1]
    assert curve.gap == pytest.approx((0.1 + 2 * 0.125 + 0.2) / 4)


def test_the_curves_of_many_classes_are_those_of_scikit_learn() -> None:
    labels, places, scores = many(4, 500)
    for place, curve in enumerate(roc_curves(labels, places, scores)):
        false_rate, true_rate, _ = metrics.roc_curve(places == place, scores[:, place])
        assert numpy.array_equal(curve.false_positive_rate, false_rate)
        assert numpy.array_equal(curve.true_positive_rate, true_rate)
        assert curve.area == pytest.approx(metrics.roc_auc_score(places == place, scores[:, place]))
    for place, each in enumerate(precision_recall_curves(labels, places, scores)):
        assert each.area == pytest.approx(metrics.average_precision_score(places == place, scores[:, place]))
        # The area under the steps that are drawn is the one that is said.
        assert numpy.sum(numpy.diff(each.recall) * each.precision[1:]) == pytest.approx(each.area)
        assert (each.recall[0], each.recall[-1], each.precision[0]) == (0, 1, 1)
    for place, every in enumerate(calibration_curves(labels, places, scores)):
        observed, predicted = calibration_curve(places == place, scores[:, place], n_bins=10)
        assert every.share_of_rows.tolist() == pytest.approx(observed.tolist())
        assert every.mean_probability.tolist() == pytest.approx(predicted.tolist())
        assert every.rows.sum() == 500


@pytest.mark.parametrize("curves", [roc_curves, precision_recall_curves, calibration_curves])
def test_a_class_without_rows_has_no_curve(curves: Callable[..., tuple[RocCurve, ...]]) -> None:
    labels, places, scores = many(4, 500)
    places[places == 2] = 3
    assert [curve.label for curve in curves(labels, places, scores)] == ["c0", "c1", "c3"]


@pytest.mark.parametrize("curves", [roc_curves, precision_recall_curves, calibration_curves])
def test_rows_of_one_class_make_no_curve(curves: Callable[..., tuple[RocCurve, ...]]) -> None:
    assert curves(LABELS, numpy.array([1, 1, 1, 1]), PROBABILITIES) == ()
    assert curves(LABELS, numpy.array([1]), PROBABILITIES[:1]) == ()


def test_constant_probabilities_are_a_guess() -> None:
    same = numpy.full((4, 2), 0.5)
    assert roc_curves(LABELS, PLACES, same)[0].area == 0.5
    assert precision_recall_curves(LABELS, PLACES, same)[0].area == 0.5
    assert calibration_curves(LABELS, PLACES, same)[0].gap == 0


def test_places_are_spread_evenly_with_both_ends() -> None:
    assert evenly(3, 5).tolist() == [0, 1, 2]
    assert evenly(9, 5).tolist() == [0, 2, 4, 6, 8]
    assert evenly(1, 5).tolist() == [0]
