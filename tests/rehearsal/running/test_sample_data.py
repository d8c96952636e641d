import csv
import io
from pathlib import Path

import pytest

from rehearsal.running.sample_data import SampleDataError, own_files, sample_csv_files


def rows(channel: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(sample_csv_files()[channel].decode())))


def test_the_sample_has_a_training_and_a_validation_channel() -> None:
    assert {channel: len(rows(channel)) - 1 for channel in sample_csv_files()} == {"training": 398, "validation": 171}


def test_every_row_has_thirty_features_and_a_target() -> None:
    header, *training = rows("training")

    assert header == rows("validation")[0]
    assert (len(header), header[0], header[-1]) == (31, "mean_radius", "target")
    assert {len(row) for row in training} == {31}
    assert all(float(value) >= 0 for row in training for value in row)


def test_both_channels_have_the_classes_in_proportion() -> None:
    ones = {channel: [row[-1] for row in rows(channel)[1:]].count("1") for channel in ("training", "validation")}

    assert {row[-1] for channel in ones for row in rows(channel)[1:]} == {"0", "1"}
    assert ones == {"training": 250, "validation": 107}


def test_no_row_is_in_both_channels_and_together_they_are_the_table() -> None:
    from sklearn.datasets import load_breast_cancer

    training, validation = ({tuple(map(float, row)) for row in rows(name)[1:]} for name in ("training", "validation"))
    table = load_breast_cancer()

    assert not training & validation
    whole = {(*row, float(target)) for row, target in zip(table.data, table.target, strict=True)}
    assert training | validation == whole


def test_the_table_is_split_as_scikit_learn_splits_it() -> None:
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    table = load_breast_cancer()
    names = [name.replace(" ", "_") for name in table.feature_names.tolist()]
    whole = [[*features, target] for features, target in zip(table.data.tolist(), table.target.tolist(), strict=True)]
    split = train_test_split(whole, test_size=0.3, random_state=42, stratify=table.target)

    for channel, expected in zip(("training", "validation"), split, strict=True):
        header, *found = rows(channel)
        assert header == [*names, "target"]
        assert found == [[str(value) for value in row] for row in expected]


def test_the_sample_is_the_same_each_time() -> None:
    assert sample_csv_files() == sample_csv_files()


def test_an_own_file_keeps_its_name_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes(b"a,target\r\n1,0\r\n")

    assert own_files(tmp_path / "mine.csv") == {"mine.csv": b"a,target\r\n1,0\r\n"}


def test_a_directory_gives_all_files_in_it_by_their_place(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    (tmp_path / "b.csv").write_bytes(b"b")
    (tmp_path / "2026" / "a.csv").write_bytes(b"a")

    assert own_files(tmp_path) == {"2026/a.csv": b"a", "b.csv": b"b"}


def test_an_empty_directory_is_an_empty_channel(tmp_path: Path) -> None:
    assert own_files(tmp_path) == {}


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SampleDataError) as raised:
        own_files(tmp_path / "mine.csv")
    assert str(raised.value) == (
        f"{tmp_path / 'mine.csv'} does not exist; name a CSV file or a directory of them: --data training=PATH"
    )


def test_a_device_is_said_to_be_neither_file_nor_directory() -> None:
    with pytest.raises(SampleDataError) as refused:
        own_files(Path("/dev/null"))

    assert str(refused.value) == (
        "/dev/null is neither a file nor a directory; name a CSV file or a directory of them: --data training=PATH"
    )


def test_a_file_that_cannot_be_read_is_named() -> None:
    path = Path("/proc/self/mem")  # no permission is asked for, and root is refused as well

    with pytest.raises(SampleDataError) as refused:
        own_files(path)

    assert str(refused.value) == (
        "/proc/self/mem cannot be read (Input/output error); name a CSV file or a directory of them: "
        "--data training=PATH"
    )
