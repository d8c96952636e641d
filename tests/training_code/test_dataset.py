from __future__ import annotations

import gzip

import numpy
import pytest

from data import dataset
from options.hyperparameters import Hyperparameters
from tests.training_code.small_channels import FILL_IN, GOOD, HEADER, SETTINGS, Channel, chosen, fault, table_of


def test_rows_become_32_bit_features_and_whole_number_labels(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    table = table_of(channel({"part.csv": GOOD}))
    assert list(table.features.columns) == ["a", "b"]
    assert {str(each) for each in table.features.dtypes} == {"float32"}
    assert table.features.to_numpy().tolist()[:2] == [[1.0, 2.5], [2.0, 3.5]]
    assert table.target.tolist() == [0, 1, 0, 1, 0, 1]
    assert capsys.readouterr().out.splitlines()[1].startswith("reading training: 1 file, 6 rows, 2 features, 0.")


def test_files_are_read_in_the_order_of_their_names_and_columns_by_name(channel: Channel) -> None:
    files = {"b/2.csv": "target,b,a\n1,20,10\n", "a.csv": "a,b,target\n1,2,0\n"}
    table = table_of(channel(files))
    assert table.features.to_numpy().tolist() == [[1.0, 2.0], [10.0, 20.0]]
    assert table.target.tolist() == [0, 1]


def test_a_packed_file_is_the_same_as_a_plain_one(channel: Channel) -> None:
    plain = table_of(channel({"x.csv": GOOD}))
    packed = table_of(channel({"x.csv.gz": gzip.compress(GOOD.encode())}, "packed"))
    assert packed.features.equals(plain.features)
    assert numpy.array_equal(packed.target, plain.target)


def test_a_byte_order_mark_blank_lines_spaces_and_a_missing_last_newline_do_no_harm(channel: Channel) -> None:
    text = "\ufeffa,b,target\n 1 ,2,0\n\n3,4,1"
    table = table_of(channel({"x.csv": text}))
    assert table.features.to_numpy().tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_words_are_labels_as_they_are(channel: Channel) -> None:
    text = HEADER + "1,2,benign\n3,4,malignant\n"
    table = table_of(channel({"x.csv": text}))
    assert table.target.tolist() == ["benign", "malignant"]


def test_labels_agree_between_files_however_they_are_written(channel: Channel) -> None:
    files = {"a.csv": HEADER + "1,2,0\n1,2,1\n", "b.csv": HEADER + "1,2,1.0\n"}
    table = table_of(channel(files))
    assert table.target.tolist() == [0, 1, 1]


def test_a_word_among_the_numbers_makes_all_labels_words(channel: Channel) -> None:
    files = {"a.csv": HEADER + "1,2,0\n", "b.csv": HEADER + "1,2,unknown\n"}
    table = table_of(channel(files))
    assert table.target.tolist() == ["0", "unknown"]


@pytest.mark.parametrize("words", [["1_0", "1_1"], ["98765432109876543210", "98765432109876543211"]])
def test_identifiers_are_not_taken_for_numbers(channel: Channel, words: list[str]) -> None:
    rows = "".join(f"1,2,{word}\n" for word in words)
    table = table_of(channel({"x.csv": HEADER + rows}))
    assert table.target.tolist() == words


def test_hidden_files_and_writers_marks_are_passed_over_and_counted(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset.read(channel({"x.csv": GOOD, "_SUCCESS": "", ".x.csv.crc": "1", ".tmp/y.csv": "?"}), None, SETTINGS)
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("passing over")] == [
        "passing over training: 3 files (3 hidden or a writer's mark)"
    ]


def test_the_hold_out_is_stratified_and_the_same_for_the_same_seed(channel: Channel) -> None:
    directory = channel({"x.csv": HEADER + "".join(f"{i},0,{int(i % 4 == 0)}\n" for i in range(100))})
    first, again = (dataset.read(directory, None, Hyperparameters()) for _ in range(2))
    assert first.validation.features.equals(again.validation.features)
    assert (len(first.training.target), len(first.validation.target)) == (80, 20)
    assert first.validation.target.sum() == 5
    other = dataset.read(directory, None, Hyperparameters(random_state=1))
    assert not other.validation.features.reset_index(drop=True).equals(first.validation.features.reset_index(drop=True))
    rows = [*first.training.features["a"], *first.validation.features["a"]]
    assert sorted(rows) == list(range(100))


def test_with_a_validation_channel_every_training_row_is_trained_on(channel: Channel) -> None:
    training, validation = channel({"x.csv": GOOD}), channel({"y.csv": "target,b,a\n1,2,3\n0,5,6\n"}, "validation")
    data = dataset.read(training, validation, SETTINGS)
    assert len(data.training.target) == 6
    assert data.validation.features.to_numpy().tolist() == [[3.0, 2.0], [6.0, 5.0]]


def test_the_digest_changes_with_any_byte_and_any_name(channel: Channel) -> None:
    contents = [{"x.csv": GOOD}, {"y.csv": GOOD}, {"x.csv": GOOD.replace("7.5", "7.6")}, {"x.csv": GOOD + "\n"}]
    digests = [
        dataset.read(channel(files, f"training-{place}"), None, SETTINGS).digest for place, files in enumerate(contents)
    ]
    assert len(set(digests)) == 4
    assert dataset.read(channel({"x.csv": GOOD}, "again"), None, SETTINGS).digest == digests[0]


@pytest.mark.parametrize(("position", "target", "features"), [("1", [5, 6], [[1, 2], [3, 4]]), ("-1", [2, 4], None)])
def test_without_a_header_the_target_is_a_position(
    channel: Channel, position: str, target: list[int], features: list[list[int]] | None
) -> None:
    table = table_of(channel({"x.csv": "5,1,2\n6,3,4\n"}), chosen("--header", "none", "--target_column", position))
    assert table.target.tolist() == target
    assert list(table.features.columns) == (["column_2", "column_3"] if features else ["column_1", "column_2"])
    assert table.features.to_numpy().tolist() == (features or [[5, 1], [6, 3]])


@pytest.mark.parametrize("position", ["4", "-4"])
def test_a_position_that_is_not_there_is_reported(channel: Channel, position: str) -> None:
    settings = chosen("--header", "none", "--target_column", position)
    assert fault(channel({"x.csv": "5,1,2\n6,3,4\n"}), settings=settings) == (
        f"training/x.csv: has 3 columns, and hyperparameter target_column is {position}; "
        "allowed: 1 to 3, or -1 to -3 from the end"
    )


def test_without_a_header_faults_count_lines_from_the_first(channel: Channel) -> None:
    settings = chosen("--header", "none", "--target_column", "3")
    assert fault(channel({"x.csv": "a,b,target\n6,3,4\n"}), settings=settings) == (
        "training/x.csv, line 1, column 'column_1': holds 'a', but a feature holds numbers; "
        "name the column in categorical_columns or drop_columns, or the word in csv_null_values where it means a "
        "missing value"
    )
    assert fault(channel({"x.csv": "1,,0\n6,3,1\n"}, "missing"), settings=settings) == (
        f"missing values: column 'column_2' lacks 1 (first: training/x.csv, line 1); {FILL_IN}"
    )


def test_weights_are_no_feature_and_go_with_their_rows(channel: Channel) -> None:
    text = "a,w,target\n" + "".join(f"{i},{i / 2},{i % 2}\n" for i in range(20))
    data = dataset.read(channel({"x.csv": text}), None, chosen("--weight_column", "w"))
    assert list(data.training.features.columns) == ["a"]
    assert data.training.weights is not None
    assert (data.training.features["a"].to_numpy() / 2).tolist() == data.training.weights.tolist()
    assert list(data.example.columns) == ["a"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,-1,0\n", "training/x.csv, line 4, column 'w': '-1' is no weight; a weight is 0 or more: correct or drop"),
        ("1,x,0\n", "training/x.csv, line 4, column 'w': holds 'x', but a weight is a number; correct or drop"),
        ("1,inf,0\n", "training/x.csv, line 4, column 'w': 'inf' is no finite 64-bit number; scale the column or drop"),
    ],
)
def test_a_weight_that_is_none_is_reported(channel: Channel, rows: str, message: str) -> None:
    text = "a,w,target\n1,1,0\n2,1,1\n" + rows
    assert fault(channel({"x.csv": text}), settings=chosen("--weight_column", "w")) == f"{message} the row"


def test_weights_that_are_all_zero_are_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": "a,w,target\n1,0,0\n2,0,1\n"}), settings=chosen("--weight_column", "w")) == (
        "weight column 'w': every weight is 0; give at least some rows a weight"
    )


def test_kept_missing_values_reach_the_estimator_but_the_target_must_be_there(channel: Channel) -> None:
    settings = chosen("--missing_values", "keep")
    table = table_of(channel({"x.csv": HEADER + "1,,0\n,2,1\n"}), settings)
    assert numpy.array_equal(table.features.to_numpy(), [[1, numpy.nan], [numpy.nan, 2]], equal_nan=True)
    assert fault(channel({"x.csv": HEADER + "1,,\n,2,1\n"}, "no-target"), settings=settings) == (
        "missing values: column 'target' lacks 1 (first: training/x.csv, line 2); correct or drop the rows"
    )


def test_a_regression_learns_numbers(channel: Channel) -> None:
    text = HEADER + "".join(f"{i},{i},{i / 8}\n" for i in range(10))
    data = dataset.read(channel({"x.csv": text}), None, chosen("--task", "regression"))
    assert sorted([*data.training.target, *data.validation.target]) == [i / 8 for i in range(10)]
    assert data.training.target.dtype == numpy.float64


def test_a_word_as_the_target_of_a_regression_is_reported(channel: Channel) -> None:
    text = HEADER + "1,2,0.5\n1,2,much\n"
    assert fault(channel({"x.csv": text}), settings=chosen("--task", "regression")) == (
        "training/x.csv, line 3, column 'target': holds 'much', but the target of a regression is a number; "
        "correct or drop the row, or set task to classification"
    )


def test_a_regression_on_too_few_rows_is_reported(channel: Channel) -> None:
    text = HEADER + "1,2,0.5\n1,2,0.25\n1,2,0.25\n"
    assert fault(channel({"x.csv": text}), settings=chosen("--task", "regression")) == (
        "validation_fraction 0.5: leaves 2 of 3 rows for validation, and each side needs two; "
        "add rows or choose another fraction"
    )


def test_an_estimator_that_computes_in_64_bits_gets_them(channel: Channel) -> None:
    settings = chosen("--estimator", "sklearn.linear_model.LogisticRegression")
    table = table_of(channel({"x.csv": HEADER + "0.1,1e39,0\n2,3,1\n"}), settings)
    assert table.features.to_numpy().tolist() == [[0.1, 1e39], [2, 3]]
    assert fault(channel({"x.csv": HEADER + "0.1,1e999,0\n2,3,1\n" * 2}, "great"), settings=settings) == (
        "training/x.csv, line 2, column 'b': '1e999' is no finite 64-bit number; scale the column or drop the row"
    )


def test_a_column_without_a_name_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": "a,,target\n1,2,0\n"})) == (
        "training/x.csv: column 2 has no name in the header; give each column a name of its own"
    )


def test_a_header_that_stands_again_in_the_middle_is_no_row(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    table = table_of(channel({"x.csv": GOOD + GOOD}))

    assert table.features["a"].tolist() == [1, 2, 3, 4, 5, 6] * 2
    assert "passing over training/x.csv: 1 row (1 that are the header once more)\n" in capsys.readouterr().out


def test_a_category_that_is_no_column_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD}), settings=chosen("--categorical_columns", "c")) == (
        "training/x.csv: has no column 'c'; its columns are 'a', 'b', 'target'; set the hyperparameter "
        "categorical_columns"
    )
