from __future__ import annotations

from dataclasses import replace

import numpy

from judging import study_pictures
from judging.importance import Importance
from judging.learning import Learning

RISES = numpy.array([[0.01, 0.03], [0.5, 0.7], [0.0, 0.0]])
FOUND = Importance(
    features=("a", "b", "c"),
    rises=RISES,
    loss="Brier score",
    unit="0 to 1",
    rows=1000,
    all_rows=65_000,
    impurity={"a": 0.2, "b": 0.7, "c": 0.1},
    all_features=3,
)
LEARNT = Learning(numpy.array([1, 10, 100]), numpy.array([0.3, 0.12, 0.1]), "Brier score", "0 to 1", 500, 500)


def test_the_greatest_importance_comes_first_with_its_spread() -> None:
    made = study_pictures.importance(FOUND)
    assert made.title == "Shuffling b raises the Brier score most, by 0.600"
    assert made.note == "mean and standard deviation of 2 shuffles; 1,000 of 65,000 held-out rows"
    axes = made.figure().axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a", "c"]
    assert [bar.get_width() for bar in axes.patches] == list(made.columns["mean_rise"])
    assert axes.get_xlabel() == "rise of the Brier score when the feature is shuffled (0 to 1)"
    assert axes.patches[0].get_hatch() == "////"


def test_its_numbers_are_mean_spread_and_impurity_of_each_feature() -> None:
    columns = study_pictures.importance(FOUND).columns
    assert columns["feature"] == ["b", "a", "c"]
    assert numpy.allclose(columns["mean_rise"], [0.6, 0.02, 0])
    assert numpy.allclose(columns["standard_deviation"], [0.1, 0.01, 0])
    assert columns["impurity_importance"] == [0.7, 0.2, 0.1]


def test_of_a_wide_table_the_note_says_which_are_shown_and_the_numbers_have_the_others() -> None:
    wide = replace(FOUND, impurity={"z": 0.05, "y": 0.1} | dict(FOUND.impurity), all_features=5)
    made = study_pictures.importance(wide)
    assert made.note.endswith("; the 3 of 5 features of the greatest impurity importance")
    assert made.columns["feature"] == ["b", "a", "c", "y", "z"]
    assert numpy.isnan(made.columns["mean_rise"][3:]).all()
    assert len(made.figure().axes[0].patches) == 3


def test_without_impurity_there_is_no_column_of_it() -> None:
    assert list(study_pictures.importance(replace(FOUND, impurity={})).columns) == [
        "feature",
        "mean_rise",
        "standard_deviation",
    ]


def test_where_no_feature_matters_the_title_says_so() -> None:
    made = study_pictures.importance(replace(FOUND, rises=RISES * 0))
    assert made.title == "Shuffling no feature raises the Brier score"
    assert len(made.figure().axes[0].patches) == 3


def test_the_loss_falls_with_the_trees() -> None:
    made = study_pictures.learning(LEARNT)
    assert made.title == "The Brier score is 0.100 with all 100 trees, 0.120 with the first 10"
    assert made.note == "500 held-out rows"
    axes = made.figure().axes[0]
    assert axes.lines[0].get_xdata().tolist() == made.columns["trees"].tolist() == [1, 10, 100]
    assert axes.lines[0].get_ydata().tolist() == made.columns["loss"].tolist() == [0.3, 0.12, 0.1]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "10", "100"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("trees (the first ones of the forest)", "Brier score (0 to 1)")
