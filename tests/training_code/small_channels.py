"""Small channels, and what reading them gives or says."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from data import dataset
from failure import TrainingError
from options.hyperparameters import Hyperparameters, parse

Channel = Callable[..., Path]

HEADER = "a,b,target\n"
GOOD = HEADER + "1,2.5,0\n2,3.5,1\n3,4.5,0\n4,5.5,1\n5,6.5,0\n6,7.5,1\n"
SETTINGS = Hyperparameters(validation_fraction=0.5)


def table_of(directory: Path, settings: Hyperparameters = SETTINGS) -> dataset.Table:
    """Every row of a channel, in order."""
    return dataset.read(directory, directory, settings).training


def fault(training: Path, validation: Path | None = None, settings: Hyperparameters = SETTINGS) -> str:
    with pytest.raises(TrainingError) as caught:
        dataset.read(training, validation, settings)
    return str(caught.value)


def chosen(*arguments: str) -> Hyperparameters:
    settings, _, problems = parse(["--validation_fraction", "0.5", *arguments])
    assert problems == []
    return settings


def parquet(columns: dict[str, list[object]] | pyarrow.Table) -> bytes:
    buffer = io.BytesIO()
    table = columns if isinstance(columns, pyarrow.Table) else pyarrow.table(columns)
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()
