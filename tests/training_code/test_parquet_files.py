"""Parquet files say the same as CSV files, and their faults name rows."""

from __future__ import annotations

import datetime
import decimal

import numpy
import pyarrow
import pyarrow.parquet
import pytest

from failure import TrainingError
from tests.training_code.small_channels import FILL_IN, Channel, chosen, fault, parquet, table_of

NUMBERS: dict[str, list[object]] = {"a": [1, 2, 3, 4], "b": [2.5, 3.5, 4.5, 5.5], "target": [0, 1, 0, 1]}


def test_parquet_holds_what_csv_holds(channel: Channel) -> None:
    plain = table_of(channel({"x.csv": "a,b,target\n1,2.5,0\n2,3.5,1\n3,4.5,0\n4,5.5,1\n"}))
    packed = table_of(channel({"x.parquet": parquet(NUMBERS)}, "parquet"))
    assert packed.features.equals(plain.features)
    assert packed.target.tolist() == plain.target.tolist()
    assert {str(each) for each in packed.features.dtypes} == {"float32"}


def test_csv_and_parquet_files_stand_in_one_channel(channel: Channel) -> None:
    files = {"a.csv": "target,b,a\n1,9,8\n", "b.parquet": parquet(NUMBERS | {"target": [True, False, True, False]})}
    table = table_of(channel(files))
    assert table.features.to_numpy().tolist()[:2] == [[9, 8], [2.5, 1]]
    assert table.target.tolist() == ["1", "true", "false", "true", "false"]


def test_words_of_parquet_are_categories_when_they_are_named(channel: Channel) -> None:
    words = pyarrow.array(["x", "y", "x", "z"])
    for place, column in enumerate((words, words.cast(pyarrow.large_string()), words.dictionary_encode())):
        table = pyarrow.table({"c": column, "b": [1, 2, 3, 4], "target": [0, 1, 0, 1]})
        directory = channel({"x.parquet": parquet(table)}, f"t{place}")
        for columns in ("auto", "c"):
            assert table_of(directory, chosen("--categorical_columns", columns)).features["c"].tolist() == [0, 1, 0, 2]


def test_words_of_parquet_that_nobody_named_are_reported(channel: Channel) -> None:
    assert fault(channel({"x.parquet": parquet(NUMBERS | {"b": ["x", "y", "x", "y"]})})) == (
        "training/x.parquet, column 'b': is of type string, but a feature holds numbers; "
        "name the column in categorical_columns or drop_columns, or the word in csv_null_values where it means a "
        "missing value"
    )


@pytest.mark.parametrize("kind", [pyarrow.decimal128(24, 3), pyarrow.decimal256(50, 7)])
@pytest.mark.parametrize(
    ("estimator", "bits"),
    [("sklearn.ensemble.RandomForestClassifier", "float32"), ("sklearn.linear_model.LogisticRegression", "float64")],
)
def test_decimals_are_the_nearest_numbers(channel: Channel, kind: pyarrow.DataType, estimator: str, bits: str) -> None:
    values = [1952, 1957.1, 0.003, -8425333.125, 0, 1e-3, None, 16777216]
    exact = [None if value is None else decimal.Decimal(str(value)) for value in values]
    table = pyarrow.table({"b": pyarrow.array(exact, kind), "target": [0, 1] * 4})
    settings = chosen("--estimator", estimator, "--missing_values", "mean")
    found = table_of(channel({"x.parquet": parquet(table)}), settings).features["b"]
    assert found.dtype == bits
    assert found.drop(6).tolist() == numpy.array([each for each in values if each is not None], bits).tolist()


def test_dates_of_parquet_are_reported(channel: Channel) -> None:
    days = [datetime.date(2026, 1, day) for day in range(1, 5)]
    assert fault(channel({"x.parquet": parquet(NUMBERS | {"b": days})})) == (
        "training/x.parquet, column 'b': is of type date32[day], but a feature holds numbers; "
        "name the column in categorical_columns or drop_columns, or the word in csv_null_values where it means a "
        "missing value"
    )


def test_a_parquet_file_that_was_cut_off_is_reported(channel: Channel) -> None:
    message = fault(channel({"x.parquet": parquet(NUMBERS)[:-5]}))
    assert message.startswith("training/x.parquet: is not a whole Parquet file ('Parquet magic bytes not found")
    assert message.endswith("'); upload it again")


def test_missing_and_too_great_numbers_of_parquet_are_reported_with_their_row(channel: Channel) -> None:
    assert fault(channel({"x.parquet": parquet(NUMBERS | {"b": [1.0, None, float("nan"), 2.0]})})) == (
        f"missing values: column 'b' lacks 2 (first: training/x.parquet, row 2); {FILL_IN}"
    )
    assert fault(channel({"x.parquet": parquet(NUMBERS | {"b": [1.0, 2.0, 1e300, 2.0]})}, "great")) == (
        "training/x.parquet, row 3, column 'b': 'inf' is no finite 32-bit number; scale the column or drop the row"
    )


def test_nan_among_the_labels_of_a_parquet_file_is_missing_and_no_class(channel: Channel) -> None:
    labels: list[object] = [0.0, float("nan"), 1.0]
    directory = channel({"x.parquet": parquet({"a": [1.0, 2.0, 3.0], "target": labels})})
    with pytest.raises(TrainingError) as caught:
        table_of(directory)
    assert str(caught.value) == (
        "missing values: column 'target' lacks 1 (first: training/x.parquet, row 2); correct or drop the rows"
    )
