"""What stands in others' files beside the table: nothing is shifted, dropped or counted as a row that is none."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import tarfile

import pytest

from data import dataset
from options.hyperparameters import Hyperparameters
from tests.training_code.small_channels import Channel, chosen, fault, parquet

ROWS = [{"size": n * 1.5, "town": ("lake", "hill", "old town")[n % 3], "target": n % 2} for n in range(20)]
LINES = ["size,town,target", *(",".join(map(str, row.values())) for row in ROWS)]


def written(*more: str, end: str = "\n") -> str:
    return end.join([*LINES, *more]) + end


def joined(separator: str, quote: str = "") -> str:
    fields = [line.split(",") for line in LINES]
    return "".join(separator.join(f"{quote}{each}{quote}" for each in row) + "\n" for row in fields)


def aligned(sign: str) -> str:
    return "".join(" ".join(f"{each.replace(' ', '_'):{sign}10}" for each in line.split(",")) + "\n" for line in LINES)


def numbered(quote: str = '"') -> str:
    return "\n".join([LINES[0], *(f"{quote}{n}{quote},{line}" for n, line in enumerate(LINES[1:]))]) + "\n"


TIDIED: dict[str, dict[str, str | bytes]] = {
    "empty columns at the end, as Excel has them": {"a.csv": "".join(f"{line},,,\n" for line in LINES)},
    "an empty column between": {"a.csv": "".join(f"{line.replace(',', ',,', 1)}\n" for line in LINES)},
    "rows of nothing at the end": {"a.csv": written(",,", ",,", " , ,")},
    "lines of blanks": {"a.csv": written("   ").replace("\n", "\n  \n", 1)},
    "the end of a file to DOS": {"a.csv": written("\x1a")},
    "files one behind the other": {"a.csv": written(*LINES[:1]), "b.csv": "size,town,target\n"},
    "blanks around column names": {"a.csv": written().replace("size,town,target", "size , town\u00a0,target ", 1)},
    "R's own delimiter": {"a.txt": joined(" ", '"')},
    "row names and R's own delimiter": {"a.txt": numbered().replace("old town", '"old town"').replace(",", " ")},
    "quoted row names without a name": {"a.csv": numbered()},
    "an index that begins again": {"a.csv": "".join(f"{n % 7 if n else ''},{each}\n" for n, each in enumerate(LINES))},
    "a list of files of Redshift": {"a_0": written(), "a_manifest": json.dumps({"entries": []})},
    "a list of files of Athena": {"a.csv": written(), "0f8f-manifest.csv": "s3://bucket/a.csv\n"},
    "line ends of an old Mac": {"a.csv": written(end="\r")},
}


@pytest.mark.parametrize("name", TIDIED)
def test_the_rows_are_those_of_the_plain_file(name: str, channel: Channel) -> None:
    directory = channel(TIDIED[name])

    table = dataset.read(directory, directory, Hyperparameters()).raw_validation

    assert table.features.to_dict("list") == {each: [row[each] for row in ROWS] for each in ("size", "town")}
    assert table.target.tolist() == [row["target"] for row in ROWS]


@pytest.mark.parametrize("sign", "<>")
def test_columns_that_stand_below_each_other_are_parted(sign: str, channel: Channel) -> None:
    directory = channel({"a.txt": aligned(sign)})

    table = dataset.read(directory, directory, Hyperparameters()).raw_validation

    assert table.features["size"].tolist() == [row["size"] for row in ROWS]
    assert table.features["town"].tolist() == [str(row["town"]).replace(" ", "_") for row in ROWS]


def test_blanks_part_nothing_where_no_header_says_so(channel: Channel) -> None:
    rows = "".join(f"{n}\x01a b\x01{n % 2}\n" for n in range(20))

    assert "set csv_delimiter" in fault(
        channel({"a": rows}), settings=chosen("--header", "none", "--target_column", "3")
    )  # fmt: skip


def test_a_delimiter_at_line_ends_without_a_header_is_no_column(channel: Channel) -> None:
    content = "".join(f"{line.replace(',', '|')}|\n" for line in LINES[1:])
    directory = channel({"a.tbl": content})

    data = dataset.read(directory, directory, chosen(
        "--header", "none", "--target_column", "-1", "--categorical_columns", "auto"
    ))  # fmt: skip

    assert data.validation.target.tolist() == [row["target"] for row in ROWS]
    assert list(data.raw_validation.features) == ["column_1", "column_2"]


@pytest.mark.parametrize("position", ["1", "-3", "column_1"])
def test_columns_without_a_header_are_dropped_by_position(position: str, channel: Channel) -> None:
    directory = channel({"a.csv": "".join(f"{line}\n" for line in LINES[1:])})
    told = ["--header", "none", "--target_column", "3", "--drop_columns", position, "--categorical_columns", "auto"]

    assert list(dataset.read(directory, directory, chosen(*told)).raw_validation.features) == ["column_2"]


def test_what_is_passed_over_is_counted(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    directory = channel({"a.csv": written(",,", ",,", LINES[0])})

    dataset.read(directory, directory, Hyperparameters())

    told = "passing over training/a.csv: 3 rows (2 without any value, 1 that are the header once more)\n"
    assert told in capsys.readouterr().out


@pytest.mark.parametrize("first", ["{},5", "c-{},5"])
def test_a_comma_within_a_number_shifts_no_column(first: str, channel: Channel) -> None:
    rows = "".join(f"{first.format(n)},{n % 3},{n % 2}\n" for n in range(20))

    assert fault(channel({"a.csv": "size,rooms,target\n" + rows})) == (
        "training/a.csv, line 2: has 4 of 3 fields; quote fields that hold commas, and give every line the header's "
        "fields, or set csv_delimiter"
    )


def test_long_texts_are_read(channel: Channel) -> None:
    text = "text " * 500_000
    directory = channel({"a.csv": written(f"1.5,{text},1")})

    table = dataset.read(directory, directory, Hyperparameters()).raw_validation

    assert table.features["town"].tolist()[-1] == text


@pytest.mark.parametrize(
    ("mark", "told"), [(b"\xef\xbb\xbf", "cp1252"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")]
)
def test_a_mark_of_the_encoding_is_no_part_of_a_name(mark: bytes, told: str, channel: Channel) -> None:
    content = written().replace("lake", "Überlingen").encode("utf-16-le" if told == "utf-16-le" else "utf-8")
    directory = channel({"a.csv": mark + content})

    data = dataset.read(directory, directory, chosen("--csv_encoding", told, "--categorical_columns", "auto"))

    assert list(data.raw_validation.features) == ["size", "town"]
    assert data.raw_validation.features["town"].tolist()[0] == "Überlingen"


def tar(mode: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        entry = tarfile.TarInfo("a.csv")
        entry.size = len(written())
        archive.addfile(entry, io.BytesIO(written().encode()))
    return stream.getvalue()


JSON = "".join(json.dumps(row) + "\n" for row in ROWS)
OTHERS: dict[str, tuple[str | bytes, str]] = {
    "JSON lines": (JSON, "is JSON; write CSV or Parquet, or keep it under another S3 prefix"),
    "a JSON list": (json.dumps(ROWS, indent=1), "is JSON; write CSV or Parquet, or keep it under another S3 prefix"),
    "packed JSON": (
        gzip.compress(JSON.encode()),
        "is, once unpacked, JSON; write CSV or Parquet, or keep it under another S3 prefix",
    ),
    "a page": ("\n<!doctype html>", "is XML or HTML, such as a page that tells of an error; write CSV or Parquet"),
    "an answer of S3": (
        "<?xml version='1.0'?><Error/>",
        "is XML or HTML, such as a page that tells of an error; write CSV or Parquet",
    ),
    "a tar archive": (tar("w"), "is a tar archive; unpack it"),
    "a packed tar archive": (tar("w:gz"), "is, once unpacked, a tar archive; unpack it"),
    "packed Parquet": (gzip.compress(parquet({"a": [1]})), "is a Parquet file that was packed once more; unpack it"),
    "a pickle of old": (pickle.dumps(ROWS, 2), "is a pickle, which is not safe to read; write CSV or Parquet"),
    "SQLite": (b"SQLite format 3\0" + b"\0" * 99, "is an SQLite database; export the table as CSV"),
    "Stata": ("<stata_dta><header>", "is a Stata file; export it as CSV"),
    "SPSS": ("$FL2@(#) SPSS DATA FILE", "is an SPSS file; export it as CSV"),
    "SAS": (b"\0" * 12 + b"\xc2\xea\x81\x60" + b"\0" * 99, "is a SAS data set; export it as CSV"),
    "R": (gzip.compress(b"X\n\0\0\0\3"), "is, once unpacked, an R object; write CSV or Parquet"),
    "Git LFS": (
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "is a pointer of Git LFS, and not the file; upload the file itself",
    ),
    "ARFF": ("@RELATION iris\n@ATTRIBUTE a NUMERIC\n", "is an ARFF file; write CSV or Parquet"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_of_another_kind_is_known_by_what_is_in_it(name: str, channel: Channel) -> None:
    content, told = OTHERS[name]

    assert fault(channel({"part-0": content})) == f"training/part-0: {told}"


@pytest.mark.parametrize("header", ["<DATE>;a;target", '"{x}";a;target', "[a];b;target"])
def test_signs_of_other_kinds_in_a_header_are_names(header: str, channel: Channel) -> None:
    directory = channel({"part-0": header + "\n" + "".join(f"{n};{n};{n % 2}\n" for n in range(20))})

    table = dataset.read(directory, directory, Hyperparameters()).training

    assert len(table.features) == 20
