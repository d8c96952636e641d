from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import Ridge, RidgeClassifier

from data.tables import Table
from judging import pictures
from judging.drawing import LeftOut, Picture
from judging.evaluation import evaluate
from judging.study import study
from tests.training_code.judged import table_of_classes


def forest(trees: int = 5) -> RandomForestClassifier:
    return RandomForestClassifier(n_estimators=trees, random_state=0)


def of_run(estimator: BaseEstimator, table: Table, held_out: Table | None = None) -> list[Picture | LeftOut]:
    estimator.fit(table.features, table.target)
    held_out = held_out or table
    verdict = evaluate(estimator, held_out)
    return pictures.of_run(verdict, study(estimator, held_out, verdict, 0), "kind")


def values_of(table: Table) -> Table:
    return Table(table.features, numpy.arange(len(table.target), dtype="float64"))


def names_of(made: list[Picture | LeftOut]) -> tuple[list[str], dict[str, str]]:
    """Of the pictures, and of those that are left out with the reason."""
    return [each.name for each in made if isinstance(each, Picture)], {
        each.name: each.reason for each in made if isinstance(each, LeftOut)
    }


CLASSES = ["confusion_matrix", "roc_curve_plot", "precision_recall_curve_plot", "calibration_curve_plot"]
STUDY = ["permutation_importance", "loss_by_trees"]


def test_a_classification_has_its_pictures() -> None:
    assert names_of(of_run(forest(), table_of_classes(3))) == (CLASSES + STUDY, {})


def test_a_regression_has_pictures_of_its_own() -> None:
    made = of_run(RandomForestRegressor(n_estimators=5, random_state=0), values_of(table_of_classes(3)))
    assert names_of(made) == (["predicted_and_actual", "residuals", *STUDY], {})


@pytest.mark.parametrize("estimator", [Ridge(), RidgeClassifier()])
def test_only_a_forest_learns_by_its_size(estimator: BaseEstimator) -> None:
    table = table_of_classes(3)
    made, left_out = names_of(of_run(estimator, values_of(table) if isinstance(estimator, Ridge) else table))
    assert made[-1] == "permutation_importance"
    assert "loss_by_trees" not in left_out


@pytest.mark.slow
def test_each_picture_is_written_with_its_numbers(tmp_path: Path) -> None:
    written = pictures.write(of_run(forest(), table_of_classes(2)), tmp_path)
    assert [path.name for path in written if path.suffix == ".png"] == [f"{name}.png" for name in CLASSES + STUDY]
    assert [path.name for path in written if path.suffix == ".csv"] == [
        *("confusion_matrix.csv", "roc_curve.csv", "precision_recall_curve.csv", "calibration_curve.csv"),
        *("permutation_importance.csv", "loss_by_trees.csv"),
    ]
    for path in written:
        assert path.stat().st_size > (5000 if path.suffix == ".png" else 20)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in written)


def test_undrawn_there_are_the_numbers_of_each_and_nothing_else(tmp_path: Path) -> None:
    made = of_run(forest(), table_of_classes(2))
    written = pictures.write(made, tmp_path, draws=False)
    assert [path.suffix for path in written] == [".csv"] * len(made)
    assert sorted(tmp_path.iterdir()) == sorted(written)


def test_a_picture_that_is_left_out_is_named_in_the_log_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pictures.write([LeftOut("residuals", "there are none")], tmp_path) == []
    assert capsys.readouterr().out == "no picture residuals.png: there are none\n"


def test_one_held_out_row_leaves_out_what_it_cannot_tell() -> None:
    table = table_of_classes(2)
    made, left_out = names_of(of_run(forest(), table, table.take(numpy.array([1]))))
    assert made == ["confusion_matrix", "loss_by_trees"]
    same = "the held-out rows are all of class class-01"
    assert left_out == dict.fromkeys(CLASSES[1:], same) | {
        "permutation_importance": "one held-out row cannot be shuffled"
    }


def test_one_tree_has_no_size_to_learn_by() -> None:
    _, left_out = names_of(of_run(forest(1), table_of_classes(2)))
    assert left_out == {"loss_by_trees": "the forest has one tree"}


def test_constant_predictions_have_every_picture() -> None:
    table = table_of_classes(2)
    table.features[:] = 0
    made = of_run(forest(), table)
    assert names_of(made) == (CLASSES + STUDY, {})
    for each in made:
        assert isinstance(each, Picture)
        assert each.figure().axes


@pytest.mark.slow
def test_two_hundred_classes_have_every_picture(tmp_path: Path) -> None:
    made = of_run(forest(), table_of_classes(200))
    assert names_of(made) == (CLASSES + STUDY, {})
    assert all(path.stat().st_size > 100 for path in pictures.write(made, tmp_path))


def test_names_that_look_like_formulas_are_drawn_as_they_are(tmp_path: Path) -> None:
    table = table_of_classes(2)
    table.features.columns = ["$a_{$", "$b$", "c\nd", "_e"]
    renamed = Table(table.features, numpy.where(table.target == "class-00", "$0_{$", "$1^{"))
    matrix = of_run(forest(), renamed)[0]
    assert isinstance(matrix, Picture)
    labels = [label.get_text() for label in matrix.figure().axes[0].get_xticklabels()]
    assert labels == ["$0_{$", "$1^{"]
    assert matrix.write(tmp_path)
