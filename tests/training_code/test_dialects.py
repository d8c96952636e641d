"""Tables as common writers write them: each gives the very rows of the plain one, or says which setting decides."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable

import numpy
import pandas
import pyarrow
import pytest

from data import dataset
from failure import TrainingError
from tests.training_code.small_channels import Channel, parquet
from tests.training_code.tables_of_towns import ROWS, column, comma, read, same_as_plain, told, written

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


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_packed_part_without_rows_is_passed_over(channel: Channel, pack: Callable[[bytes], bytes]) -> None:
    same_as_plain(read(channel, {"part-0.gz": pack(b""), "part-1.gz": pack(PLAIN.encode())}))


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
