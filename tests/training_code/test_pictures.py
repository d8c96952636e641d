from __future__ import annotations

import sys
from pathlib import Path

import numpy
import pandas
import pytest
from sklearn.ensemble import RandomForestClassifier

from data.dataset import Table
from judging.evaluation import Evaluation, Predictions, evaluate
from judging.pictures import (
    MOST_BARS,
    MOST_CURVES,
    MOST_POINTS,
    confusion_matrix,
    draw,
    feature_importances,
    predicted_and_actual,
    residuals,
    roc_curves,
)


def verdict_of(classes: int, features: int) -> tuple[Evaluation, RandomForestClassifier, list[str]]:
    numbers = numpy.random.default_rng(0).normal(size=(classes * 12, features)).astype("float32")
    names = [f"feature number {place}" for place in range(features)]
    frame = pandas.DataFrame(numbers, columns=names)
    target = numpy.array([f"class-{place % classes:02d}" for place in range(len(numbers))])
    forest = RandomForestClassifier(n_estimators=5, random_state=0, n_jobs=1).fit(frame, target)
    return evaluate(forest, Table(frame, target)), forest, names


@pytest.mark.slow
def test_three_pictures_are_written_without_pyplot(tmp_path: Path) -> None:
    verdict, _, _ = verdict_of(2, 4)
    before = "matplotlib.pyplot" in sys.modules
    paths = draw(verdict, tmp_path)
    assert [path.name for path in paths] == ["confusion_matrix.png", "roc_curve.png", "feature_importances.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 5000 for path in paths)
    assert ("matplotlib.pyplot" in sys.modules) == before


def test_the_confusion_matrix_shows_every_count_and_names_its_axes() -> None:
    verdict, _, _ = verdict_of(3, 4)
    axes = confusion_matrix(verdict).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert axes.get_title() == "Confusion matrix, 36 validation rows"
    assert [int(text.get_text()) for text in axes.texts] == verdict.confusion.ravel().tolist()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["class-00", "class-01", "class-02"]


def test_the_roc_curve_names_class_and_area() -> None:
    verdict, _, _ = verdict_of(2, 4)
    axes = roc_curves(verdict).axes[0]
    area = verdict.metrics["validation:roc_auc"]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == [f"class class-01 (AUC {area:.4f})", "chance (AUC 0.5)"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("false positive rate", "true positive rate")


def test_of_many_classes_the_worst_curves_are_drawn() -> None:
    verdict, _, _ = verdict_of(MOST_CURVES + 3, 2)
    axes = roc_curves(verdict).axes[0]
    assert len(axes.lines) == MOST_CURVES + 1
    assert axes.get_title() == "ROC curve on the validation rows, 3 better classes left out"


@pytest.mark.parametrize(
    ("features", "bars", "title"),
    [(3, 3, "Feature importances"), (40, MOST_BARS, f"Feature importances, {MOST_BARS} of 40 features")],
)
def test_the_greatest_importances_come_first(features: int, bars: int, title: str) -> None:
    verdict, forest, _ = verdict_of(2, features)
    axes = feature_importances(verdict.importances).axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert len(widths) == bars
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == forest.feature_importances_.max()
    assert axes.get_title() == title


def predictions_of(rows: int) -> Predictions:
    actual = numpy.random.default_rng(0).normal(size=rows)
    return Predictions(actual, actual * 0.75)


@pytest.mark.slow
def test_a_regression_has_pictures_of_its_own(tmp_path: Path) -> None:
    verdict = Evaluation({}, {"a": 0.75, "b": 0.25}, predictions=predictions_of(30))
    paths = draw(verdict, tmp_path)
    assert [path.name for path in paths] == ["predicted_and_actual.png", "residuals.png", "feature_importances.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 5000 for path in paths)


def test_what_has_neither_curves_nor_importances_has_no_pictures_of_them(tmp_path: Path) -> None:
    verdict = Evaluation({}, {}, confusion=numpy.eye(2, dtype=numpy.int64), labels=("no", "yes"))
    assert [path.name for path in draw(verdict, tmp_path)] == ["confusion_matrix.png"]


def test_points_stand_where_predicted_meets_actual() -> None:
    told = predictions_of(30)
    axes = predicted_and_actual(told).axes[0]
    assert numpy.array_equal(axes.collections[0].get_offsets(), numpy.column_stack([told.actual, told.predicted]))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("actual", "predicted")
    assert axes.get_title() == "Predicted and actual, 30 validation rows"


def test_residuals_are_what_was_missed() -> None:
    told = predictions_of(30)
    axes = residuals(told).axes[0]
    expected = numpy.column_stack([told.predicted, told.actual - told.predicted])
    assert numpy.array_equal(axes.collections[0].get_offsets(), expected)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "residual: actual - predicted")


def test_of_many_rows_an_even_sample_is_drawn() -> None:
    axes = residuals(predictions_of(MOST_POINTS * 3)).axes[0]
    assert len(axes.collections[0].get_offsets()) == MOST_POINTS
    assert axes.get_title() == "Residuals, 5,000 of 15,000 validation rows"
