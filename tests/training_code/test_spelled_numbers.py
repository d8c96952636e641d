"""Numbers as programs for people write them are numbers, and what is none, or of two kinds, is not made one."""

from __future__ import annotations

import math
from collections.abc import Callable

import pyarrow
import pytest

from data import dataset
from data.csv_numbers import Notation
from data.spelled_numbers import value_of
from failure import TrainingError
from options.hyperparameters import Hyperparameters, parse
from tests.training_code.small_channels import Channel, parquet

REGRESSION = parse(["--task", "regression"])[0]
ROWS = 40


def csv(value: Callable[[int], str], separator: str = ",", name: str = "x") -> str:
    rows = (f"{n % 7}{separator}{value(n)}{separator}{n % 2}\n" for n in range(ROWS))
    return f"a{separator}{name}{separator}target\n" + "".join(rows)


def read(channel: Channel, content: str | bytes, settings: Hyperparameters | None = None) -> dataset.Dataset:
    directory = channel({"f": content})
    return dataset.read(directory, directory, settings or Hyperparameters())


SPELLED: dict[str, tuple[str, Callable[[int], str], Callable[[int], float]]] = {
    "percentages": (",", lambda n: f"{n % 6 * 1.5}%", lambda n: n % 6 * 1.5),
    "percentages, each once": (",", lambda n: f"{n * 1.25:.2f} %", lambda n: n * 1.25),
    "German percentages": (";", lambda n: f"{n},5 %", lambda n: n + 0.5),
    "percentages and a bare nought": (",", lambda n: f"{n % 4}%" if n % 4 else "0", lambda n: n % 4),
    "dollars": (",", lambda n: f'"${n * 1000 + 1000:,}.50"', lambda n: n * 1000 + 1000.5),
    "dollars owed": (",", lambda n: f"-${n}.50", lambda n: -n - 0.5),
    "euros": (";", lambda n: f"{n},50 €", lambda n: n + 0.5),
    "euros with thousands": (";", lambda n: f"{n + 1}.250,50 €", lambda n: (n + 1) * 1000 + 250.5),
    "a currency's letters": (",", lambda n: f"EUR {n % 4}.25", lambda n: n % 4 + 0.25),
    "negative in parentheses": (",", lambda n: f"({n}.5)" if n % 2 else f"{n}.5", lambda n: (-1) ** n * (n + 0.5)),
    "few of them": (",", lambda n: "(1)" if n % 2 else "1", lambda n: (-1) ** n),
    "a sign behind": (";", lambda n: f"{n},5-" if n % 2 else f"{n},5", lambda n: (-1) ** n * (n + 0.5)),
    "a typographer's minus": (",", lambda n: f"−{n}", lambda n: -n),
    "blanks between thousands": (";", lambda n: f"{n + 1} 000,5", lambda n: (n + 1) * 1000 + 0.5),
    "narrow blanks": (";", lambda n: f"{n + 1}\u202f000,5", lambda n: (n + 1) * 1000 + 0.5),
    "Swiss thousands": (",", lambda n: f"{n + 1}'000.50", lambda n: (n + 1) * 1000 + 0.5),
    "noughts, ones and true": (",", lambda n: ("0", "1", "True", "False")[n % 4], lambda n: (0, 1, 1, 0)[n % 4]),
    "blanks for missing ones": (",", lambda n: str(n) if n % 4 else "  ", lambda n: n if n % 4 else math.nan),
    "a padded NA": (",", lambda n: f"{n:4}" if n % 4 else "  NA", lambda n: n if n % 4 else math.nan),
    "what pandas calls missing": (",", lambda n: str(n) if n % 4 else "<NA>", lambda n: n if n % 4 else math.nan),
}


@pytest.mark.parametrize("name", SPELLED)
def test_numbers_are_read_without_what_stands_around_them(name: str, channel: Channel) -> None:
    separator, written, meant = SPELLED[name]

    data = read(channel, csv(written, separator))

    assert data.training.features["x"].tolist() == pytest.approx([meant(n) for n in range(ROWS)], nan_ok=True)
    assert data.training.features["a"].tolist() == [n % 7 for n in range(ROWS)]


OTHERS: dict[str, Callable[[int], str]] = {
    "two currencies": lambda n: ("$1.50", "€1.50")[n % 2],
    "percentages among others": lambda n: ("5%", "0.5")[n % 2],
    "grades": lambda n: ("1-", "2", "2-")[n % 3],
    "codes": lambda n: f"c-{n % 3}",
    "what is open only": lambda n: ("(1", "2")[n % 2],
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_number_or_of_two_kinds_stays_words(name: str, channel: Channel) -> None:
    data = read(channel, csv(OTHERS[name]))

    assert data.raw_validation.features["x"].tolist() == [OTHERS[name](n) for n in range(ROWS)]


def test_the_log_says_how_such_a_number_is_read(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    read(channel, csv(lambda n: f"({n + 1}.5 %)"))

    assert "note: column 'x': '(1.5 %)' and the like are read as numbers, -1.5\n" in capsys.readouterr().out


def test_plain_numbers_are_told_of_nothing(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    read(channel, csv(lambda n: f"{n % 5}.5"))

    assert "are read as numbers" not in capsys.readouterr().out


@pytest.mark.parametrize("value", ["{}%", "${}.50", "  {}"])
def test_the_target_of_a_regression_may_be_one(value: str, channel: Channel) -> None:
    content = "target,a\n" + "".join(f"{value.format(n)},{n}\n" for n in range(ROWS))

    target = read(channel, content, REGRESSION).training.target

    assert target.tolist() == [n + (0.5 if "$" in value else 0) for n in range(ROWS)]


def test_text_of_a_parquet_file_is_a_number_where_a_sign_says_so(channel: Channel) -> None:
    columns = {"target": [n % 2 for n in range(ROWS)], "share": [f"{n}%" for n in range(ROWS)]}
    columns |= {"zip": [f"{n % 9:05}" for n in range(ROWS)]}

    data = read(channel, parquet(pyarrow.table(columns)))

    assert data.training.features["share"].tolist() == list(range(ROWS))
    assert data.raw_validation.features["zip"].tolist() == columns["zip"]


@pytest.mark.parametrize(
    ("training", "values", "numbers"),
    [
        (csv(lambda n: f"{n}%"), ("7%", "8%"), [7, 8]),
        ("a,x,target\n" + "1,,0\n" * 350 + "1,True,1\n1,False,0\n" * 20, ("True", "False"), [1, 0]),
    ],
)
def test_the_validation_channel_is_read_as_the_training_channel_was(
    training: str, values: tuple[str, str], numbers: list[int], channel: Channel
) -> None:
    validation = channel({"v": f"a,x,target\n1,{values[0]},0\n1,{values[1]},1\n"}, "validation")

    data = dataset.read(channel({"f": training}), validation, Hyperparameters())

    assert data.validation.features["x"].tolist() == numbers


def test_a_word_in_the_validation_channel_is_named_with_its_place(channel: Channel) -> None:
    validation = channel({"v.csv": "a,x,target\n1,7%,0\n1,much,1\n"}, "validation")

    with pytest.raises(TrainingError, match=r"^validation/v\.csv, line 3, column 'x': holds 'much', but a feature "):
        dataset.read(channel({"f": csv(lambda n: f"{n}%")}), validation, Hyperparameters())


@pytest.mark.parametrize(
    "text", ["", "-", "1..2", "1,2,3.4,5", "$", "5 kg", "--5", "(5))", "5 %%", "1 23", "1 0000", "NaN"]
)
def test_other_texts_are_no_numbers(text: str) -> None:
    assert value_of(text, Notation()) is None


@pytest.mark.parametrize("first", [csv(str, ";"), "a;x;target\n"])
def test_every_file_has_marks_of_its_own(first: str, channel: Channel) -> None:
    directory = channel({"1": first, "2": csv(lambda n: f"{n},5", ";")})

    data = dataset.read(directory, directory, Hyperparameters())

    assert data.training.features["x"].tolist()[-ROWS:] == [n + 0.5 for n in range(ROWS)]


def test_marks_after_many_whole_numbers_are_found_as_well(channel: Channel) -> None:
    rows = "".join(f"{n},5;{n % 2}\n" if n > 300 else f"{n};{n % 2}\n" for n in range(400))

    data = read(channel, "x;target\n" + rows)

    assert data.training.features["x"].tolist() == [n + (0.5 if n > 300 else 0) for n in range(400)]
