"""What the log says of columns of numbers that tell nothing."""

from __future__ import annotations

import pytest

from data import dataset
from options.hyperparameters import Hyperparameters
from tests.training_code.small_channels import Channel

ROWS = 20
TARGET = [row % 2 for row in range(ROWS)]
MEASURED = [0.5, *(row * row / 7 for row in range(1, ROWS))]


def notes(channel: Channel, capsys: pytest.CaptureFixture[str], column: list[object]) -> list[str]:
    """The notes of a channel with one good column, and this one."""
    rows = zip(MEASURED, column, TARGET, strict=True)
    text = "good,asked,target\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows)
    dataset.read(channel({"rows.csv": text}), None, Hyperparameters(validation_fraction=0.5))
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("note:")]


def test_a_column_with_one_number_is_named(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    assert notes(channel, capsys, [7] * ROWS) == [
        "note: column 'asked' has the same value in each row: kept, and drop_columns can leave it out"
    ]


def test_a_column_that_counts_up_is_named(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    assert notes(channel, capsys, list(range(100, 100 + ROWS))) == [
        "note: column 'asked' counts the rows: kept, and drop_columns can leave it out"
    ]


@pytest.mark.parametrize(
    "column",
    [
        [7, *range(1, ROWS - 1), 7],
        [0, *range(ROWS - 2, 0, -1), ROWS - 1],
        [0, *[ROWS / 2] * (ROWS - 2), ROWS - 1],
    ],
    ids=["begins as it ends", "counts down between its ends", "jumps between its ends"],
)
def test_a_column_that_only_looks_so_at_its_ends_is_not_named(
    channel: Channel, capsys: pytest.CaptureFixture[str], column: list[object]
) -> None:
    assert notes(channel, capsys, column) == []


def test_a_column_that_lacks_values_is_told_for_that_alone(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    (note,) = notes(channel, capsys, ["", *[7] * (ROWS - 1)])

    assert note.startswith("note: missing values in 'asked' (1)")
