from __future__ import annotations

import csv
from pathlib import Path

import numpy
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.svm import SVC

from data.tables import Table
from judging import curve_pictures
from judging.curve_pictures import CALIBRATION, MOST_CURVES, PRECISION_RECALL, ROC, Kind, of_classes
from judging.curves import MOST_POINTS, RocCurve
from judging.drawing import LeftOut, Picture
from judging.evaluation import Evaluation, evaluate
from tests.training_code.judged import table_of_classes, verdict_of_classes


def pictures_of(verdict: Evaluation) -> list[Picture]:
    made = of_classes(verdict)
    assert all(isinstance(each, Picture) for each in made)
    return [each for each in made if isinstance(each, Picture)]


def test_their_names_are_those_that_mlflow_has() -> None:
    names = [each.name for each in of_classes(verdict_of_classes(2))]
    assert names == ["roc_curve_plot", "precision_recall_curve_plot", "calibration_curve_plot"]


def test_of_two_classes_the_second_is_named_with_its_area_beside_a_guess() -> None:
    verdict = verdict_of_classes(2)
    roc, precision_recall, calibration = pictures_of(verdict)
    area = verdict.metrics["validation:roc_auc"]
    assert roc.title == f"The ROC curve of class class-01 has an area of {area:.4f}"
    assert roc.note == "48 held-out rows"
    assert legend(roc) == [f"class class-01, area {area:.4f}", "a guess, area 0.5"]
    average = precision_recall.columns["area"][0]
    assert precision_recall.title == f"The precision–recall curve of class class-01 has an area of {average:.4f}"
    assert legend(precision_recall) == [f"class class-01, area {average:.4f}", "a guess, area 0.5000"]
    gap = calibration.columns["gap"][0]
    assert calibration.title == f"The calibration curve of class class-01 has a mean gap of {gap:.4f}"
    assert legend(calibration) == [f"class class-01, mean gap {gap:.4f}", "as often as predicted"]


def legend(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.figure().axes[0].get_legend().get_texts()]


def test_axes_name_what_they_measure_and_its_unit() -> None:
    axes = [picture.figure().axes[0] for picture in pictures_of(verdict_of_classes(2))]
    assert [each.get_xlabel() for each in axes] == [
        "false positive rate (share of all other rows)",
        "recall (share of the rows of the class)",
        "mean predicted probability of the class (0 to 1)",
    ]
    assert [each.get_ylabel() for each in axes] == [
        "true positive rate (share of the rows of the class)",
        "precision (share of the rows taken for the class)",
        "share of rows that are of the class (0 to 1)",
    ]


@pytest.mark.parametrize("classes", [2, 7])
@pytest.mark.parametrize("kind", [ROC, PRECISION_RECALL, CALIBRATION])
def test_the_numbers_in_the_file_are_those_of_the_lines(kind: Kind, classes: int, tmp_path: Path) -> None:
    (picture,) = [each for each in pictures_of(verdict_of_classes(classes)) if each.name == kind.name]
    numbers = picture.write_numbers(tmp_path)
    with numbers.open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [line for line in picture.figure().axes[0].lines if line.get_label().startswith("class ")]
    labels = list(dict.fromkeys(row["class"] for row in rows))
    assert len(lines) == len(labels) == (1 if classes == 2 else classes)
    for label, line in zip(labels, lines, strict=True):
        own = [row for row in rows if row["class"] == label]
        assert [float(row[kind.across]) for row in own] == line.get_xdata().tolist()
        assert [float(row[kind.up]) for row in own] == line.get_ydata().tolist()
        assert line.get_label() == f"class {label}, {kind.words} {float(own[0][kind.measure]):.4f}"


def test_of_many_classes_the_worst_are_drawn() -> None:
    verdict = verdict_of_classes(MOST_CURVES + 3)
    roc, _, calibration = pictures_of(verdict)
    shown = list(dict.fromkeys(roc.columns["class"]))
    areas = {curve.label: curve.area for curve in verdict.roc_curves}
    assert len(shown) == MOST_CURVES
    assert shown == sorted(shown)
    assert max(areas[label] for label in shown) <= min(area for label, area in areas.items() if label not in shown)
    mean = verdict.metrics["validation:roc_auc"]
    assert roc.title == f"The ROC curves of 11 classes have a mean area of {mean:.4f}"
    assert roc.note == ("264 held-out rows; each class against the rest; drawn: the 8 classes of the smallest area")
    assert calibration.note.endswith("drawn: the 8 classes of the greatest mean gap")


def test_of_a_curve_of_many_points_some_are_drawn_and_its_area_is_that_of_all() -> None:
    steps = numpy.linspace(0, 1, 10_001)
    curve = RocCurve("b", steps, numpy.sqrt(steps), 2 / 3)
    verdict = Evaluation({}, {}, labels=("a", "b"), places=numpy.array([0, 1]))
    made = curve_pictures.picture(ROC, verdict, [curve])
    assert isinstance(made, Picture)
    across = made.columns["false_positive_rate"]
    assert (len(across), across[0], across[-1]) == (MOST_POINTS, 0, 1)
    assert made.title.endswith("area of 0.6667")


def test_a_class_without_rows_is_said_to_have_no_curve() -> None:
    forest, table = forest_of(3)
    verdict = evaluate(forest, table.take(numpy.flatnonzero(table.target != "class-02")))
    for picture in pictures_of(verdict):
        assert list(dict.fromkeys(picture.columns["class"])) == ["class-00", "class-01"]
        assert picture.note.endswith("; each class against the rest; without rows: 1 of 3 classes")


def forest_of(classes: int) -> tuple[RandomForestClassifier, Table]:
    table = table_of_classes(classes)
    return RandomForestClassifier(n_estimators=5, random_state=0).fit(table.features, table.target), table


@pytest.mark.parametrize("rows", [1, 24])
def test_rows_of_one_class_have_no_curves_and_the_reason_is_given(rows: int) -> None:
    forest, table = forest_of(2)
    verdict = evaluate(forest, table.take(numpy.flatnonzero(table.target == "class-01")[:rows]))
    assert of_classes(verdict) == [
        LeftOut(kind.name, "the held-out rows are all of class class-01")
        for kind in (ROC, PRECISION_RECALL, CALIBRATION)
    ]


def test_without_probabilities_there_is_no_calibration() -> None:
    table = table_of_classes(2)
    verdict = evaluate(RidgeClassifier().fit(table.features, table.target), table)
    made = of_classes(verdict)
    assert [type(each) for each in made] == [Picture, Picture, LeftOut]
    assert made[2] == LeftOut("calibration_curve_plot", "the estimator has no probabilities")


def test_scores_of_pairs_of_classes_make_no_curves() -> None:
    table = table_of_classes(4)
    verdict = evaluate(SVC(decision_function_shape="ovo").fit(table.features, table.target), table)
    reason = "the estimator has no score for each class"
    assert of_classes(verdict) == [
        LeftOut("roc_curve_plot", reason),
        LeftOut("precision_recall_curve_plot", reason),
        LeftOut("calibration_curve_plot", "the estimator has no probabilities"),
    ]
