"""Answers whether the head of a channel's data can be read: `python train.py --judge-data`, before there is a job.

On standard input a JSON object with the script's `arguments`, the `channel` and the `directory` of its files; on
standard output one with `fault`, what a job would say of them, "" for nothing. It reads as a job does and judges what a
few files can be judged by: not which classes there are, or whether values are missing in rows that it does not see.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from data import data_files, finding, settling
from data.csv_faults import NotANumberError
from failure import TrainingError
from options import hyperparameters
from options.hyperparameters import Hyperparameters


def answer(question: TextIO, answers: TextIO) -> None:
    """Read what is asked for, and write what is said of it; lines for a log go to standard error."""
    told = json.load(question)
    with contextlib.redirect_stdout(sys.stderr):
        fault = judge(told["arguments"], told["channel"], Path(told["directory"]))
    json.dump({"fault": fault}, answers)


def judge(arguments: Sequence[str], channel: str, directory: Path) -> str:
    """What a job with these arguments would say of the files; "" for nothing."""
    settings, _, faults = hyperparameters.parse(arguments)
    if faults:  # the settings are judged elsewhere, and nothing can be read by wrong ones
        return "; ".join(map(str, faults))
    try:
        _read(directory, channel, settings)
    except TrainingError as error:
        return str(error)
    return ""


def _read(directory: Path, channel: str, settings: Hyperparameters) -> None:
    files = finding.find(directory, channel)
    first = data_files.open_file(files[0], settings)
    opened = [first, *(data_files.open_file(each, settings, first) for each in files[1:])]
    wanted = data_files.wanted(opened, settings)
    while True:
        try:
            read = [data_files.read(each, wanted, settings) for each in opened]
        except NotANumberError as error:  # words after many numbers, in a column that nobody said the kind of
            words = wanted.with_words(error.column)
            if words is None:
                raise
            wanted = words
        else:
            settling.check_head(read, wanted)
            return
