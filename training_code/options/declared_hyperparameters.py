"""Hyperparameters: each declared once, with its default, its range and what it is."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from options.estimators import CLASSIFICATION, FOREST, REGRESSION
from options.hyperparameter_rules import (
    DATE_PARTS,
    Rule,
    character,
    column_name,
    column_names,
    date_format,
    declared,
    either,
    encoding,
    every_core,
    fraction,
    header,
    number,
    one_of,
    or_none,
    patterns,
    several_of,
    share,
    text_start,
    whole_number,
    words,
    yes_or_no,
)

AUTO = ("auto",)
"""Of `categorical_columns`: those that hold words, but for dates and words that stand in one row only. Of
`date_columns`: those that hold dates or times."""
SPLITS = ("split_by_time", "split_by_group")
"""What decides which rows are held out, where not chance does."""
FILLS = ("mean", "median", "most_frequent", "constant")
"""Of `missing_values`: what a missing number becomes, in the words of scikit-learn's SimpleImputer."""


@dataclass(frozen=True)
class Hyperparameters:
    """What a run can be told about the estimator and its data. The names are scikit-learn's where it has one.

    Those from `n_estimators` to `bootstrap` are the random forest classifier's; `estimator_parameters` has what the
    estimator takes beyond these, or all of what another estimator takes.
    """

    n_estimators: int = declared(100, whole_number(1, 100_000))
    """Trees of the random forest."""
    max_depth: int | None = declared(None, or_none(whole_number(1, 10_000)))
    """Depth of a tree; without one, trees grow until their leaves are pure."""
    criterion: str = declared("gini", one_of("gini", "entropy", "log_loss"))
    """How the quality of a split is measured."""
    max_features: str | int | float | None = declared(
        "sqrt", or_none(either(one_of("sqrt", "log2", "auto"), whole_number(1, 1_000_000), share()))
    )
    """Features that a split looks at; `auto` means `sqrt`, as it did before scikit-learn 1.3."""
    min_samples_split: int | float = declared(2, either(whole_number(2, 1_000_000_000), share()))
    """Rows that a node needs to be split."""
    min_samples_leaf: int | float = declared(1, either(whole_number(1, 1_000_000_000), fraction()))
    """Rows that a leaf has at least."""
    class_weight: str | None = declared(None, or_none(one_of("balanced", "balanced_subsample")))
    """Weights of the classes."""
    bootstrap: bool = declared(True, yes_or_no())
    """Whether each tree grows on a sample of the rows."""
    random_state: int = declared(42, whole_number(0, 2**32 - 1))
    """Seed of the estimator and of the hold-out."""
    n_jobs: int = declared(-1, either(every_core(), whole_number(1, 1024)))
    """Cores."""
    target_column: str = declared("target", column_name())
    """Its name, or without a header its position: `1` the first, `-1` the last. Every other column is a feature."""
    validation_fraction: float = declared(0.2, fraction())
    """Of the training rows, held out when there is no `validation` channel."""
    header: bool = declared(True, header())
    """`none` when the CSV files begin with a row; the columns are then `column_1`, `column_2`, … and may be given by
    position."""
    weight_column: str | None = declared(None, or_none(column_name()))
    """How much each row counts in training (0 or more); in the evaluation every row counts once."""
    feature_columns: tuple[str, ...] | None = declared(None, or_none(patterns()))
    """The columns to learn from; without any, every column but the target and the weight."""
    drop_columns: tuple[str, ...] | None = declared(None, or_none(patterns()))
    """The columns to leave out."""
    categorical_columns: tuple[str, ...] | None = declared(AUTO, or_none(column_names()))
    """Columns that hold words. `auto` finds them out and leaves out dates and identifiers (a word of its own in nearly
    every row), with a line in the log for each; `auto,zip` does, and has `zip` for certain; with `none`, what is no
    number is an error."""
    category_encoding: str | None = declared(None, or_none(one_of("ordinal", "one_hot")))
    """How words become numbers; without one, `ordinal` for trees, else `one_hot`. Saved with the model, which takes raw
    rows. A word that training never saw is -1, or all zeros."""
    date_columns: tuple[str, ...] | None = declared(None, or_none(patterns(auto="every date")))
    """Columns of dates or times that become numbers; saved with the model, which takes the dates as they are written.
    Without any, they are left out, with a line in the log."""
    date_format: str | None = declared(None, or_none(date_format()))
    """How dates are written, where days may be months; without one, it is found out."""
    date_parts: tuple[str, ...] = declared(DATE_PARTS, several_of(*DATE_PARTS))
    """Which numbers: `day_of_week` counts from 0, Monday, `seconds` from 1970, or midnight."""
    partition_columns: bool = declared(False, yes_or_no())
    """`true` makes columns of directories such as `dt=2026-11-26/`."""
    split_by_time: str | None = declared(None, or_none(column_name()))
    """A column, no feature then, whose latest rows are held out; without one, they are chosen by chance, stratified."""
    split_by_group: str | None = declared(None, or_none(column_name()))
    """A column, no feature then, whose groups of rows are held out as a whole."""
    data_checks: str = declared("advise", one_of("advise", "refuse", "off"))
    """What happens when the data has changed since the champion was trained (docs/data-checks.md): `advise` says so in
    the log, on the run and on the version, `refuse` ends the job before it trains."""
    missing_values: str = declared("auto", one_of("auto", "error", "keep", *FILLS))
    """`auto` keeps them where the estimator takes them (random forests and histogram boosting do) and is an error
    otherwise; `keep`, `error`, or what fills them in, saved with the model."""
    fill_value: float = declared(0.0, number(-1e9, 1e9))
    """What `missing_values: constant` fills in."""
    csv_delimiter: str | None = declared(None, or_none(character()))
    """What parts the columns of CSV files; without one, it is found out, and refused where the file does not say it
    with certainty."""
    csv_decimal: str | None = declared(None, or_none(one_of(".", ",")))
    """The decimal mark of CSV files; without one, it is found out."""
    csv_thousands: str | None = declared(None, or_none(character()))
    """What groups the digits of numbers in CSV files; without one, it is found out."""
    csv_encoding: str | None = declared(None, or_none(encoding()))
    """The encoding of CSV files; without one, it is found out."""
    csv_quote: str | None = declared('"', or_none(character()))
    """The quote of CSV files."""
    csv_comment: str | None = declared(None, or_none(text_start()))
    """What a line that is no row begins with."""
    csv_null_values: tuple[str, ...] | None = declared(None, or_none(words()))
    """Words that mean a missing value, beside those of pandas."""
    task: str = declared(CLASSIFICATION, one_of(CLASSIFICATION, REGRESSION))
    """Follows from the estimator, and alone chooses between the two random forests."""
    estimator: str = declared(FOREST, Rule("the dotted name of an estimator", str))  # `estimators.find` judges it
    """Any classifier or regressor of scikit-learn by its dotted name, such as
    `sklearn.ensemble.GradientBoostingRegressor`; its own hyperparameters stand beside it and are checked against it."""
    accelerator: str | None = declared(None, or_none(one_of("intelex")))
    """Set from the setting `accelerator` of the job."""
    partial_fit_epochs: int | None = declared(None, or_none(whole_number(1, 100_000)))
    """Passes over the rows, for an estimator with `partial_fit`, with checkpoints on the way; without them, one
    `fit`."""
    checkpoint_seconds: float = declared(5.0, number(0, 3600))
    """Growing between two checkpoints; in a long run a twentieth of its time, up to 300 s. An interrupted spot job
    grows that much again."""
    system_metrics: bool = declared(False, yes_or_no())
    """Whether CPU, memory, disk and network of the container are logged while the model grows."""
    pictures: bool = declared(True, yes_or_no())
    """Whether pictures are drawn, which takes a second or two; their numbers are written as CSV in any case."""
    estimator_parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the estimator is made with, but for `random_state` and `n_jobs`."""
        own = {name: getattr(self, name) for name in FOREST_PARAMETERS} if self.estimator == FOREST else {}
        return own | self.estimator_parameters

    @property
    def described(self) -> dict[str, Any]:
        """Everything that was chosen, as flat values for a reader: what the estimator has no use for is left out."""
        run = {name: getattr(self, name) for name in RULES if name not in FOREST_PARAMETERS}
        run |= {name: list(value) for name, value in run.items() if isinstance(value, tuple)}
        if self.accelerator is None:
            del run["accelerator"]
        return self.parameters | run


RULES: dict[str, Rule] = {each.name: each.metadata["rule"] for each in fields(Hyperparameters) if each.metadata}
"""Every declared hyperparameter's rule, by name."""
FOREST_PARAMETERS = tuple(RULES)[: tuple(RULES).index("random_state")]
"""Those that have a rule only when the estimator is the random forest classifier."""
