"""Says in advance how much memory a run needs, from the sizes of its files and a look at their first rows."""

from __future__ import annotations

import ctypes
import os
import pickle
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import pyarrow

from data import labels, parquet_files
from data.data_file import DataFile, Wanted
from data.file_kinds import PARQUET
from data.finding import Found
from progress import say

BASE = 336 << 20
"""Bytes of the interpreter with scikit-learn, Arrow, MLflow and Matplotlib."""
_BLOCKS = 64 << 20
"""Bytes that the CSV reader holds at a time: blocks on their way through its threads."""
_TREE = 48
"""Bytes for each row while a tree grows: sample weights, indices and sorted values. Source: sklearn.tree._splitter."""
_WORD = 300
"""Bytes for each word of a category: the text, as Arrow and as Python have it, and its places in two tables."""
_MUCH = 32 << 20
"""Below it the model is in what was said before."""
_SAMPLE = 1 << 16
_M_ARENA_MAX = -8
"""Source: malloc.h of glibc, mallopt(3)."""


def give_back_what_is_freed() -> None:
    """Keep one heap for all threads, with Arrow's blocks in it, for the rest of this process.

    glibc has a heap for each thread and Arrow a pool, and each holds on to what was freed in it: a third of the peak.
    """
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have one heap anyway
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def rows_of(file: Found) -> int:
    """About how many rows a file holds: exact for Parquet, judged by the length of the first lines for CSV."""
    if file.kind.format == PARQUET:
        return parquet_files.rows(file.path, file.name)
    compression, size = file.kind.compression, file.path.stat().st_size
    try:
        with pyarrow.input_stream(str(file.path), compression=compression) as stream:
            sample = stream.read(_SAMPLE)
            while b"\n" not in sample[-_SAMPLE:] and (more := stream.read(_SAMPLE)):
                sample += more  # a line of very many columns is longer than the sample
        if len(sample) < _SAMPLE:
            size = len(sample)
        else:
            sample = sample[: sample.rfind(b"\n") + 1] or sample
            if compression:
                unpacked = _unpacked_size(file.path) if compression == "gzip" else 0
                size = unpacked if unpacked > size else 4 * size  # beyond 4 GB gzip counts from 0 again
    except (OSError, pyarrow.ArrowException):
        return 0  # reading it will say what is wrong
    lines = sample.count(b"\n")
    return round(size / (len(sample) / lines)) if lines else min(size, 1)


def peak(rows: int, wanted: Wanted, n_jobs: int, columns: int | None = None, words: int = 0) -> int:
    """Bytes at the fullest moment: the table once, a column more on its way, and what growing needs for each core.

    `columns` are those of the encoded table, where they are known already, and `words` those of all categories.
    """
    cell = wanted.bits // 8
    table = rows * (cell * (len(wanted.features) if columns is None else columns) + 16)
    column = rows * 12
    growing = rows * _TREE * int(joblib.effective_n_jobs(n_jobs))
    return BASE + table + max(column + _BLOCKS, growing) + words * _WORD


def announce(files: Sequence[Found], wanted: Wanted, n_jobs: int, one_hot: bool = False) -> int:
    """Print how much memory the run will take, and a warning when the machine has less; returns the bytes."""
    rows = sum(map(rows_of, files))
    more = "; a column for each word of the categories comes on top, and is told when they are read"
    return _say(
        peak(rows, wanted, n_jobs),
        f"for about {rows:,} rows of {len(wanted.features)} features in {wanted.bits} bits",
        more if one_hot and wanted.categories else "",
    )


def announce_words(  # noqa: PLR0913  # one argument for each thing that the memory depends on, and what was said
    training: Sequence[DataFile], others: Sequence[DataFile], wanted: Wanted, n_jobs: int, *, one_hot: bool, said: int
) -> None:
    """Print it again if it is more than was `said`, in bytes: only files that are read tell how many words there are.

    The columns are made of the words of `training`; the other files have rows.
    """
    if not wanted.categories and not wanted.dates:
        return
    rows = sum(each.rows for each in [*training, *others])
    words = sum(labels.count_words(training, name) for name in wanted.categories)
    columns = len(wanted.numbers) + (words if one_hot else len(wanted.words))
    columns += sum(len(form.parts) for form in wanted.dates.values())
    needed = peak(rows, wanted, n_jobs, columns, words)
    if needed >> 20 > said >> 20:
        has = f", {columns:,} columns" if one_hot else ""
        _say(needed, f"now that the {words:,} words of the categories are known, for {rows:,} rows{has}", "")


def announce_trees(trees: Sequence[Any], total: int, own_form: float = 0.0) -> None:
    """Print what a forest of `total` trees like these takes when it has grown, where that is much: grown ones tell.

    It is there once: it is saved tree by tree, and let go before the champion is loaded (docs/adr/0026). An accelerator
    has each batch, of which these are one, in a form of its own beside: such a share of its bytes.
    """
    tree = sum(len(pickle.dumps(each, pickle.HIGHEST_PROTOCOL)) for each in trees) / len(trees)
    needed, there = round((total + own_form * len(trees)) * tree), available()
    if needed < _MUCH:
        return
    say(
        f"memory: about {needed >> 20:,} MB more when all trees have grown: {total:,} trees of "
        f"{tree / (1 << 20):.1f} MB{', and what the accelerator makes first' if own_form else ''}"
    )
    if needed > there:
        say(
            f"note: that is more than the machine has ({there >> 20:,} MB); choose an instance type with more memory, "
            f"or smaller trees: max_depth, min_samples_leaf, max_leaf_nodes"
        )


def _say(needed: int, what: str, more: str) -> int:
    there = available()
    say(f"memory: about {needed >> 20:,} MB at the peak, {what}; this machine has {there >> 20:,} MB{more}")
    if needed > there:
        say("note: that is more than the machine has; choose an instance type with more memory, or fewer rows")
    return needed


def available() -> int:
    """Bytes of memory of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _unpacked_size(path: Path) -> int:
    """What gzip wrote about itself at the end of the file: the size before packing, modulo 4 GB."""
    with path.open("rb") as file:
        file.seek(-4, os.SEEK_END)
        return int(struct.unpack("<I", file.read(4))[0])
