"""A small table as writers write it, and what is read of it."""

from __future__ import annotations

from collections.abc import Callable

import pandas

from data import dataset
from options.hyperparameters import Hyperparameters, parse
from tests.training_code.small_channels import Channel

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


def column(values: list[object], name: str = "more") -> dict[str, bytes]:
    frame = pandas.DataFrame(ROWS[: len(values)])
    frame.insert(0, name, values)
    return {"a.csv": frame.to_csv(index=False).encode()}
