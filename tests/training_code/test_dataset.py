from __future__ import annotations

import datetime
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import numpy
import pyarrow
import pyarrow.parquet
import pytest

import dataset
from failure import TrainingError
from hyperparameters import Hyperparameters, parse

Channel = Callable[..., Path]

HEADER = "a,b,target\n"
GOOD = HEADER + "1,2.5,0\n2,3.5,1\n3,4.5,0\n4,5.5,1\n5,6.5,0\n6,7.5,1\n"
SETTINGS = Hyperparameters(validation_fraction=0.5)


def table_of(directory: Path, settings: Hyperparameters = SETTINGS) -> dataset.Table:
    """Every row of a channel, in order."""
    return dataset.read(directory, directory, settings).training


def fault(training: Path, validation: Path | None = None, settings: Hyperparameters = SETTINGS) -> str:
    with pytest.raises(TrainingError) as caught:
        dataset.read(training, validation, settings)
    return str(caught.value)


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


def test_hidden_files_and_empty_markers_are_passed_over_with_a_line(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset.read(channel({"x.csv": GOOD, "_SUCCESS": "", ".x.csv.crc": "1", ".tmp/y.csv": "?"}), None, SETTINGS)
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("passing over")] == [
        "passing over training/.tmp/y.csv: a hidden file or an empty marker",
        "passing over training/.x.csv.crc: a hidden file or an empty marker",
        "passing over training/_SUCCESS: a hidden file or an empty marker",
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


def test_a_channel_without_files_is_reported(channel: Channel) -> None:
    assert fault(channel({".keep": ""})) == (
        "channel training: holds no .csv, .csv.gz or .parquet file; upload the data to the channel's S3 prefix"
    )


def test_a_channel_that_is_no_directory_is_reported(tmp_path: Path) -> None:
    assert fault(tmp_path / "no") == (
        f"channel training: {tmp_path}/no is not a directory; use the channel's File or FastFile input mode"
    )


def test_files_of_another_kind_are_named(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD, "y.xlsx": "?", "notes/readme.md": "?"})) == (
        "channel training: notes/readme.md, y.xlsx are neither .csv nor .csv.gz nor .parquet; "
        "keep other files under another S3 prefix"
    )


def test_a_missing_target_column_is_reported_with_the_columns_there_are(channel: Channel) -> None:
    assert fault(channel({"x.csv": "a,b,Targets\n1,2,0\n"})) == (
        "training/x.csv: has no target column 'target'; its columns are 'a', 'b', 'Targets', closest is 'Targets'; "
        "set the hyperparameter target_column"
    )


def test_a_file_without_features_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": "target\n1\n"})) == (
        "training/x.csv: has no column but the target 'target'; add at least one feature"
    )


def test_text_in_a_feature_is_reported_with_file_line_column_and_value(channel: Channel) -> None:
    assert fault(channel({"x.csv": HEADER + "1,2,0\n\n3,large,1\n"})) == (
        "training/x.csv, line 4, column 'b': holds 'large', but a feature holds numbers; "
        "encode the column as numbers, name it in categorical_columns, or leave the column out"
    )


def test_a_long_text_is_cut_in_the_message(channel: Channel) -> None:
    assert f"holds '{'x' * 40}...', but" in fault(channel({"x.csv": HEADER + f"1,{'x' * 900},0\n"}))


@pytest.mark.parametrize("value", ["0x10", "1_000", "True", "NAN", "+nan", "nan(1)", "١"])
def test_what_only_looks_like_a_number_is_text(channel: Channel, value: str) -> None:
    assert fault(channel({"x.csv": HEADER + f"1,2,0\n{value},2,1\n"})) == (
        f"training/x.csv, line 3, column 'a': holds '{value}', but a feature holds numbers; "
        "encode the column as numbers, name it in categorical_columns, or leave the column out"
    )


def test_one_class_only_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": HEADER + "1,2,7\n3,4,7\n"})) == (
        "channel training: all 2 rows are of one class, '7'; a classifier needs at least two: add rows of another class"
    )


def test_missing_values_are_counted_by_column_with_the_first_line(channel: Channel) -> None:
    files = {"x.csv": GOOD, "y.csv": HEADER + "1,2,0\n,NA,1\n3,4,\n,nan,0\n"}
    assert fault(channel(files)) == (
        "missing values: column 'a' lacks 2 (first: training/y.csv, line 3), "
        "column 'b' lacks 2 (first: training/y.csv, line 3), "
        "column 'target' lacks 1 (first: training/y.csv, line 4); fill them in or drop the rows"
    )


@pytest.mark.parametrize("value", ["1e39", "inf", "-inf"])
def test_a_number_that_does_not_fit_is_reported(channel: Channel, value: str) -> None:
    assert fault(channel({"x.csv": GOOD + f"1,{value},0\n"})) == (
        f"training/x.csv, line 8, column 'b': '{value}' is no finite 32-bit number; scale the column or drop the row"
    )


def test_a_file_cut_in_half_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD[:-4]})) == (
        "training/x.csv, line 7: has 2 of 3 fields and is the last line, so the file was cut off; upload it again"
    )


@pytest.mark.parametrize(("row", "got"), [("1,2", 2), ("1,2,3,4", 4)])
def test_a_line_with_another_number_of_fields_is_reported(channel: Channel, row: str, got: int) -> None:
    assert fault(channel({"x.csv": HEADER + f"{row}\n1,2,0\n"})) == (
        f"training/x.csv, line 2: has {got} of 3 fields; "
        "quote fields that hold commas, and give every line the header's fields"
    )


@pytest.mark.parametrize("column", ["target", "b"])
def test_what_is_no_number_is_neither_a_weight_nor_the_target_of_a_regression(channel: Channel, column: str) -> None:
    settings = chosen("--task", "regression", "--target_column", "a", "--weight_column", column)
    rows = "1,NAN,1\n" if column == "b" else "1,1,NAN\n"
    assert fault(channel({"x.csv": GOOD + rows}), settings=settings) == (
        f"training/x.csv, line 8, column '{column}': holds 'NAN', but a weight is a number; correct or drop the row"
    )


def test_a_quote_that_is_never_closed_swallows_no_row(channel: Channel) -> None:
    more_than_a_block = "".join(f"{i % 7},{i % 5},{i % 2}\n" for i in range(200_000))
    assert fault(channel({"x.csv": HEADER + '1,2,0\n"2,2,1\n' + more_than_a_block})) == (
        "training/x.csv, line 3: is not CSV (field larger than field limit (131072)); a quote is not closed there, or "
        "write the file again"
    )


def test_fields_with_line_breaks_are_read_wherever_they_stand(channel: Channel) -> None:
    rows = "".join(f'{i % 7},"in two\nlines {i % 5}",{i % 2}\n' for i in range(100_000))
    settings = chosen("--categorical_columns", "b")
    training = channel({"x.csv": HEADER + rows})
    assert len(dataset.read(training, training, settings).training.target) == 100_000


@pytest.mark.slow
def test_rows_of_very_many_columns_are_read(channel: Channel) -> None:
    count = 36_000
    header = ",".join([*(f"c{place}" for place in range(count)), "target"])
    rows = "".join(",".join([f"0.{'7' * 58}"] * count) + f",{i % 2}\n" for i in range(4))
    assert table_of(channel({"x.csv": f"{header}\n{rows}"})).features.shape == (4, count)


def test_a_packed_file_that_was_cut_off_is_reported(channel: Channel) -> None:
    rows = HEADER + "".join(f"{i * 7919 % 104729},{i},{i % 2}\n" for i in range(50_000))
    assert fault(channel({"x.csv.gz": gzip.compress(rows.encode())[:-9000]})) == (
        "training/x.csv.gz: cannot be unpacked, the gzip file is damaged or cut off; upload it again"
    )


def test_a_file_that_is_not_packed_at_all_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv.gz": GOOD})) == (
        "training/x.csv.gz: cannot be unpacked, the gzip file is damaged or cut off; upload it again"
    )


def test_a_file_that_is_not_utf_8_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": "größe,b,target\n1,2,0\n".encode("latin-1")})) == (
        "training/x.csv, line 1 or after: is not UTF-8 text; save the file as UTF-8"
    )


def test_a_header_without_rows_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": HEADER})) == (
        "channel training: training/x.csv holds a header and no rows; upload files with rows"
    )


def test_an_empty_file_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": ""})) == (
        "training/x.csv: is empty; write a line of column names and the rows, or remove the file"
    )


def test_a_column_name_that_stands_twice_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": "a,b,a,target\n1,2,3,0\n"})) == (
        "training/x.csv: column 'a' stands more than once in the header; give each column a name of its own"
    )


def test_other_columns_in_another_file_are_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD, "y.csv": "a,c,target\n1,2,0\n"})) == (
        "training/y.csv: its columns are not those of the training channel's first file: it lacks 'b' and has 'c' "
        "on top; give all files the same columns"
    )


def test_other_columns_in_the_validation_channel_are_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD}), channel({"v.csv": "a,b\n1,2\n"}, "validation")) == (
        "validation/v.csv: its columns are not those of the training channel's first file: it lacks 'target'; "
        "give all files the same columns"
    )


def test_a_class_that_only_the_validation_channel_has_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD}), channel({"v.csv": HEADER + "1,2,0\n1,2,2\n"}, "validation")) == (
        "channel validation: target column 'target' holds the class '2', which training does not; "
        "known are '0', '1': add training rows of that class, or drop the rows"
    )


def test_numbers_to_predict_instead_of_classes_are_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": HEADER + "1,2,0\n1,2,0.35\n"})) == (
        "target column 'target': holds '0.35', but a classifier needs classes, whole numbers or words; "
        "set task to regression, put the values into classes, or set the hyperparameter target_column"
    )


def test_a_class_of_one_row_cannot_be_held_out(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD + "1,2,2\n"})) == (
        "target column 'target': class '2' has one row only, and a stratified hold-out needs two; "
        "add rows, drop the class, or give the job a validation channel"
    )


def test_a_fraction_that_leaves_too_few_rows_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD}), settings=Hyperparameters(validation_fraction=0.1)) == (
        "validation_fraction 0.1: leaves 1 of 6 rows for validation, and each side needs a row of each of the 2 "
        "classes; add rows or choose another fraction"
    )


def chosen(*arguments: str) -> Hyperparameters:
    settings, _, problems = parse(["--validation_fraction", "0.5", *arguments])
    assert problems == []
    return settings


def parquet(columns: dict[str, list[object]] | pyarrow.Table) -> bytes:
    buffer = io.BytesIO()
    table = columns if isinstance(columns, pyarrow.Table) else pyarrow.table(columns)
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()


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
        "encode the column as numbers, name it in categorical_columns, or leave the column out"
    )


def test_dates_of_parquet_are_reported(channel: Channel) -> None:
    days = [datetime.date(2026, 1, day) for day in range(1, 5)]
    assert fault(channel({"x.parquet": parquet(NUMBERS | {"b": days})})) == (
        "training/x.parquet, column 'b': is of type date32[day], allowed: numbers, true and false, or text; "
        "convert the column or leave it out"
    )


def test_a_parquet_file_that_was_cut_off_is_reported(channel: Channel) -> None:
    message = fault(channel({"x.parquet": parquet(NUMBERS)[:-5]}))
    assert message.startswith("training/x.parquet: is not a whole Parquet file ('Parquet magic bytes not found")
    assert message.endswith("'); upload it again")


def test_missing_and_too_great_numbers_of_parquet_are_reported_with_their_row(channel: Channel) -> None:
    assert fault(channel({"x.parquet": parquet(NUMBERS | {"b": [1.0, None, float("nan"), 2.0]})})) == (
        "missing values: column 'b' lacks 2 (first: training/x.parquet, row 2); fill them in or drop the rows"
    )
    assert fault(channel({"x.parquet": parquet(NUMBERS | {"b": [1.0, 2.0, 1e300, 2.0]})}, "great")) == (
        "training/x.parquet, row 3, column 'b': 'inf' is no finite 32-bit number; scale the column or drop the row"
    )


@pytest.mark.parametrize(("position", "target", "features"), [("1", [5, 6], [[1, 2], [3, 4]]), ("-1", [2, 4], None)])
def test_without_a_header_the_target_is_a_position(
    channel: Channel, position: str, target: list[int], features: list[list[int]] | None
) -> None:
    table = table_of(channel({"x.csv": "5,1,2\n6,3,4\n"}), chosen("--header", "none", "--target_column", position))
    assert table.target.tolist() == target
    assert list(table.features.columns) == (["column_2", "column_3"] if features else ["column_1", "column_2"])
    assert table.features.to_numpy().tolist() == (features or [[5, 1], [6, 3]])


@pytest.mark.parametrize("position", ["4", "-4", "0"])
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
        "encode the column as numbers, name it in categorical_columns, or leave the column out"
    )
    assert fault(channel({"x.csv": "1,,0\n6,3,1\n"}, "missing"), settings=settings) == (
        "missing values: column 'column_2' lacks 1 (first: training/x.csv, line 1); fill them in or drop the rows"
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
        "missing values: column 'target' lacks 1 (first: training/x.csv, line 2); fill them in or drop the rows"
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
    assert fault(channel({"x.csv": ",b,target\n1,2,0\n"})) == (
        "training/x.csv: column 1 has no name in the header; give each column a name of its own"
    )


def test_a_header_that_stands_again_in_the_middle_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD + GOOD})) == (
        "training/x.csv, line 8, column 'a': holds 'a', but a feature holds numbers; "
        "encode the column as numbers, name it in categorical_columns, or leave the column out"
    )


@pytest.mark.parametrize("column", ["c", "target"])
def test_categories_that_are_no_features_are_reported(channel: Channel, column: str) -> None:
    message = fault(channel({"x.csv": GOOD}), settings=chosen("--categorical_columns", column))
    assert message == (
        "hyperparameter categorical_columns: 'target' is the target or the weight, and no feature; leave it out"
        if column == "target"
        else "training/x.csv: has no column 'c'; its columns are 'a', 'b', 'target'; "
        "set the hyperparameter categorical_columns"
    )


def test_nan_among_the_labels_of_a_parquet_file_is_missing_and_no_class(channel: Channel) -> None:
    labels: list[object] = [0.0, float("nan"), 1.0]
    directory = channel({"x.parquet": parquet({"a": [1.0, 2.0, 3.0], "target": labels})})
    with pytest.raises(TrainingError) as caught:
        table_of(directory)
    assert str(caught.value) == (
        "missing values: column 'target' lacks 1 (first: training/x.parquet, row 2); fill them in or drop the rows"
    )
