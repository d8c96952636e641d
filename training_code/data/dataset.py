"""The data of a run: what the channels hold, with rows held out for evaluation, filled and encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas
from numpy.typing import NDArray

from data import labels, memory, tables
from data import profile as profiles
from data.channels import Channel, Channels, read_channels
from data.data_file import Wanted
from data.encoding import Encoding
from data.holding_out import Rows, hold_out
from data.profile import NO_PROFILE, Profile
from data.tables import Filling, Table
from options.estimators import CLASSIFICATION
from options.hyperparameters import FILLS, Hyperparameters


@dataclass(frozen=True)
class Dataset:
    """What a run trains on and is judged by. `digest` is the SHA-256 over names and contents of all files.

    `example` are a few raw rows of features. With `encoding`, the tables' features are what it makes of such rows.
    Columns that are `left_out` are in the files, and no features; with `takes_missing`, features may lack values.
    `dates` has the words of the validation rows' dates, `profile` what the training channel looks like. `digests` are
    those of each channel that was read: without `validation`, its rows are held out from training. `wanted` are the
    columns, and what they hold.
    """

    training: Table
    validation: Table
    digest: str
    example: pandas.DataFrame
    encoding: Encoding | None = None
    takes_missing: bool = False
    left_out: tuple[str, ...] = ()
    dates: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    profile: Profile = NO_PROFILE
    digests: Mapping[str, str] = field(default_factory=dict)
    wanted: Wanted | None = None

    @property
    def raw_validation(self) -> Table:
        """The validation rows as a saved model takes them: with words, where there are categories."""
        if self.encoding is None:
            return self.validation
        return replace(self.validation, features=self.encoding.decode(self.validation.features, self.dates))


def read(training: Path, validation: Path | None, settings: Hyperparameters) -> Dataset:
    """Read the channels; without a validation channel, hold out a fraction of the training rows.

    Raises:
        TrainingError: naming file, line, column and value of what cannot be trained on.
    """
    return split(read_channels(training, validation, settings), settings)


def split(channels: Channels, settings: Hyperparameters) -> Dataset:
    """The tables to train on and to judge by, filled and encoded.

    Raises:
        TrainingError: as `read`.
    """
    channel, judges, wanted, one_hot = channels.training, channels.validation, channels.wanted, channels.one_hot
    filling = Filling(settings.missing_values, settings.fill_value) if settings.missing_values in FILLS else None
    # Without a word of the settings a model is asked as it was trained.
    takes_missing = channel.lacks_values or settings.missing_values in ("keep", *FILLS)
    left_out = tuple(sorted(wanted.left_out))
    others = judges.files if judges else []
    memory.announce_words(channel.files, others, wanted, settings.n_jobs, one_hot=one_hot, said=channels.said)
    profile = profiles.of(channel.files, wanted, channel.target)
    if judges is None:
        kept, held = hold_out(channel.target, wanted.target, settings, channel.split)
        filled = tables.fill(channel.files, wanted, [kept, held], one_hot, None, filling)
        pairs = zip(filled.frames, (kept, held), strict=True)
        training, validation = (_table(features, channel, rows) for features, rows in pairs)
        judging = filled
    else:
        target = judges.target
        if settings.task == CLASSIFICATION:
            target = labels.same_classes(target, channel.target, wanted.target)
        filled = tables.fill(channel.files, wanted, [None], one_hot, None, filling)
        judging = tables.fill(judges.files, wanted, [None], one_hot, filled.encoding)
        training, validation = _table(filled.frames[0], channel, None), Table(judging.frames[0], target)
    read = {"training": channel} | ({"validation": judges} if judges else {})
    return Dataset(
        training,
        validation,
        _digest([line for each in read.values() for line in each.lines]),
        judging.example,
        filled.encoding,
        takes_missing,
        left_out,
        judging.dates,
        profile,
        {name: _digest(each.lines) for name, each in read.items()},
        wanted,
    )


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _table(features: pandas.DataFrame, channel: Channel, rows: Rows | None) -> Table:
    weights = channel.weights
    if rows is None:
        return Table(features, channel.target, weights)
    return Table(features, channel.target[rows], None if weights is None else weights[rows])
