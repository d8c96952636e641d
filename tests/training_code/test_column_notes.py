"""Columns that may be meant otherwise than they are read are named in the log, with the setting that decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data import dataset
from failure import TrainingError
from options.hyperparameters import Hyperparameters, parse
from tests.training_code.small_channels import Channel, parquet

ROWS = 60


def csv(value: Callable[[int], object], target: Callable[[int], object] = lambda n: n % 2) -> str:
    return "a,x,target\n" + "".join(f"{n % 7}.5,{value(n)},{target(n)}\n" for n in range(ROWS))


def log_of(
    content: str, channel: Channel, capsys: pytest.CaptureFixture[str], *told: str
) -> tuple[dataset.Dataset, str]:
    directory = channel({"x.csv": content})
    data = dataset.read(directory, directory, parse(told)[0])
    return data, "".join(line for line in capsys.readouterr().out.splitlines(True) if line.startswith("note"))


NOTES: dict[str, tuple[Callable[[int], object], str]] = {
    "identifiers in any order": (
        lambda n: 10_000 + n * 7919 % 1009,
        "column 'x' has a whole number of its own in each row, as identifiers have: kept, and drop_columns can leave "
        "it out",
    ),
    "codes that begin with 0": (
        lambda n: f"{n % 9:05}",
        "training/x.csv: column 'x': 00000 begins with 0, as codes do, and is read as the number 0; "
        "categorical_columns: auto,x reads words",
    ),
    "a missing value's mark": (
        lambda n: "." if n % 7 == 0 else n % 5,
        "column 'x': holds '.' beside 0, 1, 2, 3, 4: all of them are categories; name in csv_null_values what means a "
        "missing value",
    ),
    "words of several cases": (
        lambda n: ("Yes", "yes", "no")[n % 3],
        "column 'x': 'Yes' and 'yes' differ in case or blanks only, and are categories of their own",
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_the_log_names_the_column(name: str, channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    value, told = NOTES[name]

    assert log_of(csv(value), channel, capsys)[1] == f"note: {told}\n"


@pytest.mark.parametrize(
    "value", [lambda n: n % 9, lambda n: n * 0.5, lambda n: ("lake", "hill")[n % 2], lambda n: ("S", "M", "38")[n % 3]]
)
def test_nothing_is_said_of_others(
    value: Callable[[int], object], channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert log_of(csv(value), channel, capsys)[1] == ""


def test_a_column_is_named_beside_those_that_are_found_out(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    content = csv(lambda n: f"{n % 9:05}").replace("a,x", "town,x").replace(".5,", " hills,")

    data, told = log_of(content, channel, capsys, "--categorical_columns", "auto,x")

    assert data.raw_validation.features["x"].tolist() == [f"{n % 9:05}" for n in range(ROWS)]
    assert data.raw_validation.features["town"].tolist()[0] == "0 hills"
    assert told == ""


def test_labels_that_begin_with_0_are_words(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    data, _ = log_of(csv(lambda n: n % 3, lambda n: ("01", "1", "10")[n % 3]), channel, capsys)

    assert sorted(set(data.training.target.tolist())) == ["01", "1", "10"]


def test_labels_of_several_cases_are_told(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = log_of(csv(lambda n: n % 3, lambda n: ("yes", "no", "Yes ")[n % 3]), channel, capsys)

    assert (
        told == "note: column 'target': 'yes' and 'Yes ' differ in case or blanks only, and are classes of their own\n"
    )


def test_numbers_among_labels_of_the_validation_channel_are_those_of_training(channel: Channel) -> None:
    training = channel({"x.csv": csv(lambda n: n % 3, lambda n: ("1.0", "2.0", "other")[n % 3])})
    validation = channel({"v.csv": "a,x,target\n1,1,1.0\n2,2,2\n"}, "validation")

    data = dataset.read(training, validation, Hyperparameters())

    assert data.validation.target.tolist() == ["1.0", "2.0"]


def test_a_measured_target_is_told_of_regression(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    directory = channel({"x.csv": csv(lambda n: n % 3, lambda n: 1000 + n)})

    with pytest.raises(
        TrainingError, match="or choose another fraction; where the target is measured, set task to reg"
    ):
        dataset.read(directory, None, Hyperparameters())

    told = "note: target column 'target': holds many different numbers, each a class of its own; where the target is"
    assert told in capsys.readouterr().out


DATES = {
    "Oracle": "17-JAN-26",
    "SAS": "17JAN2026",
    "SAS, with time": "17JAN2026:03:04:05",
    "BigQuery": "2026-01-17 03:04:05 UTC",
    "SQL Server": "Jan 17 2026 03:04AM",
    "C": "Sat Jan 17 03:04:05 2026",
    "a web server": "17/Jan/2026:03:04:05 +0000",
    "mail": '"Sat, 17 Jan 2026 03:04:05 GMT"',
    "PostgreSQL": "2026-01-17 03:04:05+00",
    "without signs": "20260117T030405",
}


@pytest.mark.parametrize("name", DATES)
def test_dates_of_other_programs_are_no_categories(
    name: str, channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    content = csv(lambda n: DATES[name].replace("17", str(10 + n % 5)))

    left_out, told = log_of(content, channel, capsys)
    assert left_out.left_out == ("x",)
    assert "holds dates or times" in told


@pytest.mark.parametrize("name", DATES)
def test_dates_of_other_programs_can_be_numbers(
    name: str, channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    data, _ = log_of(csv(lambda _: DATES[name]), channel, capsys, "--date_columns", "x", "--date_parts", "year,day")

    assert data.training.features[["x_year", "x_day"]].iloc[0].tolist() == [2026, 17]


def test_true_and_false_of_csv_and_parquet_files_are_the_same(channel: Channel) -> None:
    table = parquet({"a": [1.5] * 20, "x": [True, False] * 10, "target": [0, 1] * 10})
    directory = channel({"1.csv": csv(lambda n: n % 2 == 0), "2.parquet": table})

    data = dataset.read(directory, directory, Hyperparameters())

    assert data.training.features["x"].tolist() == [1, 0] * 40


def test_text_of_nothing_in_a_parquet_file_is_missing(channel: Channel) -> None:
    table = parquet({"x": ["", "lake", " ", "hill"] * 10, "a": [1.5, 2.5] * 20, "target": [0, 1] * 20})
    directory = channel({"1.parquet": table})

    words = dataset.read(directory, directory, Hyperparameters()).raw_validation.features["x"]

    assert words.isna().tolist() == [True, False, True, False] * 10
