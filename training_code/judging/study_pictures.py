"""The pictures of what an estimator has learnt: which features matter, and what a forest gains by its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from judging.drawing import BLACK, DARK, HATCH, LIGHT, LINES, Picture, number, short, some_of
from judging.importance import Importance
from judging.learning import Learning

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IMPORTANCE = "permutation_importance"
LEARNING = "loss_by_trees"


def importance(found: Importance) -> Picture:
    """A bar for each feature that was shuffled, the greatest on top, with the spread over the shuffles.

    Its numbers have each feature of the table, by impurity where it was not shuffled.
    """
    order = numpy.argsort(-found.mean, kind="stable")
    names, mean, spread = [found.features[place] for place in order], found.mean[order], found.spread[order]
    others = sorted(set(found.impurity) - set(names), key=lambda name: -found.impurity[name])
    lacking = [numpy.nan] * len(others)
    columns: dict[str, Any] = {
        "feature": [*names, *others],
        "mean_rise": [*mean.tolist(), *lacking],
        "standard_deviation": [*spread.tolist(), *lacking],
    }
    if found.impurity:
        columns["impurity_importance"] = [found.impurity[name] for name in columns["feature"]]

    def draw(_: Figure, axes: Any) -> None:  # noqa: ANN401  # Matplotlib has no types
        axes.barh(
            range(len(names)),
            mean,
            xerr=spread,
            color=LIGHT,
            edgecolor=DARK,
            hatch=HATCH,
            error_kw={"ecolor": BLACK, "capsize": 3, "linewidth": 1.2},
        )
        axes.set_yticks(range(len(names)), [short(name, 30) for name in names])
        axes.axvline(0, color=BLACK, linewidth=0.8)
        axes.invert_yaxis()
        axes.margins(y=0.01)
        axes.set_xlabel(f"rise of the {found.loss} when the feature is shuffled ({found.unit})")

    return Picture(
        IMPORTANCE,
        _title(found, names[0], float(mean[0])),
        _note(found),
        columns,
        (7.4, 0.28 * len(names) + 1.7),
        draw,
    )


def learning(found: Learning) -> Picture:
    """The loss of a forest's first trees: where it falls no more, more trees gain nothing."""
    last, before = found.losses[-1], found.losses[-2]

    def draw(_: Figure, axes: Any) -> None:  # noqa: ANN401  # as above
        axes.plot(found.sizes, found.losses, **{**LINES[0], "marker": "o"})
        axes.set_xscale("log")
        axes.set_xticks(found.sizes, [f"{size:,}" for size in found.sizes], minor=False)
        axes.minorticks_off()
        axes.grid(axis="y", color=LIGHT)
        axes.set_xlabel("trees (the first ones of the forest)")
        axes.set_ylabel(f"{found.loss} ({found.unit})")

    return Picture(
        LEARNING,
        f"The {found.loss} is {number(last)} with all {found.sizes[-1]:,} trees, {number(before)} with the first "
        f"{found.sizes[-2]:,}",
        some_of(found.rows, found.all_rows, "held-out rows"),
        {"trees": found.sizes, "loss": found.losses},
        (6.6, 4.4),
        draw,
    )


def _title(found: Importance, first: str, rise: float) -> str:
    if rise <= 0:
        return f"Shuffling no feature raises the {found.loss}"
    return f"Shuffling {short(first, 24)} raises the {found.loss} most, by {number(rise)}"


def _note(found: Importance) -> str:
    rows = some_of(found.rows, found.all_rows, "held-out rows")
    note = f"mean and standard deviation of {found.rises.shape[1]} shuffles; {rows}"
    if len(found.features) < found.all_features:
        note += f"; the {len(found.features)} of {found.all_features:,} features of the greatest impurity importance"
    return note
