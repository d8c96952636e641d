from __future__ import annotations

import sys
from pathlib import Path

import numpy
import pandas
import pytest
from sklearn.ensemble import RandomForestClassifier

from dataset import Table
from evaluation import Evaluation, evaluate
from pictures import MOST_BARS, MOST_CURVES, confusion_matrix, draw, feature_importances, roc_curves


def verdict_of(classes: int, features: int) -> tuple[Evaluation, RandomForestClassifier, list[str]]:
    numbers = numpy.random.default_rng(0).normal(size=(classes * 12, features)).astype("float32")
    names = [f"feature number {place}" for place in range(features)]
    frame = pandas.DataFrame(numbers, columns=names)
    target = numpy.array([f"class-{place % classes:02d}" for place in range(len(numbers))])
    forest = RandomForestClassifier(n_estimators=5, random_state=0, n_jobs=1).fit(frame, target)
    return evaluate(forest, Table(frame, target)), forest, names


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
