"""What the columns of a table turn out to hold: numbers, words, dates, or nothing that tells."""

from __future__ import annotations

import pyarrow
import pytest

from data import dataset
from options.hyperparameters import Hyperparameters
from tests.training_code.small_channels import Channel, parquet
from tests.training_code.tables_of_towns import CURE, ROWS, column, read, same_as_plain, told


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ([True, False] * 20, [1.0, 0.0]),
        (["TRUE", "FALSE"] * 20, [1.0, 0.0]),
        (["yes", "no"] * 20, [1.0, 0.0]),
        (["f", "t"] * 20, [0.0, 1.0]),
        (["N", "Y"] * 20, [0.0, 1.0]),
    ],
)
@pytest.mark.parametrize("encoding", ["ordinal", "one_hot"])
def test_words_for_true_and_false_are_one_column_of_numbers(
    channel: Channel, values: list[object], numbers: list[float], encoding: str
) -> None:
    data = read(channel, column(values), told(category_encoding=encoding))
    assert data.training.features["more"].tolist() == numbers * 20


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([None] * 40, "has no value in any row"),
        ([f"c-{n}" for n in range(40)], "holds 40 different words in 40 rows, as identifiers do"),
        ([f"2026-01-{1 + n % 28:02}" for n in range(40)], f"holds dates or times, such as '2026-01-01', {CURE}"),
        ([f"Jan {1 + n % 28}, 2026" for n in range(40)], f"holds dates or times, such as 'Jan 1, 2026', {CURE}"),
        ([f"{1 + n % 28} May 2026" for n in range(40)], f"holds dates or times, such as '1 May 2026', {CURE}"),
        (
            [f"{1 + n % 28}/11/2026 10:{n:02}" for n in range(40)],
            f"holds dates or times, such as '1/11/2026 10:00', {CURE}",
        ),
    ],
)
def test_a_column_that_tells_nothing_is_left_out_with_a_line(
    channel: Channel, capsys: pytest.CaptureFixture[str], values: list[object], why: str
) -> None:
    data = read(channel, column(values))

    same_as_plain(data)
    assert data.left_out == ("more",)
    assert f"note: column 'more': {why}: left out; feature_columns can keep it\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [["1.2.34", "1.10.2"], ["10.0.0.1", "10.0.0.2"], ["3-5", "5-7"], ["a-1", "b-1"], ["Box 1 2000", "Box 2 2000"]],
)
def test_words_that_only_look_like_dates_are_categories(channel: Channel, words: list[object]) -> None:
    data = read(channel, column(words * 20))
    assert data.encoding is not None
    assert data.encoding.categories["more"] == tuple(sorted(map(str, words)))


def test_what_databases_write_for_null_is_missing_among_words_too(channel: Channel) -> None:
    data = read(channel, column(["red", "\\N", "blue", "red"] * 10), told(missing_values="keep"))
    assert data.encoding is not None
    assert data.encoding.categories["more"][:-1] == ("blue", "red")
    assert data.raw_validation.features["more"].isna().sum() == 10


def test_text_of_digits_in_parquet_is_a_category(channel: Channel) -> None:
    codes = [f"{10_000 + number % 20}" for number in range(40)]
    table = pyarrow.Table.from_pylist(ROWS).append_column("more", [codes])
    data = read(channel, {"a.parquet": parquet(table)})
    assert data.encoding is not None
    assert data.encoding.categories["more"] == tuple(sorted(set(codes)))


def test_what_is_named_is_kept(channel: Channel) -> None:
    data = read(channel, column([f"c-{n}" for n in range(40)]), told(feature_columns="more,size"))
    assert list(data.example.columns) == ["more", "size"]


def test_words_that_come_after_many_numbers_make_a_category(channel: Channel) -> None:
    lines = "".join(f"{i % 9},{i % 2}\n" for i in range(5000))
    data = read(channel, {"a.csv": f"grade,target\n{lines}K,0\nK,1\n".encode()})
    assert data.encoding is not None
    assert data.encoding.categories["grade"] == (*"012345678", "K")


def test_a_column_that_begins_with_missing_values_holds_what_comes_later(channel: Channel) -> None:
    lines = ",0\n,1\n" * 2000
    numbers = read(channel, {"a.csv": f"late,target\n{lines}1.5,0\n2.5,1\n".encode()})
    assert numbers.training.features["late"].tolist()[-2:] == [1.5, 2.5]
    directory = channel({"a.csv": f"late,target\n{lines}x,0\ny,1\n".encode()}, "words")
    words = dataset.read(directory, directory, Hyperparameters())
    assert words.encoding is not None
    assert words.encoding.categories["late"][:2] == ("x", "y")
