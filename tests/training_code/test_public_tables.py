"""Forty public tables as common programs write them: each trains as it is, or after the one setting that is named."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy
import pandas
import pytest

from data import dataset
from failure import TrainingError
from growing import forest
from judging.evaluation import Evaluation, evaluate
from options.hyperparameters import FILLS, Hyperparameters
from tests.training_code import writers
from tests.training_code.plain_scikit_learn import Plain, in_plain_scikit_learn, settings_of
from tests.training_code.public_tables import TABLES, Public, table
from tests.training_code.small_channels import Channel
from tests.training_code.writers import Writer, duck, pandas_csv

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Case:
    """A table and how it is written. What is `refused` names the settings that `cure` has.

    `plain` is a model that plain scikit-learn makes as well; `any_order`: the writer sorts the rows.
    """

    table: str
    writer: Writer
    plain: Plain | None = None
    refused: str = ""
    cure: dict[str, str] = field(default_factory=dict)
    any_order: bool = False
    more: dict[str, str] = field(default_factory=dict)

    @property
    def public(self) -> Public:
        """The table with what is known of it."""
        return TABLES[self.table]


TREE = Plain("sklearn.tree.DecisionTreeClassifier", {"max_depth": 4})
FOREST = Plain("sklearn.ensemble.RandomForestClassifier", {"n_estimators": 5})
BALANCED = Plain("sklearn.ensemble.RandomForestClassifier", {"n_estimators": 4, "class_weight": "balanced"})
VALUES = Plain("sklearn.ensemble.RandomForestRegressor", {"n_estimators": 5})
EXTRA = Plain("sklearn.ensemble.ExtraTreesClassifier", {"n_estimators": 5}, one_hot=True)
BOOSTED = Plain("sklearn.ensemble.HistGradientBoostingClassifier", {"max_iter": 3, "early_stopping": False})
NEWTON = {"solver": "newton-cholesky"}
LOGISTIC = Plain("sklearn.linear_model.LogisticRegression", NEWTON, one_hot=True)
FILLED = Plain("sklearn.linear_model.LogisticRegression", NEWTON, one_hot=True, fill="median")
BAYES = Plain("sklearn.naive_bayes.GaussianNB", {}, one_hot=True, fill="mean")
RIDGE = Plain("sklearn.linear_model.Ridge", {"alpha": 2.0}, one_hot=True)
NEIGHBOURS = Plain("sklearn.neighbors.KNeighborsRegressor", {"n_neighbors": 3}, one_hot=True)
GRADIENT = Plain("sklearn.ensemble.GradientBoostingRegressor", {"n_estimators": 5})
NO_HEADER = {"header": "none"}
FEW_TREES = {"n_estimators": "3", "n_jobs": "1"}

CASES: dict[str, Case] = {
    "penguins, pandas with its index": Case("penguins", pandas_csv("penguins.csv"), FOREST),
    "penguins, pandas, gzip": Case("penguins", pandas_csv("penguins.csv.gz", index=False), BOOSTED),
    "penguins, pandas for Europe": Case("penguins", pandas_csv("p.csv", index=False, sep=";", decimal=","), FILLED),
    "penguins, pandas, a model that takes no missing values": Case(
        "penguins", pandas_csv("p.csv", index=False), LOGISTIC, "missing_values", {"missing_values": "most_frequent"}
    ),
    "penguins, Parquet of pandas": Case("penguins", writers.pandas_parquet),
    "raw penguins, pandas": Case("raw penguins", pandas_csv("raw.csv", index=False), TREE),
    "cars, Parquet of pandas": Case("cars", writers.pandas_parquet),
    "weather, pandas, bzip2": Case("weather", pandas_csv("weather.csv.bz2", index=False), LOGISTIC),
    "gapminder, pandas, tabs": Case("gapminder", pandas_csv("gapminder.tsv", index=False, sep="\t"), NEIGHBOURS),
    "penguins, write.csv": Case("penguins", writers.r_csv),
    "gapminder, write.csv2": Case("gapminder", writers.r_csv2, VALUES),
    "arrests, write.table with tabs": Case("arrests", writers.r_tabs, BALANCED),
    "riots, write.table": Case("riots", writers.r_table),
    "hearts, write.csv without row names": Case("hearts", writers.r_csv_without_row_names, EXTRA),
    "raw penguins, write.csv2": Case("raw penguins", writers.r_csv2),
    "cars, write.csv": Case("cars", writers.r_csv),
    "heroes, Excel's Unicode text": Case("heroes", writers.excel_unicode_text),
    "penguins, Excel's UTF-8": Case("penguins", writers.excel_utf8, BAYES),
    "cars, Excel's UTF-8": Case("cars", writers.excel_utf8),
    "heroes, a German Excel": Case(
        "heroes", writers.excel_german, None, "csv_encoding", {"csv_encoding": "windows-1252"}
    ),
    "weather, a German Excel": Case("weather", writers.excel_german),
    "electricity, a German Excel that shows thousands": Case(
        "electricity", writers.excel_german_thousands, None, "csv_decimal", {"csv_decimal": ","}
    ),
    "employment, an Excel that shows thousands": Case("employment", writers.excel_thousands),
    "continents, Excel with a mark of its own": Case("continents", writers.excel_own_mark),
    "penguins, Spark": Case("penguins", writers.spark_csv),
    "airports, Spark": Case("airports", writers.spark_csv, more={"feature_columns": "*"}),
    "gapminder, Parquet of Spark": Case("gapminder", writers.spark_parquet, GRADIENT),
    "cars, Parquet of Spark": Case("cars", writers.spark_parquet),
    "arrests, Spark, gzip": Case("arrests", writers.spark_gzip),
    "penguins, DuckDB": Case("penguins", duck("penguins.csv", "FORMAT csv, HEADER")),
    "gapminder, Parquet of DuckDB": Case("gapminder", duck("g.parquet", "FORMAT parquet")),
    "penguins, DuckDB in partitions": Case(
        "penguins",
        duck("rows", "FORMAT csv, PARTITION_BY (island), WRITE_PARTITION_COLUMNS true"),
        any_order=True,
    ),
    "weather, DuckDB, zstd": Case("weather", duck("w.tsv.zst", "FORMAT csv, HEADER, DELIMITER '\t', COMPRESSION zstd")),
    "cars, Parquet of DuckDB, zstd": Case("cars", duck("c.parquet", "FORMAT parquet, COMPRESSION zstd")),
    "penguins, PyArrow": Case("penguins", writers.arrow_csv),
    "continents, PyArrow's types": Case("continents", writers.arrow_types),
    "abalone, PyArrow": Case("abalone", writers.arrow_csv, RIDGE),
    "penguins, a result of Athena": Case("penguins", writers.athena_result),
    "wine, UNLOAD of Athena": Case(
        "wine", writers.athena_unload, None, "header to none", {**NO_HEADER, "target_column": "-1"}
    ),
    "penguins, Hive": Case(
        "penguins",
        writers.hive_text,
        None,
        "csv_delimiter",
        {**NO_HEADER, "csv_delimiter": "\x01", "target_column": "1"},
    ),
}


def read(channel: Channel, case: Case, split: bool = False) -> tuple[dataset.Dataset, Hyperparameters]:
    """The rows of a case, all to learn from and to be judged by, or `split`; what is refused is cured on the way."""
    directory = channel(case.writer(table(case.table)))
    told = case.public.settings | (case.plain.settings if case.plain else FEW_TREES) | case.more
    if split and case.public.dates:
        told["drop_columns"] = ",".join(case.public.dates)
    validation = None if split else directory
    if case.refused:
        with pytest.raises(TrainingError, match=rf"\b{case.refused}\b"):
            dataset.read(directory, validation, settings_of(told))
        told |= case.cure
    return dataset.read(directory, validation, settings_of(told)), settings_of(told)


def values_of(column: pandas.Series[object], kind: object) -> list[object]:
    """Numbers as training has them, words as text, and None for what is missing."""
    if pandas.api.types.is_numeric_dtype(column):
        return [None if numpy.isnan(each) else each for each in column.to_numpy(kind).tolist()]
    return [None if pandas.isna(each) else str(each) for each in column]


def is_better_than_a_constant(verdict: Evaluation) -> bool:
    if verdict.classes:
        return verdict.metrics["validation:balanced_accuracy"] > 1.1 / len(verdict.classes)
    return verdict.metrics["validation:r2"] > 0.1


@pytest.mark.parametrize("name", CASES)
def test_a_public_table_is_learnt_from_as_its_writer_left_it(channel: Channel, name: str) -> None:
    case = CASES[name]
    data, settings = read(channel, case)

    frame, kind = table(case.table), data.training.features.dtypes.iloc[0]
    positions = [f"column_{place}" for place in range(1, len(frame.columns) + 1)]
    called = dict(zip(frame.columns, positions if "header" in case.cure else frame.columns, strict=True))
    features, raw = case.public.features(frame), data.raw_validation.features
    assert [each for each in raw.columns if each not in case.public.dates] == [called[each] for each in features]
    assert set(case.public.names) <= set(data.left_out)
    found = [values_of(raw[called[each]], kind) for each in features] + [data.validation.target.tolist()]
    wanted = [values_of(frame[each], kind) for each in features] + [frame[case.public.target].tolist()]
    if settings.missing_values in FILLS:
        pairs = [list(zip(*each, strict=True)) for each in zip(found, wanted, strict=True)]
        found = [[None if there is None else value for value, there in each] for each in pairs]
    if case.any_order:
        found, wanted = ([sorted(zip(*each, strict=True), key=repr)] for each in (found, wanted))
    assert found == wanted

    verdict = evaluate(forest.grow(settings, data.training), data.validation)
    assert is_better_than_a_constant(verdict)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.plain and not case.refused])
def test_plain_scikit_learn_says_the_same_of_the_same_rows(channel: Channel, name: str) -> None:
    case = CASES[name]
    data, settings = read(channel, case, split=True)
    verdict = evaluate(forest.grow(settings, data.training), data.validation)

    frame = table(case.table)
    assert case.plain is not None
    plain = in_plain_scikit_learn(case.plain, frame, case.public.features(frame), case.public.target)
    assert numpy.array_equal(verdict.said, plain.said)
    assert {name: value for name, value in verdict.metrics.items() if name in plain.metrics} == plain.metrics
