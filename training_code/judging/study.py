"""What an estimator is asked for its pictures, beyond its evaluation, while it is in memory."""

from __future__ import annotations

from dataclasses import dataclass

from sklearn.base import BaseEstimator

from data.tables import Table
from judging import importance, learning, losses
from judging.evaluation import Evaluation
from judging.importance import Importance
from judging.learning import Learning


@dataclass(frozen=True)
class Study:
    """What was found out, or why it was not; None where there is nothing of the kind."""

    importance: Importance | str
    learning: Learning | str | None


def study(estimator: BaseEstimator, table: Table, verdict: Evaluation, seed: int) -> Study:
    """Find out which features of held-out rows matter, and what a forest's size gains; `seed` draws the rows.

    `verdict` is the estimator's evaluation on the same `table`. A forest takes about a second at most.
    """
    loss = losses.of(verdict, table.target)
    return Study(
        importance.measure(estimator, table.features, loss, verdict.importances, seed),
        learning.measure(estimator, table.features, loss, seed),
    )
