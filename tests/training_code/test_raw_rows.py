"""The saved model takes raw rows of the table that it was trained on, and says of them what it said in training."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy
import pandas
import pytest
from numpy.typing import NDArray

import inference
from data import csv_dialect, dataset, encoding
from endpoint.model import Model
from endpoint.request_body import CSV, JSON
from growing import forest
from judging.evaluation import evaluate
from models import model_files
from tests.training_code import writers
from tests.training_code.plain_scikit_learn import settings_of
from tests.training_code.public_tables import TABLES, table
from tests.training_code.small_channels import Channel
from tests.training_code.tracked import MARKS

pytestmark = MARKS

FOREST = {"n_estimators": "4", "n_jobs": "1"}
ONE_HOT = FOREST | {"category_encoding": "one_hot"}
RIDGE = {"estimator": "sklearn.linear_model.RidgeClassifier", "missing_values": "median"}


class Saved:
    """A model of all rows of a public table, saved as a training job saves it, and what it said in training."""

    def __init__(self, channel: Channel, name: str, files: Mapping[str, bytes], **told: str) -> None:
        public, self.directory = TABLES[name], channel(files, f"{name} {len(told)}")
        settings = settings_of(public.settings | {"drop_columns": "none"} | told)
        data = dataset.read(self.directory, self.directory, settings)
        grown = forest.grow(settings, data.training)
        self.verdict = evaluate(grown, data.validation)
        self.description = model_files.describe(
            grown, settings, data, self.verdict, code_digest="", training_job_name="j", run_id="r"
        )
        self.estimator, self.example = encoding.whole(grown, data.encoding), data.example
        self.model_directory = self.directory.with_name(f"{self.directory.name} model")
        model_files.save(self.model_directory, self.estimator, self.description)
        self.features: list[str] = list(data.example.columns)
        self.said = self.verdict.said

    def served(self, body: str, kind: str = CSV) -> NDArray[Any]:
        """What the endpoint answers."""
        model = inference.model_fn(str(self.model_directory))
        answer = inference.predict_fn(inference.input_fn(body, kind), model)
        return numpy.array(answer.get("probabilities", answer["labels"]))


@pytest.fixture
def save(channel: Channel) -> Callable[..., Saved]:
    """A maker of saved models: a table, the settings of the run, and the writer of its files, R's `write.csv`."""

    def make(name: str, writer: writers.Writer = writers.r_csv_without_row_names, **told: str) -> Saved:
        return Saved(channel, name, writer(table(name)), **told)

    return make


def body(rows: pandas.DataFrame, **how: object) -> str:
    """Rows as R writes them: NA where a value is missing."""
    return writers.text(rows, missing="NA", **how)


def objects(rows: pandas.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them, null where a value is missing."""
    return [
        {name: None if pandas.isna(value) else value for name, value in row.items()}
        for row in rows.astype(object).to_dict("records")
    ]


@pytest.mark.parametrize("told", [FOREST, ONE_HOT, RIDGE], ids=["ordinal", "one_hot", "filled"])
@pytest.mark.parametrize("name", ["penguins", "arrests", "heroes", "raw penguins"])
def test_raw_rows_get_the_predictions_of_training_in_every_form(
    save: Callable[..., Saved], name: str, told: dict[str, str]
) -> None:
    if dates := TABLES[name].dates:
        told = told | {"drop_columns": ",".join(dates)}
    saved, rows = save(name, **told), table(name)
    rows = rows[saved.features]

    assert numpy.array_equal(saved.served(body(rows)), saved.said)
    assert numpy.array_equal(saved.served(body(rows, header=False)), saved.said)
    assert numpy.array_equal(saved.served(body(rows[saved.features[::-1]])), saved.said)
    assert numpy.array_equal(saved.served(json.dumps(objects(rows)), JSON), saved.said)
    assert numpy.array_equal(
        saved.served(json.dumps([list(each.values()) for each in objects(rows)]), JSON), saved.said
    )


def test_columns_that_training_left_out_may_be_sent(save: Callable[..., Saved]) -> None:
    saved = save("heroes", **FOREST)
    rows = table("heroes").drop(columns="role")
    assert "name" in rows.columns
    assert numpy.array_equal(saved.served(body(rows)), saved.said)


def test_words_that_a_setting_calls_missing_are_missing_in_requests(save: Callable[..., Saved]) -> None:
    def dashes(frame: pandas.DataFrame) -> writers.Files:
        return {"a.csv": writers.text(frame, missing="--").encode()}

    saved = save("penguins", dashes, csv_null_values="--", **FOREST)
    rows = table("penguins")[saved.features]
    assert numpy.array_equal(saved.served(writers.text(rows, missing="--")), saved.said)
    assert numpy.array_equal(saved.served(body(rows)), saved.said)


def test_a_word_for_missing_is_a_category_where_training_saw_it_as_one(channel: Channel) -> None:
    countries = table("penguins").assign(island=lambda frame: frame["island"].replace("Dream", "NA"))
    saved = Saved(channel, "penguins", writers.pandas_parquet(countries), **FOREST)
    assert numpy.array_equal(saved.served(writers.text(countries[saved.features])), saved.said)


@pytest.mark.parametrize("told", [FOREST, ONE_HOT], ids=["ordinal", "one_hot"])
def test_a_new_category_is_none_of_the_known_ones(save: Callable[..., Saved], told: dict[str, str]) -> None:
    saved = save("penguins", **told)
    rows = table("penguins")[saved.features].assign(island="Deception")
    encoded = saved.estimator[:-1].transform(rows)
    places = [name for name in encoded.columns if name.startswith("island")]
    assert numpy.array_equal(encoded[places].to_numpy(), numpy.full((len(rows), len(places)), -(len(places) == 1)))
    assert numpy.array_equal(saved.served(body(rows)), saved.estimator[-1].predict_proba(encoded))


def test_an_object_may_leave_out_what_is_missing(save: Callable[..., Saved]) -> None:
    saved = save("penguins", **FOREST)
    rows = objects(table("penguins")[saved.features])
    short = [{name: value for name, value in row.items() if value is not None} for row in rows]
    assert numpy.array_equal(saved.served(json.dumps(short), JSON), saved.said)
    lacking = next(place for place, row in enumerate(short) if len(row) < len(saved.features))
    assert numpy.array_equal(saved.served(json.dumps(short[lacking]), JSON), saved.said[[lacking]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.drop(columns="sex"), "the rows lack the features 'sex'; send every feature"),
        (
            lambda rows: rows.rename(columns={"sex": "Sex"}),
            "the rows lack the features 'sex'; send every feature",
        ),
        (lambda rows: rows.assign(species="Adelie"), "the rows have unknown features 'species'; leave them out"),
        (
            lambda rows: pandas.concat([rows, rows[["sex"]]], axis="columns"),
            "the rows name 'sex' more than once; send each feature once",
        ),
        (
            lambda rows: rows.assign(year="last"),
            "feature 'year' holds 'last'; the model takes a number there",
        ),
    ],
)
def test_a_table_with_other_columns_is_refused(
    save: Callable[..., Saved], change: Callable[[pandas.DataFrame], pandas.DataFrame], message: str
) -> None:
    saved = save("penguins", **FOREST)
    with pytest.raises(ValueError) as caught:
        saved.served(body(change(table("penguins")[saved.features])))
    assert str(caught.value) == message


def test_an_object_without_any_feature_is_refused(save: Callable[..., Saved]) -> None:
    with pytest.raises(ValueError, match=r"^the rows lack the features 'island', "):
        save("penguins", **FOREST).served("[{}]", JSON)


def test_a_missing_value_is_refused_by_a_model_that_never_saw_one(save: Callable[..., Saved]) -> None:
    saved = save("arrests", **FOREST)
    rows = table("arrests")[saved.features].head(3)
    for column in ("colour", "age"):
        lacking = rows.astype(object)
        lacking.loc[1, column] = None
        with pytest.raises(ValueError) as caught:
            saved.served(body(lacking))
        assert str(caught.value) == (
            f"feature {column!r} holds missing or infinite values; the model was trained without them"
        )


@pytest.mark.parametrize("spelling", ["{}", "{}.0"])
def test_a_whole_number_as_a_category_is_known_however_it_is_spelled(channel: Channel, spelling: str) -> None:
    frame = table("penguins").assign(year=lambda rows: [spelling.format(each) for each in rows["year"]])
    files = {"a.csv": writers.text(frame).encode()}
    saved = Saved(channel, "penguins", files, categorical_columns="year,island,sex", **FOREST)
    rows = table("penguins")[saved.features]
    assert numpy.array_equal(saved.served(body(rows)), saved.said)
    assert numpy.array_equal(saved.served(body(rows.assign(year=rows["year"].map("{}.0".format)))), saved.said)
    assert numpy.array_equal(saved.served(json.dumps(objects(rows.astype({"year": float}))), JSON), saved.said)


def test_the_words_for_missing_values_travel_with_the_model(save: Callable[..., Saved]) -> None:
    model = inference.model_fn(str(save("penguins", **FOREST).model_directory))
    assert model.missing_words == set(csv_dialect.MISSING_WORDS)
    assert model.words == {"island": {"Biscoe", "Dream", "Torgersen"}, "sex": {"female", "male"}}
    assert isinstance(model, Model)


def test_the_pickled_model_takes_raw_rows_in_any_order_of_columns(save: Callable[..., Saved]) -> None:
    saved = save("penguins", **FOREST)
    loaded = joblib.load(saved.model_directory / "model.joblib")
    rows = table("penguins")
    assert numpy.array_equal(loaded.predict_proba(rows[saved.features]), saved.said)
    assert numpy.array_equal(loaded.predict_proba(rows[saved.features[::-1]]), saved.said)
    with pytest.raises(ValueError, match=r"^columns are missing: \{'sex'\}$"):
        loaded.predict_proba(rows[saved.features].drop(columns="sex"))


def test_the_registered_model_takes_raw_rows(save: Callable[..., Saved], tmp_path: Path) -> None:
    import mlflow

    from tracking import record

    saved = save("penguins", **FOREST)
    record.save_model(tmp_path / "record", saved.estimator, saved.description, saved.example)
    path = str(tmp_path / "record" / "model")
    rows = table("penguins")[saved.features]

    assert numpy.array_equal(mlflow.sklearn.load_model(path).predict_proba(rows), saved.said)
    labels = numpy.array(saved.estimator.classes_)[saved.said.argmax(axis=1)]
    function, floating = mlflow.pyfunc.load_model(path), rows.astype({"year": "float64"})
    assert numpy.array_equal(function.predict(floating), labels)
    assert numpy.array_equal(function.predict(floating[saved.features[::-1]]), labels)
    strange = floating.assign(island="Deception")
    assert numpy.array_equal(function.predict(strange), saved.estimator.predict(strange))
    assert saved.example["sex"].isna().any()
    for column in ("year", "sex"):
        with pytest.raises(mlflow.MlflowException, match=rf"missing inputs \['{column}'\]"):
            function.predict(floating.drop(columns=column))
    with pytest.raises(mlflow.MlflowException, match=r"column year\. Can not safely convert int64 to float64"):
        function.predict(rows)
