from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import dataset, holding_out
from data.holding_out import SplitColumn
from failure import TrainingError
from options import environment
from options.hyperparameters import Hyperparameters, parse
from tests.training_code.small_channels import Channel

ROWS = "".join(f"2026-01-{1 + number // 4:02},p{number // 4},{number},{number % 2}\n" for number in range(40))
TABLE = f"day,patient,size,target\n{ROWS}"


def read(channel: Channel, text: str, **settings: object) -> dataset.Dataset:
    return dataset.read(channel({"a.csv": text}), None, Hyperparameters(**settings))  # type: ignore[arg-type]  # tests'


def fault(channel: Channel, text: str, **settings: object) -> str:
    with pytest.raises(TrainingError) as caught:
        read(channel, text, **settings)
    return str(caught.value)


def test_by_time_the_latest_rows_are_held_out(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    data = read(channel, TABLE, split_by_time="day", drop_columns=("patient",))

    assert data.validation.features["size"].tolist() == list(range(32, 40))
    assert data.training.features["size"].tolist() == list(range(32))
    assert list(data.training.features) == ["size"], "what splits is no feature"
    assert "holding out: 8 of 40 rows, those from 2026-01-09 on, by column 'day'" in capsys.readouterr().out


def test_rows_in_any_order_are_split_by_their_time(channel: Channel) -> None:
    lines = TABLE.splitlines(keepends=True)

    data = read(channel, lines[0] + "".join(lines[:0:-1]), split_by_time="day", drop_columns=("patient",))

    assert sorted(data.validation.features["size"]) == list(range(32, 40))


def test_numbers_are_times_as_well(channel: Channel) -> None:
    data = read(channel, TABLE, split_by_time="size")

    assert len(data.validation.target) == 8
    assert "size" not in data.training.features


@pytest.mark.parametrize("when", ["{},5", "1.{},5", "{}"])
def test_numbers_are_times_as_the_file_writes_them(channel: Channel, when: str) -> None:
    rows = [f"{when.format(100 + place)};{place},5;{place % 2}\n" for place in range(40)]

    data = read(channel, "when;size;target\n" + "".join(rows), split_by_time="when")

    assert data.validation.features["size"].tolist() == [place + 0.5 for place in range(32, 40)]


@given(st.lists(st.integers(0, 9), min_size=2, max_size=60), st.floats(0.01, 0.99))
def test_no_time_is_on_both_sides_and_both_have_rows(times: list[int], fraction: float) -> None:
    words = [str(each) for each in range(10)]
    split = SplitColumn("when", numpy.array(times), words)
    settings = Hyperparameters(split_by_time="when", task="regression", validation_fraction=fraction)
    if len(set(times)) == 1:
        with pytest.raises(TrainingError, match="all rows have the same time"):
            holding_out.hold_out(numpy.zeros(len(times)), "target", settings, split)
        return

    kept, held = holding_out.hold_out(numpy.zeros(len(times)), "target", settings, split)

    assert sorted([*kept, *held]) == list(range(len(times)))
    assert max(times[each] for each in kept) < min(times[each] for each in held)


def test_by_group_each_group_is_on_one_side(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    data = read(channel, TABLE, split_by_group="patient")

    sides = [{int(size) // 4 for size in table.features["size"]} for table in (data.training, data.validation)]
    assert not sides[0] & sides[1]
    assert (len(sides[0]), len(sides[1])) == (8, 2)
    assert "patient" not in data.training.features
    assert "holding out: 8 of 40 rows, 2 of 10 groups of column 'patient', seed 42" in capsys.readouterr().out


def test_a_class_that_only_held_out_rows_have_is_not_judged_by(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    text = TABLE.replace("39,1\n", "39,9\n")

    data = read(channel, text, split_by_time="day")

    assert data.validation.target.tolist() == [0, 1, 0, 1, 0, 1, 0]
    assert "class '9' is in held-out rows only: 1 rows are not judged by" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "settings", "message"),
    [
        (("2026-01", "2026-01"), {"split_by_time": "dat"}, "has no column 'dat'"),
        (("2026-01-03", "soon"), {"split_by_time": "day"}, "not all of it are numbers, or dates in one form"),
        (
            ("2026-01-03", ""),
            {"split_by_time": "day"},
            "missing values: column 'day' lacks 4 (first: training/a.csv, line 10",
        ),
        (("p", "p"), {"split_by_group": "same"}, "all rows are of one group, 'x', in column 'same'"),
    ],
)
def test_what_cannot_split_is_reported(
    channel: Channel, change: tuple[str, str], settings: dict[str, str], message: str
) -> None:
    text = TABLE.replace(*change).replace("day,", "same,day,", 1)
    text = text[: text.index("\n") + 1] + "".join(f"x,{line}\n" for line in text.splitlines()[1:])

    assert message in fault(channel, text, **settings)


@pytest.mark.parametrize(
    ("arguments", "name", "text"),
    [
        (["--split_by_time", "a", "--split_by_group", "b"], "split_by_group", "there is split_by_time as well"),
        (["--split_by_time", "target"], "split_by_time", "is the target column"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(arguments: list[str], name: str, text: str) -> None:
    _, _, faults = parse(arguments)

    assert [(each.name, text in each.text) for each in faults] == [(name, True)]


def test_a_split_beside_a_validation_channel_is_refused() -> None:
    environ = {"SM_CHANNEL_VALIDATION": "/opt/ml/input/data/validation"}

    assert "there is a channel validation, and nothing is held out; leave it out" in [
        each.text for each in environment.look(["--split_by_time", "day"], environ).faults
    ]
