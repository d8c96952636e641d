"""How wrong an estimator is, as one number that means the same for all rows, some of them, or some of the trees.

Log loss is not among them: a few trees say 0 of what comes true, and one such row outweighs all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from judging.curves import Places
from judging.evaluation import Evaluation

Said = NDArray[Any]


@dataclass(frozen=True)
class Loss:
    """One number for what an estimator said of some rows: less is better. `unit` is for an axis.

    `measure` takes what was said, as `Evaluation.said` has it, and which rows of the evaluation it was said of.
    """

    name: str
    unit: str
    measure: Callable[[Said, NDArray[numpy.intp]], float]


def of(verdict: Evaluation, target: NDArray[Any]) -> Loss:
    """The loss for what was evaluated: of probabilities, of classes or of values; `target` (rows) is the truth."""
    if verdict.predictions:
        return Loss("RMSE", "in the data's unit", lambda said, rows: rmse(target[rows], said))
    if verdict.has_probabilities:
        return Loss("Brier score", "0 to 1", lambda said, rows: brier(verdict.places[rows], said))
    return Loss("share of wrong rows", "0 to 1", lambda said, rows: float(numpy.mean(target[rows] != said)))


def brier(places: Places, probabilities: NDArray[numpy.float64]) -> float:
    """Half the mean squared distance of probabilities (rows, classes) to the truth: from 0, right, to 1, all wrong.

    With two classes it is scikit-learn's `brier_score_loss`, with more the same with `scale_by_half`.
    """
    of_truth = numpy.where(places >= 0, probabilities[numpy.arange(len(places)), places], 0.0)
    return float(numpy.mean(numpy.einsum("ij,ij->i", probabilities, probabilities) - 2 * of_truth + 1) / 2)


def rmse(actual: NDArray[numpy.float64], predicted: NDArray[numpy.float64]) -> float:
    """The root of the mean squared error."""
    return float(numpy.sqrt(numpy.mean((actual - numpy.ravel(predicted)) ** 2)))
