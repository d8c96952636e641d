"""What a feature is worth: how much worse the predictions of held-out rows get when its values are shuffled.

Unlike the mean decrease in impurity, which trees have at no cost, this is measured on rows that the trees have not
seen, and does not favour features of many values. It asks the estimator again and again, so the work is bounded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray
from pandas import DataFrame
from sklearn.base import BaseEstimator
from sklearn.inspection import permutation_importance

from judging import trees
from judging.losses import Loss, Said

REPEATS = 5
MOST_ROWS, FEWEST_ROWS = 1000, 200
MOST_FEATURES, FEWEST_FEATURES = 20, 3
MOST_SECONDS = 5.0
"""For an estimator of which nobody knows in advance how long it takes: it is asked once, and then left alone."""
_FOREST_SECONDS = 0.8
"""For a forest, of which the work is known: rows and features are fewer until they fit, but for the fewest."""


@dataclass(frozen=True)
class Importance:
    """By how much a loss rises when one feature is shuffled: mean and standard deviation over the `repeats`.

    `rises` (features, repeats) are those of `features`, in the table's order, on `rows` of `all_rows` held-out rows.
    `impurity` is the mean decrease in impurity of all features of the table, empty where the estimator has none.
    """

    features: tuple[str, ...]
    rises: NDArray[numpy.float64]
    loss: str
    unit: str
    rows: int
    all_rows: int
    impurity: Mapping[str, float]
    all_features: int

    @property
    def mean(self) -> NDArray[numpy.float64]:
        mean: NDArray[numpy.float64] = numpy.mean(self.rises, axis=1)
        return mean

    @property
    def spread(self) -> NDArray[numpy.float64]:
        spread: NDArray[numpy.float64] = numpy.std(self.rises, axis=1)
        return spread


@dataclass(frozen=True)
class Plan:
    """How many rows and features are worth the time."""

    rows: int
    features: int


def plan(rows: int, features: int, seconds: Callable[[int], float] | None = None) -> Plan:
    """What to shuffle of a table: at most `MOST_ROWS` and `MOST_FEATURES`.

    `seconds` tells how long a forest takes to be asked of so many rows. As long as all the questions take longer than
    they may, first rows are fewer, down to `FEWEST_ROWS`, then features.
    """
    rows, features = min(rows, MOST_ROWS), min(features, MOST_FEATURES)
    if seconds is None:
        return Plan(rows, features)
    while rows > FEWEST_ROWS and features * REPEATS * seconds(rows) > _FOREST_SECONDS:
        rows = max(FEWEST_ROWS, rows // 2)
    affordable = int(_FOREST_SECONDS / (REPEATS * seconds(rows)))
    return Plan(rows, min(features, max(FEWEST_FEATURES, affordable)))


def measure(  # noqa: PLR0913, PLR0917  # the estimator, the rows, and what is known of both
    estimator: BaseEstimator,
    features: DataFrame,
    loss: Loss,
    impurity: Mapping[str, float],
    seed: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Importance | str:
    """The importance of a table's features for a fitted estimator, or why there is none.

    The rows are drawn by `seed`. Of a wide table, the features of the greatest `impurity` are shuffled. Nothing here
    uses more threads than the estimator itself.
    """
    count, width = features.shape
    if count < 2:
        return "one held-out row cannot be shuffled"
    if width > MOST_FEATURES and not impurity:
        return f"{width:,} features are more than {MOST_FEATURES}, and the estimator does not say which matter most"
    seconds = trees.cost(estimator)
    planned = plan(count, width, seconds)
    rows = sample(count, planned.rows, seed)
    chosen = _first_by_impurity(features.columns, impurity, planned.features)
    whole = features.iloc[rows].to_numpy(copy=True)
    ask = _way_of_asking(estimator, features.columns, is_forest=seconds is not None)

    def score(_: BaseEstimator, shuffled: NDArray[Any], target: NDArray[numpy.intp]) -> float:
        whole[:, chosen] = shuffled
        return -loss.measure(ask(whole), target)

    narrow = whole[:, chosen]
    started = clock()
    score(estimator, narrow, rows)
    expected = (clock() - started) * (1 + REPEATS * len(chosen))
    if expected > MOST_SECONDS and seconds is None:
        return f"to shuffle {len(chosen)} features {REPEATS} times each would take about {expected:.0f} s"
    found = permutation_importance(
        # The score takes numbers of rows for the truth, which the loss knows.
        *(estimator, narrow, rows),
        scoring=score,
        n_repeats=REPEATS,
        random_state=seed,
        n_jobs=1,
    )
    names = tuple(str(features.columns[place]) for place in chosen)
    return Importance(names, found.importances, loss.name, loss.unit, len(rows), count, impurity, width)


def sample(count: int, most: int, seed: int) -> NDArray[numpy.intp]:
    """At most `most` of the row numbers 0 to `count` - 1, drawn by `seed`, rising."""
    if count <= most:
        return numpy.arange(count, dtype=numpy.intp)
    return numpy.sort(numpy.random.default_rng(seed).choice(count, most, replace=False)).astype(numpy.intp)


def _first_by_impurity(
    columns: Any,  # noqa: ANN401  # a pandas.Index
    impurity: Mapping[str, float],
    most: int,
) -> NDArray[numpy.intp]:
    """The places of the features of the greatest impurity importance, in the table's order."""
    if not impurity:
        return numpy.arange(min(len(columns), most), dtype=numpy.intp)
    worth = numpy.array([impurity[name] for name in columns])
    return numpy.sort(numpy.argsort(-worth, kind="stable")[:most])


def _way_of_asking(
    estimator: BaseEstimator,
    columns: Any,  # noqa: ANN401  # a pandas.Index
    *,
    is_forest: bool,
) -> Callable[[NDArray[Any]], Said]:
    """How to ask of rows that are numbers: a forest's trees one by one, which saves checking the rows each time."""
    if is_forest:
        return lambda rows: trees.mean_said(estimator, rows.astype("float32", copy=False))
    ask = estimator.predict_proba if hasattr(estimator, "predict_proba") else estimator.predict
    return lambda rows: numpy.asarray(ask(DataFrame(rows, columns=columns)))
