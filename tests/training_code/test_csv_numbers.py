"""How numbers are written: found out, or refused with both readings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import csv_numbers
from data.csv_numbers import Notation
from failure import TrainingError

NUMBERS = st.integers(-(10**9), 10**9).map(lambda number: number / 100)


@given(st.lists(NUMBERS, min_size=1, max_size=30), st.sampled_from([(".", ","), (",", "."), (",", None), (".", None)]))
def test_a_notation_is_found_out_or_refused_and_never_mistaken(
    values: list[float], marks: tuple[str, str | None]
) -> None:
    decimal, thousands = marks
    texts = []
    for value in values:
        text = f"{value:,.2f}" if thousands else f"{value:.2f}"
        texts.append(text.replace(",", "T").replace(".", decimal).replace("T", thousands or ""))

    found = csv_numbers.find_out([texts], ";", None, None, "a.csv")

    assert found is not None
    assert [float(found.plain(text)) for text in texts] == pytest.approx(values)


@pytest.mark.parametrize(
    ("texts", "delimiter"), [(["1.234", "2.345"], ";"), (["1,234"], ","), (["12,345", "1"], "\t"), (["-1.000"], "|")]
)
def test_numbers_with_two_readings_are_refused_with_both(texts: list[str], delimiter: str) -> None:
    with pytest.raises(TrainingError, match=r"may be .* or .*; set the hyperparameter csv_decimal"):
        csv_numbers.find_out([texts], delimiter, None, None, "a.csv")
    assert csv_numbers.find_out([texts], delimiter, ".", None, "a.csv").decimal == "."


def test_a_point_is_certain_where_commas_part_the_columns() -> None:
    assert csv_numbers.find_out([["1.234", "2.345"]], ",", None, None, "a.csv") == Notation()
