from __future__ import annotations

import numpy
import pytest
from numpy.typing import NDArray

from judging import confusion
from judging.confusion import MOST_CLASSES

COUNTS = numpy.array([[8, 2, 0], [1, 1234, 0], [0, 0, 3]])
LABELS = ("cat", "dog", "owl")


def texts_of(counts: NDArray[numpy.int64], labels: tuple[str, ...]) -> list[str]:
    return [text.get_text() for text in confusion.picture(labels, counts).figure().axes[0].texts]


def test_each_cell_has_its_rows_and_their_share_of_the_true_class() -> None:
    texts = texts_of(COUNTS, LABELS)
    assert texts == ["8\n80.0%", "2\n20.0%", "0", "1\n0.1%", "1,234\n99.9%", "0", "0", "0", "3\n100.0%"]


def test_a_share_is_rounded_but_never_to_nothing_or_to_all() -> None:
    counts = numpy.diag(numpy.full(8, 10_000))
    counts[0, 1] = counts[1, 0] = 1
    counts[2, 3] = 250
    texts = texts_of(counts, tuple("abcdefgh"))
    assert (texts[0], texts[1]) == ("10,000\n>99%", "1\n<1%")
    assert (texts[2 * 8 + 2], texts[2 * 8 + 3]) == ("10,000\n98%", "250\n2%")
    assert texts[4 * 8 + 4] == "10,000\n100%"
    assert texts_of(counts[:2, :2], ("a", "b")) == ["10,000\n>99.9%", "1\n<0.1%", "1\n<0.1%", "10,000\n>99.9%"]


def test_title_and_axes_say_what_is_shown() -> None:
    made = confusion.picture(LABELS, COUNTS)
    assert made.title == "1,245 of 1,248 held-out rows (99.8%) are predicted right"
    assert made.note == "in each cell: rows, and their share of the true class"
    axes = made.figure().axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert [label.get_text() for label in axes.get_xticklabels()] == list(LABELS)


def test_its_numbers_are_the_pairs_that_have_rows_and_each_class_with_itself() -> None:
    columns = confusion.picture(("a", "b"), numpy.array([[0, 4], [0, 0]])).columns
    assert columns["true_class"] == ["a", "a", "b"]
    assert columns["predicted_class"] == ["a", "b", "b"]
    assert list(columns["rows"]) == [0, 4, 0]
    assert numpy.array_equal(columns["share_of_true_class"], [0, 1, numpy.nan], equal_nan=True)


def test_a_class_without_rows_is_hatched_and_has_no_share() -> None:
    counts = COUNTS.copy()
    counts[2] = 0
    made = confusion.picture(LABELS, counts)
    axes = made.figure().axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog", "owl (no rows)"]
    assert len(axes.texts) == 6
    assert [patch.get_hatch() for patch in axes.patches] == ["////"]
    assert numpy.isnan(confusion.shares_of(counts)[2]).all()


def test_of_many_classes_those_that_are_confused_most_are_shown_and_all_are_counted() -> None:
    counts = numpy.diag(numpy.full(200, 10))
    counts[150, 7] = counts[3, 199] = 5
    labels = tuple(f"c{place}" for place in range(200))
    chosen = confusion.most_confused(counts).tolist()
    assert len(chosen) == MOST_CLASSES
    assert {3, 7, 150, 199} <= set(chosen)
    assert chosen == sorted(chosen)
    made = confusion.picture(labels, counts)
    assert made.title == "2,000 of 2,010 held-out rows (99.5%) are predicted right"
    assert made.note.startswith("the 20 of 200 classes that are confused most; in each cell: ")
    assert sum(made.columns["rows"]) == 2010
    assert len(made.figure().axes[0].texts) == MOST_CLASSES**2


def test_as_many_classes_as_can_be_read_are_all_shown() -> None:
    counts = numpy.diag(numpy.arange(MOST_CLASSES))
    assert confusion.most_confused(counts).tolist() == list(range(MOST_CLASSES))


@pytest.mark.parametrize("counts", [numpy.array([[1, 0], [0, 0]]), numpy.array([[0, 1], [0, 0]])])
def test_one_row_is_a_matrix_as_well(counts: NDArray[numpy.int64]) -> None:
    right = int(counts[0, 0])
    made = confusion.picture(("a", "b"), counts)
    assert made.title == f"{right} of 1 held-out rows ({right:.1%}) are predicted right"
    assert made.figure().axes
