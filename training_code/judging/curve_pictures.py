"""The curves of a classifier as pictures: ROC, precision–recall and calibration, each class against the rest.

Their names are those of `mlflow.models.evaluate`. Source: `mlflow.models.evaluation.evaluators.classifier` of MLflow
3.17.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
from numpy.typing import NDArray

from judging.curves import (
    MOST_POINTS,
    CalibrationCurve,
    PrecisionRecallCurve,
    RocCurve,
    calibration_curves,
    evenly,
    precision_recall_curves,
)
from judging.drawing import LINES, REFERENCE, LeftOut, Picture, short
from judging.evaluation import Evaluation

MOST_CURVES = len(LINES)
_MOST_LINES_ROUND_A_LEGEND = 4

Curve = RocCurve | PrecisionRecallCurve | CalibrationCurve


@dataclass(frozen=True)
class Kind:
    """One kind of curve. `across` and `up` are the fields of a curve that are drawn, and the columns of its numbers.

    `measure` is the field that says how good a curve is, `words` what a reader calls it; of many classes, those are
    drawn whose measure is worst: `worst` is which end that is. `guess` gives the line of reference for some curves.
    """

    name: str
    called: str
    across: str
    up: str
    labels: tuple[str, str]
    measure: str
    words: str
    worst: str
    guess: Callable[[Sequence[Any]], tuple[str, list[float]] | None]
    more_columns: tuple[str, ...] = ()
    style: Mapping[str, Any] = field(default_factory=dict)


def _guess_of_class(curves: Sequence[PrecisionRecallCurve]) -> tuple[str, list[float]] | None:
    """A guess is as precise as the class is frequent: a line for one class, and too many lines for several."""
    share = curves[0].share
    return (f"a guess, area {share:.4f}", [share, share]) if len(curves) == 1 else None


ROC = Kind(
    name="roc_curve_plot",
    called="ROC",
    across="false_positive_rate",
    up="true_positive_rate",
    labels=("false positive rate (share of all other rows)", "true positive rate (share of the rows of the class)"),
    measure="area",
    words="area",
    worst="smallest",
    guess=lambda _: ("a guess, area 0.5", [0, 1]),
)
PRECISION_RECALL = Kind(
    name="precision_recall_curve_plot",
    called="precision–recall",
    across="recall",
    up="precision",
    labels=("recall (share of the rows of the class)", "precision (share of the rows taken for the class)"),
    measure="area",
    words="area",
    worst="smallest",
    guess=_guess_of_class,
    # From one threshold to the next, recall rises at once: the area is that of average precision.
    style={"drawstyle": "steps-pre"},
)
CALIBRATION = Kind(
    name="calibration_curve_plot",
    called="calibration",
    across="mean_probability",
    up="share_of_rows",
    labels=("mean predicted probability of the class (0 to 1)", "share of rows that are of the class (0 to 1)"),
    measure="gap",
    words="mean gap",
    worst="greatest",
    guess=lambda _: ("as often as predicted", [0, 1]),
    more_columns=("rows",),
    style={"markevery": 1},
)


def of_classes(verdict: Evaluation) -> list[Picture | LeftOut]:
    """The three pictures of a classification, or why one is not there."""
    labels, places, scores = verdict.labels, verdict.places, verdict.scores
    if scores is None:
        lacks = "the estimator has no score for each class"
        made: list[Picture | LeftOut] = [LeftOut(kind.name, lacks) for kind in (ROC, PRECISION_RECALL)]
    else:
        made = [picture(ROC, verdict, verdict.roc_curves)]
        made.append(picture(PRECISION_RECALL, verdict, precision_recall_curves(labels, places, scores)))
    if not verdict.has_probabilities:
        return [*made, LeftOut(CALIBRATION.name, "the estimator has no probabilities")]
    return [*made, picture(CALIBRATION, verdict, calibration_curves(labels, places, verdict.said))]


def picture(kind: Kind, verdict: Evaluation, curves: Sequence[Curve]) -> Picture | LeftOut:
    """The curves of one kind; of more than `MOST_CURVES` classes, the worst. Its numbers are those that are drawn."""
    if not curves:
        return LeftOut(kind.name, _why_none(verdict))
    drawn = worst(kind, curves)
    numbers = [_numbers(kind, curve) for curve in drawn]
    lines = [(each[kind.across], each[kind.up]) for each in numbers]
    names = [f"class {short(curve.label)}, {kind.words} {getattr(curve, kind.measure):.4f}" for curve in drawn]
    wide = len(lines) >= _MOST_LINES_ROUND_A_LEGEND
    return Picture(
        kind.name,
        _title(kind, curves),
        _note(kind, verdict, curves),
        {name: numpy.concatenate([each[name] for each in numbers]) for name in numbers[0]},
        (9.2 if wide else 6.2, 6.0),
        lambda _, axes: _draw(axes, kind, names, lines, kind.guess(drawn)),
    )


def worst(kind: Kind, curves: Sequence[Curve]) -> list[Curve]:
    """At most `MOST_CURVES` curves in the order of their classes: those of the worst measure."""
    sign = 1 if kind.worst == "smallest" else -1
    order = sorted(range(len(curves)), key=lambda place: sign * getattr(curves[place], kind.measure))
    return [curves[place] for place in sorted(order[:MOST_CURVES])]


def _numbers(kind: Kind, curve: Curve) -> dict[str, NDArray[Any]]:
    """The columns of one curve, with as many of its points as are drawn."""
    chosen = evenly(len(getattr(curve, kind.up)), MOST_POINTS)
    columns = {name: getattr(curve, name)[chosen] for name in (kind.across, kind.up, *kind.more_columns)}
    label = numpy.full(len(chosen), curve.label, dtype=object)
    return {"class": label, **columns, kind.measure: numpy.full(len(chosen), getattr(curve, kind.measure))}


def _draw(
    axes: Any,  # noqa: ANN401  # Matplotlib has no types
    kind: Kind,
    names: Sequence[str],
    lines: Sequence[tuple[Any, Any]],
    guess: tuple[str, list[float]] | None,
) -> None:
    for name, (across, up), style in zip(names, lines, LINES, strict=False):
        # A mark at each point would hide the line.
        axes.plot(across, up, label=name, **{**style, "markevery": 0.1, **kind.style})
    if guess:
        axes.plot([0, 1], guess[1], label=guess[0], **REFERENCE)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_aspect("equal")
    axes.set_xlabel(kind.labels[0])
    axes.set_ylabel(kind.labels[1])
    if len(axes.lines) <= _MOST_LINES_ROUND_A_LEGEND:
        axes.legend(loc="best")
    else:
        axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1))


def _title(kind: Kind, curves: Sequence[Curve]) -> str:
    values = [getattr(curve, kind.measure) for curve in curves]
    if len(curves) == 1:
        article = "an" if kind.words.startswith("a") else "a"
        return (
            f"The {kind.called} curve of class {short(curves[0].label)} has {article} {kind.words} of {values[0]:.4f}"
        )
    mean = f"mean {kind.words.removeprefix('mean ')}"
    return f"The {kind.called} curves of {len(curves):,} classes have a {mean} of {numpy.mean(values):.4f}"


def _note(kind: Kind, verdict: Evaluation, curves: Sequence[Curve]) -> str:
    notes = [f"{len(verdict.places):,} held-out rows"]
    if len(curves) > 1:
        notes.append("each class against the rest")
    if len(curves) > MOST_CURVES:
        notes.append(f"drawn: the {MOST_CURVES} classes of the {kind.worst} {kind.words}")
    without = len(verdict.labels) - len(curves)
    if len(verdict.labels) > 2 and without:
        notes.append(f"without rows: {without:,} of {len(verdict.labels):,} classes")
    return "; ".join(notes)


def _why_none(verdict: Evaluation) -> str:
    seen = [verdict.labels[place] for place in numpy.unique(verdict.places) if place >= 0]
    return f"the held-out rows are all of class {short(seen[0], 40)}" if seen else "no held-out row is of a known class"
