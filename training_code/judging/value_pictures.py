"""The pictures of a regression: predicted against true values, and what the predictions missed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from judging.curves import evenly
from judging.drawing import DARK, REFERENCE, Picture, number, short, some_of
from judging.evaluation import Predictions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PREDICTED = "predicted_and_actual"
RESIDUALS = "residuals"
MOST_POINTS = 5000
_POINTS: dict[str, Any] = {"s": 10, "alpha": 0.5, "color": DARK, "linewidths": 0}
_SIZE = (6.2, 5.4)


def predicted_and_actual(told: Predictions, target: str) -> Picture:
    """Each row as a point, true value across and predicted value up: a perfect model's points lie on the line."""
    rows = evenly(len(told.actual), MOST_POINTS)
    actual, predicted = told.actual[rows], told.predicted[rows]
    half = float(numpy.median(numpy.abs(told.actual - told.predicted)))

    def draw(_: Figure, axes: Any) -> None:  # noqa: ANN401  # Matplotlib has no types
        axes.scatter(actual, predicted, **_POINTS)
        both = numpy.concatenate([actual, predicted])
        ends = [both.min(), both.max()]
        axes.plot(ends, ends, label="predicted = true", **REFERENCE)
        axes.set_xlabel(f"true {short(target, 30)} (in the data's unit)")
        axes.set_ylabel(f"predicted {short(target, 30)} (in the data's unit)")
        axes.legend(loc="upper left")

    return Picture(
        PREDICTED,
        f"Half of the predictions are within {number(half)} of the true value",
        some_of(len(rows), len(told.actual), "held-out rows"),
        {"actual": actual, "predicted": predicted},
        _SIZE,
        draw,
    )


def residuals(told: Predictions, target: str) -> Picture:
    """Each row as a point, predicted across and what it missed by up: a pattern is what the model has not learnt."""
    rows = evenly(len(told.actual), MOST_POINTS)
    predicted, missed = told.predicted[rows], told.actual[rows] - told.predicted[rows]
    every = told.actual - told.predicted

    def draw(_: Figure, axes: Any) -> None:  # noqa: ANN401  # as above
        axes.scatter(predicted, missed, **_POINTS)
        axes.axhline(0, **REFERENCE)
        axes.set_xlabel(f"predicted {short(target, 30)} (in the data's unit)")
        axes.set_ylabel("residual: true − predicted (in the data's unit)")

    return Picture(
        RESIDUALS,
        f"Residuals have a mean of {number(float(every.mean()))} and a spread of {number(float(every.std()))}",
        f"spread: standard deviation; {some_of(len(rows), len(told.actual), 'held-out rows')}",
        {"predicted": predicted, "residual": missed},
        _SIZE,
        draw,
    )
