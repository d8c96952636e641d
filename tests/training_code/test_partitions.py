from __future__ import annotations

import pytest

from data import dataset
from failure import TrainingError
from options.hyperparameters import Hyperparameters
from tests.training_code.small_channels import Channel, parquet

HIVE = {
    f"year={year}/country={country}/part-0.csv": "size,target\n" + f"{year - 2000},0\n{year},1\n" * 3
    for year in (2025, 2026)
    for country in ("DE", "New%20Zealand")
}
ASKED = Hyperparameters(partition_columns=True)


def read(channel: Channel, files: dict[str, bytes], settings: Hyperparameters = ASKED) -> dataset.Dataset:
    directory = channel(files)
    return dataset.read(directory, directory, settings)


def test_directories_become_columns_when_asked(channel: Channel) -> None:
    raw = read(channel, HIVE).raw_validation.features

    assert list(raw) == ["size", "year", "country"]
    assert raw["year"].tolist() == [2025] * 12 + [2026] * 12
    assert raw["country"].tolist() == (["DE"] * 6 + ["New Zealand"] * 6) * 2


def test_otherwise_they_are_left_out_and_the_setting_is_named(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(read(channel, HIVE, Hyperparameters()).training.features) == ["size"]
    assert "directories give 'country', 'year', which no file has: left out; partition_columns: true makes columns" in (
        capsys.readouterr().out
    )


def test_parquet_files_have_them_as_well(channel: Channel) -> None:
    files = {
        f"dt=2026-01-{day:02}/a.parquet": parquet({"size": [day, day + 1.5], "target": [0, 1]}) for day in range(1, 11)
    }

    data = dataset.read(channel(files), None, Hyperparameters(partition_columns=True, split_by_time="dt"))

    assert data.validation.features["size"].tolist() == [9, 10.5, 10, 11.5]


def test_a_missing_value_has_the_directory_of_hive(channel: Channel) -> None:
    files = {name.replace("year=2026", "year=__HIVE_DEFAULT_PARTITION__"): text for name, text in HIVE.items()}

    raw = read(channel, files).raw_validation.features

    assert raw["year"].isna().sum() == 12


def test_a_column_of_the_file_itself_counts_more_than_its_directory(channel: Channel) -> None:
    files = {f"size=1/{name.split('/', 1)[1]}": text for name, text in HIVE.items()}

    assert set(read(channel, files).training.features["size"]) == {26, 2026}


def test_the_target_can_be_in_the_directories(channel: Channel) -> None:
    files = {f"target={word}/a.csv": "size\n" + "1\n2\n3\n" for word in ("cat", "dog")}

    data = read(channel, files)

    assert data.validation.target.tolist() == ["cat"] * 3 + ["dog"] * 3


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("country=DE/more.csv", "training/country=DE/more.csv: its columns are not those of the training channel's"),
        ("year=2025/country=DE/month=1/more.csv", "lacks 'month'"),
    ],
)
def test_a_file_in_another_kind_of_directory_is_reported(channel: Channel, place: str, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        read(channel, {**HIVE, place: "size,target\n1,0\n"})


def test_a_word_where_training_has_numbers_is_reported(channel: Channel) -> None:
    later = {"year=latest/country=DE/part-0.csv": "size,target\n1,0\n2,1\n"}
    with pytest.raises(TrainingError) as caught:
        dataset.read(channel(HIVE), channel(later, "validation"), ASKED)

    assert str(caught.value) == (
        "validation/year=latest/country=DE/part-0.csv: its directory says year='latest', where other files have "
        "numbers; move it to the directory of a number, or name 'year' in categorical_columns"
    )
