from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import labels
from failure import TrainingError

WHOLE = st.lists(st.integers(-(2**53), 2**53), min_size=1, max_size=60)
WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5), min_size=1)


@given(st.one_of(WHOLE, WORDS))
def test_classes_are_found_and_counted_as_numpy_does(values: list[int] | list[str]) -> None:
    target = numpy.asarray(values)

    classes, codes = labels.coded(target)
    expected, places, of_each = numpy.unique(target, return_inverse=True, return_counts=True)

    assert classes.dtype == target.dtype
    assert classes.tolist() == expected.tolist()
    assert codes.tolist() == places.tolist()
    assert labels.counted(target)[1].tolist() == of_each.tolist()


@pytest.mark.parametrize(("classes", "kind"), [(2, "uint8"), (255, "uint8"), (300, "uint16")])
def test_a_class_has_as_few_bits_as_do(classes: int, kind: str) -> None:
    assert labels.coded(numpy.arange(classes))[1].dtype == kind


def test_one_class_is_too_few() -> None:
    with pytest.raises(TrainingError, match=r"channel training: all 3 rows are of one class, 'a'"):
        labels.check_classes(numpy.asarray(["a", "a", "a"]), "training")


def test_two_classes_are_enough() -> None:
    labels.check_classes(numpy.asarray([3, 4]), "training")
