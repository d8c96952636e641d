"""Tables as common writers write them: each gives the very rows of the plain one, or says which setting decides."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable

import numpy
import pandas
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import csv_numbers, dataset
from data.csv_numbers import Notation
from failure import TrainingError
from options.hyperparameters import Hyperparameters, parse
from tests.training_code.small_channels import Channel, parquet

CURE = "which date_columns makes numbers of"
TOWNS = ("north", "south", "lake side", "Übersee")
ROWS = [
    {"size": 20 + number * 1.25, "rooms": 1 + number % 5, "town": TOWNS[number % 4], "target": number % 2}
    for number in range(40)
]


def written(separator: str = ",", end: str = "\n", change: Callable[[str], str] = str) -> str:
    lines = [list(ROWS[0]), *([change(str(value)) for value in row.values()] for row in ROWS)]
    return "".join(separator.join(line) + end for line in lines)


def comma(value: str) -> str:
    return value.replace(".", ",")


def told(**settings: str) -> Hyperparameters:
    found, _, faults = parse([part for name, value in settings.items() for part in (f"--{name}", value)])
    assert faults == []
    return found


def read(channel: Channel, files: dict[str, bytes], settings: Hyperparameters | None = None) -> dataset.Dataset:
    directory = channel(files)
    return dataset.read(directory, directory, settings or Hyperparameters())


def same_as_plain(data: dataset.Dataset) -> None:
    frame = data.raw_validation.features
    assert list(frame.columns) == ["size", "rooms", "town"]
    assert frame["size"].tolist() == [row["size"] for row in ROWS]
    assert frame["rooms"].tolist() == [row["rooms"] for row in ROWS]
    assert frame["town"].tolist() == [row["town"] for row in ROWS]
    assert data.validation.target.tolist() == [row["target"] for row in ROWS]


PLAIN = written()
LINES = PLAIN.splitlines(keepends=True)
FIRST, REST = "".join(LINES[:21]), "".join(LINES[21:])
FORMS: dict[str, dict[str, str | bytes]] = {
    "plain": {"a.csv": PLAIN},
    "semicolons": {"a.csv": written(";")},
    "semicolons and decimal commas": {"a.csv": written(";", change=comma)},
    "tabs": {"a.tsv": written("\t")},
    "pipes": {"a.psv": written("|")},
    "quoted decimal commas": {"a.csv": written(change=lambda value: f'"{comma(value)}"')},
    "everything quoted": {"a.csv": written(change=lambda value: f'"{value}"')},
    "Windows line ends": {"a.csv": written(end="\r\n")},
    "a byte order mark": {"a.csv": b"\xef\xbb\xbf" + PLAIN.encode()},
    "UTF-16 with a mark": {"a.csv": PLAIN.encode("utf-16")},
    "UTF-16 without a mark": {"a.csv": PLAIN.encode("utf-16-le")},
    "UTF-16 of the other order, tabs": {"a.txt": b"\xfe\xff" + written("\t").encode("utf-16-be")},
    "UTF-32": {"a.csv": PLAIN.encode("utf-32")},
    "what Excel writes for itself": {"a.csv": "sep=;\n" + written(";", change=comma)},
    "blanks after delimiters": {"a.csv": written(", ")},
    "blanks before quotes": {"a.csv": written(", ", change=lambda value: f'"{value}"')},
    "a delimiter at each line's end": {"a.csv": written(end=",\n")},
    "a delimiter at the end of rows only": {"a.csv": written(end=",\n").replace("target,\n", "target\n", 1)},
    "the index of pandas": {"a.csv": pandas.DataFrame(ROWS).to_csv()},
    "row names of R's write.csv": {"a.csv": "".join(f'"{n or ""}",{line}' for n, line in enumerate(LINES))},
    "row names of R's write.table": {
        "a.csv": "".join(line if not n else f'"{n}",{line}' for n, line in enumerate(LINES))
    },
    "no suffix": {"20261126_part_0": PLAIN},
    "an upper-case suffix": {"A.CSV": PLAIN},
    "gzip": {"a.csv.gz": gzip.compress(PLAIN.encode())},
    "gzip in two members": {"a.csv": gzip.compress(FIRST.encode()) + gzip.compress(REST.encode())},
    "gzip under another name": {"a.csv": gzip.compress(PLAIN.encode())},
    "bzip2 without a suffix": {"a": bz2.compress(PLAIN.encode())},
    "zstd": {"a.csv.zst": pyarrow.compress(PLAIN.encode(), "zstd", asbytes=True)},
    "a plain file named .gz": {"a.csv.gz": PLAIN},
    "Spark": {"_SUCCESS": "", "part-0.csv": PLAIN, "part-1.csv": "", ".part-0.csv.crc": b"crc\0", "_started_1": "{}"},
    "a header in the first file only": {"part-0.csv": FIRST, "part-1.csv": REST},
    "Athena": {"0f8f.csv": PLAIN, "0f8f.csv.metadata": b"\x08\x01"},
    "Redshift": {"0000_part_00": PLAIN, "manifest": "{}"},
    "files of several dialects": {
        "a.csv": FIRST,
        "b.tsv": FIRST.splitlines(True)[0].replace(",", "\t") + REST.replace(",", "\t"),
    },
    "Parquet": {"a.parquet": parquet(pyarrow.Table.from_pylist(ROWS))},
    "Parquet of pandas, with an index": {
        "a": parquet(pyarrow.Table.from_pandas(pandas.DataFrame(ROWS, index=range(100, 140))))
    },
    "Parquet with dictionaries and decimals": {
        "a.parquet": parquet(
            pyarrow.table(
                {
                    "size": pyarrow.array([row["size"] for row in ROWS]).cast(pyarrow.decimal128(9, 2)),
                    "rooms": pyarrow.array([row["rooms"] for row in ROWS], pyarrow.uint8()),
                    "town": pyarrow.array([row["town"] for row in ROWS], pyarrow.large_string()).dictionary_encode(),
                    "target": [row["target"] for row in ROWS],
                }
            )
        )
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_common_writers_use_is_read_without_a_setting(channel: Channel, form: str) -> None:
    files = {name: each.encode() if isinstance(each, str) else each for name, each in FORMS[form].items()}
    same_as_plain(read(channel, files))


SAID: dict[str, tuple[bytes, dict[str, str]]] = {
    "Windows-1252": (PLAIN.encode("cp1252"), {"csv_encoding": "cp1252"}),
    "a comment before the header and one within": (
        ("# exported\n" + FIRST + "# half\n" + REST).encode(),
        {"csv_comment": "#"},
    ),
    "thousands": (
        written(";", change=lambda value: f"{float(value):,.2f}" if value.replace(".", "").isdecimal() else value)
        .replace(".00", "")
        .encode(),
        {"csv_thousands": ","},
    ),
    "a delimiter of Hive": (written("\x01").encode(), {"csv_delimiter": "\x01"}),
    "single quotes": (written(change=lambda value: f"'{value}'").encode(), {"csv_quote": "'"}),
    "columns on top": (
        "".join(f"{line},{'note' if not n else f'x {n}'}\n" for n, line in enumerate(PLAIN.splitlines())).encode(),
        {"drop_columns": "no*"},
    ),
}


@pytest.mark.parametrize("form", SAID)
def test_a_form_that_cannot_be_found_out_is_one_setting(channel: Channel, form: str) -> None:
    content, settings = SAID[form]
    same_as_plain(read(channel, {"a.csv": content}, told(**settings)))


def column(values: list[object], name: str = "more") -> dict[str, bytes]:
    frame = pandas.DataFrame(ROWS[: len(values)])
    frame.insert(0, name, values)
    return {"a.csv": frame.to_csv(index=False).encode()}


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


QUOTED = ['6" pipe', 'the "old" town, north', "plain", "C:\\dir\\"]


@pytest.mark.parametrize("separator", [",", ";"])
def test_quotes_after_a_backslash_belong_to_the_word(channel: Channel, separator: str) -> None:
    def spark(word: str) -> str:
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' if '"' in word else word

    lines = [separator.join([spark(QUOTED[i % 4]), f"{i % 3}", f"{i % 2}"]) for i in range(40)]
    files = {
        "part-0.csv": "\n".join([separator.join(["more", "n", "target"]), *lines]).encode(),
        "part-1.csv": separator.join(["more", "n", "target"]).encode() + b"\n" + lines[2].encode(),
    }
    assert read(channel, files).raw_validation.features["more"].tolist() == [*QUOTED * 10, QUOTED[2]]


def test_a_backslash_at_the_end_of_a_quoted_word_belongs_to_the_word(channel: Channel) -> None:
    words = ["C:\\", 'D:\\"x"', "E:\\,"]
    lines = "".join('"' + words[i % 3].replace('"', '""') + f'",{i % 2}\n' for i in range(30))
    data = read(channel, {"a.csv": f"more,target\n{lines}".encode()})
    assert data.raw_validation.features["more"].tolist() == words * 10


def test_a_word_with_a_point_among_decimal_commas_is_named(channel: Channel) -> None:
    lines = "".join(f"{i},5;{i % 2}\n" for i in range(30))
    with pytest.raises(TrainingError, match=r"a.csv, line 32, column 'x': holds 'n.a.' among 30 different numbers"):
        read(channel, {"a.csv": f"x;target\n{lines}n.a.;0\n".encode()})


def test_text_of_digits_in_parquet_is_a_category(channel: Channel) -> None:
    codes = [f"{10_000 + number % 20}" for number in range(40)]
    table = pyarrow.Table.from_pylist(ROWS).append_column("more", [codes])
    data = read(channel, {"a.parquet": parquet(table)})
    assert data.encoding is not None
    assert data.encoding.categories["more"] == tuple(sorted(set(codes)))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_packed_part_without_rows_is_passed_over(channel: Channel, pack: Callable[[bytes], bytes]) -> None:
    same_as_plain(read(channel, {"part-0.gz": pack(b""), "part-1.gz": pack(PLAIN.encode())}))


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


@pytest.mark.parametrize("how", ["mean", "median", "most_frequent", "constant"])
@pytest.mark.parametrize(
    "estimator", ["sklearn.linear_model.LogisticRegression", "sklearn.ensemble.RandomForestClassifier"]
)
def test_missing_values_are_filled_as_the_saved_model_fills_them(channel: Channel, how: str, estimator: str) -> None:
    values: list[object] = [None if n % 3 == 0 else n * 0.7 for n in range(40)]
    files = column(values)
    directory = channel(files)
    data = dataset.read(directory, directory, told(missing_values=how, fill_value="7", estimator=estimator))
    assert data.encoding is not None
    assert not data.training.features.isna().any().any()

    raw = pandas.read_csv(directory / "a.csv")[list(data.example.columns)]
    for step in data.encoding.steps():
        raw = step.transform(raw)
    assert list(raw.columns) == list(data.training.features.columns)
    assert numpy.array_equal(raw.to_numpy(data.training.features.dtypes.iloc[0]), data.training.features.to_numpy())


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
