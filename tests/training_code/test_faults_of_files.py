"""What is wrong with the files of a channel is named with file, line, column and value."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from data import dataset
from options.hyperparameters import Hyperparameters
from tests.training_code.small_channels import FILL_IN, GOOD, HEADER, SETTINGS, Channel, chosen, fault, table_of


def test_a_channel_without_files_is_reported(channel: Channel) -> None:
    assert fault(channel({".keep": ""})) == (
        "channel training: holds no data (1 hidden or a writer's mark); upload CSV or Parquet files to the channel's "
        "S3 prefix"
    )


def test_a_channel_that_is_no_directory_is_reported(tmp_path: Path) -> None:
    assert fault(tmp_path / "no") == (
        f"channel training: {tmp_path}/no is not a directory; use the channel's File or FastFile input mode"
    )


def test_files_of_another_kind_are_named(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD, "y.xlsx": "PK\x03\x04", "notes/readme.md": "?"})) == (
        "training/notes/readme.md: is a .md file; write CSV or Parquet, or keep it under another S3 prefix; "
        "training/y.xlsx: is a zip archive or an Excel workbook; unpack it, or export it as CSV"
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
        "name the column in categorical_columns or drop_columns, or the word in csv_null_values where it means a "
        "missing value"
    )


def test_a_long_text_is_cut_in_the_message(channel: Channel) -> None:
    assert f"holds '{'x' * 40}...', but" in fault(channel({"x.csv": HEADER + f"1,{'x' * 900},0\n"}))


@pytest.mark.parametrize("value", ["0x10", "1_000", "True", "NAN", "+nan", "nan(1)", "١"])
def test_what_only_looks_like_a_number_is_text(channel: Channel, value: str) -> None:
    assert fault(channel({"x.csv": HEADER + f"1,2,0\n{value},2,1\n"})) == (
        f"training/x.csv, line 3, column 'a': holds '{value}', but a feature holds numbers; "
        "name the column in categorical_columns or drop_columns, or the word in csv_null_values where it means a "
        "missing value"
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
        f"column 'target' lacks 1 (first: training/y.csv, line 4); {FILL_IN}"
    )


@pytest.mark.parametrize("value", ["1e39", "inf", "-inf"])
def test_a_number_that_does_not_fit_is_reported(channel: Channel, value: str) -> None:
    assert fault(channel({"x.csv": GOOD + f"1,{value},0\n"})) == (
        f"training/x.csv, line 8, column 'b': '{value}' is no finite 32-bit number; scale the column or drop the row"
    )


def test_a_file_cut_in_half_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD[:-4]})) == (
        "training/x.csv, line 7: has 2 of 3 fields and is the last line: the file was cut off, or that is a note below "
        "the table; upload it again, or take the line out"
    )


@pytest.mark.parametrize(("row", "got"), [("1,2", 2), ("1,2,3,4", 4)])
def test_a_line_with_another_number_of_fields_is_reported(channel: Channel, row: str, got: int) -> None:
    assert fault(channel({"x.csv": HEADER + f"{row}\n1,2,0\n"})) == (
        f"training/x.csv, line 2: has {got} of 3 fields; "
        "quote fields that hold commas, and give every line the header's fields, or set csv_delimiter"
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
        "training/x.csv, line 3: has 1 of 3 fields, because a quote is opened there and never closed; close it or take "
        "it out"
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


def test_what_a_file_is_follows_from_its_content_and_not_from_its_name(channel: Channel) -> None:
    plain = table_of(channel({"x.csv": GOOD}))
    for name, content in {"x.csv.gz": GOOD, "y.csv": gzip.compress(GOOD.encode()), "z.parquet.csv": GOOD}.items():
        assert table_of(channel({name: content}, name)).features.equals(plain.features)


def test_a_file_that_is_not_utf_8_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": "größe,b,target\n1,2,0\n".encode("latin-1")})) == (
        "training/x.csv, line 1: is not UTF-8 text; it may be 'größe' in cp1252, 'größe' in cp1250, 'größe' in "
        "iso8859-15: set the hyperparameter csv_encoding, or save the file as UTF-8"
    )


def test_a_header_without_rows_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": HEADER})) == (
        "channel training: training/x.csv holds a header and no rows; upload files with rows"
    )


def test_an_empty_file_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": ""})) == (
        "channel training: holds no data (1 empty); upload CSV or Parquet files to the channel's S3 prefix"
    )


def test_a_column_name_that_stands_twice_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": "a,b,a,target\n1,2,3,0\n"})) == (
        "training/x.csv: column 'a' stands more than once in the header; give each column a name of its own"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1,2,1,0\n", "column '1' stands more than once in the header; give each column a name of its own"),
        ("1,,x,0\n", "column 2 has no name in the header; give each column a name of its own"),
        (
            "1,2,x,0\n",
            "has no target column 'target'; its columns are '1', '2', 'x', '0'; set the hyperparameter target_column",
        ),
    ],
)
def test_a_row_in_the_place_of_a_header_is_told_as_one(channel: Channel, content: str, message: str) -> None:
    told = fault(channel({"x.csv": content + "3,4,y,1\n"}))
    assert told == f"training/x.csv: {message}; where the first line is a row, set header to none"


@pytest.mark.parametrize("title", ["Sales;;\n", "Sales;;\nUntil;today;\n;;\n"])
def test_a_title_above_the_header_is_told_as_one(channel: Channel, title: str) -> None:
    told = fault(channel({"x.csv": title + "a;b;target\n1;2;0\n3;4;1\n"}))
    line = title.count("\n") + 1
    assert told.endswith(f"a name of its own; line {line} looks like the header: take out what stands above it")


def test_columns_of_words_below_a_header_without_a_name_are_no_header(channel: Channel) -> None:
    assert fault(channel({"x.csv": "a,,target\nred,x,0\nblue,y,1\n"})).endswith("give each column a name of its own")


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


def test_a_class_of_one_row_is_trained_on_and_not_judged_by(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    data = dataset.read(channel({"x.csv": GOOD + "1,2,2\n"}), None, SETTINGS)
    assert (sorted(set(data.training.target)), sorted(set(data.validation.target))) == ([0, 1, 2], [0, 1])
    assert (
        "note: target column 'target': class '2' has one row only, which is trained on, and not judged by; add rows, "
        "or give the job a validation channel"
    ) in capsys.readouterr().out


def test_a_fraction_that_leaves_too_few_rows_is_reported(channel: Channel) -> None:
    assert fault(channel({"x.csv": GOOD}), settings=Hyperparameters(validation_fraction=0.1)) == (
        "validation_fraction 0.1: leaves 1 of 6 rows for validation, and each side needs a row of each of the 2 "
        "classes; add rows or choose another fraction"
    )
