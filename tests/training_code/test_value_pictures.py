from __future__ import annotations

import numpy
import pytest

from judging.evaluation import Predictions
from judging.value_pictures import MOST_POINTS, predicted_and_actual, residuals


def told(rows: int = 30) -> Predictions:
    actual = numpy.random.default_rng(0).normal(size=rows)
    return Predictions(actual, actual * 0.75)


def test_points_stand_where_predicted_meets_true() -> None:
    values = told()
    made = predicted_and_actual(values, "delay")
    axes = made.figure().axes[0]
    drawn = axes.collections[0].get_offsets()
    assert numpy.array_equal(drawn, numpy.column_stack([values.actual, values.predicted]))
    assert numpy.array_equal(drawn, numpy.column_stack([made.columns["actual"], made.columns["predicted"]]))
    assert (axes.get_xlabel(), axes.get_ylabel()) == (
        "true delay (in the data's unit)",
        "predicted delay (in the data's unit)",
    )


def test_residuals_are_what_was_missed() -> None:
    values = told()
    made = residuals(values, "delay")
    axes = made.figure().axes[0]
    drawn = axes.collections[0].get_offsets()
    assert numpy.array_equal(drawn, numpy.column_stack([values.predicted, values.actual - values.predicted]))
    assert numpy.array_equal(drawn, numpy.column_stack([made.columns["predicted"], made.columns["residual"]]))
    assert axes.get_xlabel() == "predicted delay (in the data's unit)"
    assert axes.get_ylabel() == "residual: true − predicted (in the data's unit)"


def test_the_titles_say_how_far_off_the_predictions_are() -> None:
    values = Predictions(numpy.array([1.0, 2.0, 3.0, 14.0]), numpy.array([0.0, 0.0, 0.0, 0.0]))
    assert predicted_and_actual(values, "y").title == "Half of the predictions are within 2.50 of the true value"
    # The mean of 1, 2, 3 and 14 is 5, and of their squares 52.5.
    assert residuals(values, "y").title == "Residuals have a mean of 5.00 and a spread of 5.24"
    assert residuals(values, "y").note == "spread: standard deviation; 4 held-out rows"


def test_of_many_rows_an_even_sample_is_drawn_and_the_title_is_of_all() -> None:
    values = told(MOST_POINTS * 3)
    made = residuals(values, "y")
    assert len(made.columns["residual"]) == MOST_POINTS
    assert made.note.endswith("; 5,000 of 15,000 held-out rows")
    few = told(MOST_POINTS)
    assert predicted_and_actual(few, "y").note == "5,000 held-out rows"
    assert made.title != residuals(few, "y").title


@pytest.mark.parametrize(
    "values",
    [
        Predictions(numpy.array([3.0]), numpy.array([4.0])),
        Predictions(numpy.array([3.0, 5.0]), numpy.array([4.0, 4.0])),
        Predictions(numpy.array([3.0, 3.0]), numpy.array([3.0, 3.0])),
    ],
)
def test_one_row_and_constant_predictions_are_drawn(values: Predictions) -> None:
    for made in (predicted_and_actual(values, "y"), residuals(values, "y")):
        assert len(made.figure().axes[0].collections[0].get_offsets()) == len(values.actual)
