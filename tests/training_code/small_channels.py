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
STRICT = ["--categorical_columns", "none", "--missing_values", "error"]
"""Nothing is guessed and nothing may lack: what is not said to be words has to be numbers."""
FILL_IN = (
    "fill them in with missing_values (median, mean, most_frequent, constant), choose an estimator that takes missing "
    "values, or name the columns in drop_columns"
)
SETTINGS = Hyperparameters(validation_fraction=0.5, categorical_columns=None, missing_values="error")


def table_of(directory: Path, settings: Hyperparameters = SETTINGS) -> dataset.Table:
    """Every row of a channel, in order."""
    return dataset.read(directory, directory, settings).training


def fault(training: Path, validation: Path | None = None, settings: Hyperparameters = SETTINGS) -> str:
    with pytest.raises(TrainingError) as caught:
        dataset.read(training, validation, settings)
    return str(caught.value)


def chosen(*arguments: str) -> Hyperparameters:
    given = [each for pair in zip(STRICT[::2], STRICT[1::2], strict=True) if pair[0] not in arguments for each in pair]
    settings, _, problems = parse(["--validation_fraction", "0.5", *given, *arguments])
    assert problems == []
    return settings


def parquet(columns: dict[str, list[object]] | pyarrow.Table) -> bytes:
    buffer = io.BytesIO()
    table = columns if isinstance(columns, pyarrow.Table) else pyarrow.table(columns)
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()
