"""Each data file with the reader of its kind: what it is, what its columns are, and its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from data import columns, csv_dialect, csv_files, csv_text, file_kinds, parquet_files, partitions, spelled_columns
from data.csv_dialect import Dialect
from data.csv_text import Layout
from data.data_file import DataFile, Wanted
from data.finding import Found
from data.partitions import Values
from options.hyperparameters import Hyperparameters


@dataclass(frozen=True)
class Opened:
    """A file that was looked at: how it is written, and its columns in its order. Parquet has no `dialect`.

    `from_path` are columns that its directories give; what stands in the file itself is none of them.
    """

    file: Found
    dialect: Dialect | None
    layout: Layout
    from_path: Values = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The columns that have names."""
        return [*filter(csv_text.is_named, self.layout.columns), *self.from_path]


def open_file(file: Found, settings: Hyperparameters, first: Opened | None = None) -> Opened:
    """Look at a file; `first` is the channel's first one, whose columns it may have without naming them.

    Raises:
        TrainingError: naming what may be read in two ways, or not at all.
    """
    opened = _open(file, settings, first)
    if not settings.partition_columns:
        return opened
    given = {name: value for name, value in file.partitions.items() if name not in opened.layout.columns}
    return replace(opened, from_path=given)


def _open(file: Found, settings: Hyperparameters, first: Opened | None) -> Opened:
    if file.kind.format == file_kinds.PARQUET:
        return Opened(file, None, Layout(tuple(parquet_files.columns(file.path, file.name)), 0))
    like = first.dialect if first else None
    dialect = csv_dialect.find_out(file.path, file.name, file.kind.compression, settings, like)
    if first and like and dialect.header and like.header:
        layout = csv_text.columns_by_position(file.path, file.name, dialect, first.layout.columns)
        if layout:
            return Opened(file, replace(dialect, header=False), layout)
    return Opened(file, dialect, csv_text.layout(file.path, file.name, dialect))


def wanted(opened: Sequence[Opened], settings: Hyperparameters) -> Wanted:
    """What every file of the run must have, judged by the first one, and by what the directories of all are named.

    Raises:
        TrainingError: as `columns.wanted`.
    """
    first = opened[0]
    known = partitions.kinds(each.from_path for each in opened) if first.from_path else {}
    return columns.wanted(first.file, first.layout, first.dialect, settings, known)


def read(opened: Opened, wanted: Wanted, settings: Hyperparameters) -> DataFile:
    """Read one file, whose columns must be those wanted, in any order.

    Raises:
        TrainingError: naming file, and line or column, of what is wrong.
    """
    file = opened.file
    columns.check(file.name, opened.names, wanted, settings)
    if opened.dialect is None:
        data = parquet_files.read(file.path, file.name, opened.names, wanted)
    else:
        data = csv_files.read(file.path, file.name, opened.layout, opened.dialect, wanted)
    for name in wanted.spelled - wanted.from_paths:
        spelled_columns.convert(data, name, wanted)
    types = wanted.types()
    for name in wanted.from_paths:
        value = opened.from_path[name]
        data.chunks[name] = [partitions.column(file.name, name, value, types[name], data.rows)]
    return replace(data, from_path=opened.from_path) if opened.from_path else data
