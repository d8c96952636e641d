from __future__ import annotations

import numpy
import pytest
from sklearn import metrics

from judging import losses
from judging.evaluation import Evaluation, Predictions

PLACES = numpy.array([0, 1, 2, 1])
PROBABILITIES = numpy.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.3, 0.3, 0.4], [1.0, 0.0, 0.0]])
ALL = numpy.arange(4)


def test_the_brier_score_is_that_of_scikit_learn() -> None:
    expected = metrics.brier_score_loss(PLACES, PROBABILITIES, labels=[0, 1, 2], scale_by_half=True)
    assert losses.brier(PLACES, PROBABILITIES) == pytest.approx(expected)
    two = PROBABILITIES[:, :2] / PROBABILITIES[:, :2].sum(axis=1, keepdims=True)
    truth = numpy.array([0, 1, 1, 1])
    assert losses.brier(truth, two) == pytest.approx(metrics.brier_score_loss(truth, two[:, 1]))


def test_the_brier_score_goes_from_0_to_1() -> None:
    sure = numpy.eye(3)[PLACES]
    assert losses.brier(PLACES, sure) == 0
    assert losses.brier(PLACES, numpy.roll(sure, 1, axis=1)) == 1


def test_probabilities_are_judged_by_the_brier_score_of_the_rows_asked_about() -> None:
    verdict = Evaluation({}, {}, labels=("a", "b", "c"), said=PROBABILITIES, places=PLACES)
    loss = losses.of(verdict, PLACES)
    assert (loss.name, loss.unit) == ("Brier score", "0 to 1")
    rows = numpy.array([1, 3])
    assert loss.measure(PROBABILITIES[rows], rows) == losses.brier(PLACES[rows], PROBABILITIES[rows])


def test_classes_without_probabilities_are_judged_by_how_many_are_wrong() -> None:
    target = numpy.array(["a", "b", "c", "b"])
    verdict = Evaluation({}, {}, labels=("a", "b", "c"), said=target, places=PLACES)
    loss = losses.of(verdict, target)
    assert loss.name == "share of wrong rows"
    assert loss.measure(numpy.array(["a", "c", "c", "a"]), ALL) == 0.5


def test_values_are_judged_by_their_rmse() -> None:
    actual = numpy.array([1.0, 2.0, 3.0, 4.0])
    verdict = Evaluation({}, {}, predictions=Predictions(actual, actual), said=actual)
    loss = losses.of(verdict, actual)
    assert loss.name == "RMSE"
    assert loss.measure(actual + numpy.array([3, 0, 4, 0]), ALL) == 2.5
