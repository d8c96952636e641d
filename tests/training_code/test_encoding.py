from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import joblib
import numpy
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import inference
from data import dataset, encoding
from data.encoding import Encoding
from growing import forest
from judging import evaluation
from models import model_files
from options.hyperparameters import Hyperparameters, parse

Channel = Callable[..., Path]

FLIGHTS = "carrier,distance,origin,target\n" + "".join(
    f"{'UA' if i % 3 else 'DL'},{i * 7 % 50},{('JFK', 'LGA', 'EWR')[i % 3]},{int(i * 7 % 50 > 25)}\n" for i in range(60)
)


def chosen(*arguments: str) -> Hyperparameters:
    settings, _, problems = parse(["--n_estimators", "5", "--n_jobs", "1", *arguments])
    assert problems == []
    return settings


def raw_frame(data: dataset.Dataset, directory: Path) -> pandas.DataFrame:
    return pandas.read_csv(next(directory.iterdir()))[list(data.example.columns)]


@pytest.mark.parametrize("how", ["ordinal", "one_hot"])
@pytest.mark.parametrize("columns", ["carrier,origin", "auto", "carrier"])
def test_the_saved_encoding_makes_of_raw_rows_what_was_trained_on(channel: Channel, how: str, columns: str) -> None:
    text = FLIGHTS if columns != "carrier" else FLIGHTS.replace("JFK", "1").replace("LGA", "2").replace("EWR", "3")
    directory = channel({"x.csv": text})
    data = dataset.read(directory, directory, chosen("--categorical_columns", columns, "--category_encoding", how))
    assert data.encoding is not None
    made = data.encoding.steps()[0].transform(raw_frame(data, directory))
    assert list(made.columns) == list(data.training.features.columns)
    assert numpy.array_equal(made.to_numpy(dtype="float32"), data.training.features.to_numpy())


@pytest.mark.parametrize("how", ["ordinal", "one_hot"])
@pytest.mark.parametrize("columns", ["carrier,origin", "origin", "carrier"])
def test_raw_rows_can_be_had_back_from_encoded_ones(channel: Channel, how: str, columns: str) -> None:
    text = FLIGHTS
    if columns == "origin":
        text = text.replace("UA", "1").replace("DL", "2")
    elif columns == "carrier":
        text = text.replace("JFK", "1").replace("LGA", "2").replace("EWR", "3")
    directory = channel({"x.csv": text})
    data = dataset.read(directory, directory, chosen("--categorical_columns", columns, "--category_encoding", how))
    raw = data.raw_validation
    pandas.testing.assert_frame_equal(
        raw.features, raw_frame(data, directory), check_dtype=False, check_column_type=False
    )
    assert raw.target is data.validation.target


@pytest.mark.parametrize("how", ["ordinal", "one_hot"])
def test_a_missing_word_comes_back_missing_and_an_unknown_one_as_unknown(channel: Channel, how: str) -> None:
    training = channel({"x.csv": "n,a,target\n1,x,0\n2,,1\n3,y,1\n"})
    validation = channel({"v.csv": "n,a,target\n4,,0\n5,z,1\n6,y,1\n"}, "validation")
    arguments = ["--categorical_columns", "a", "--category_encoding", how, "--missing_values", "keep"]
    data = dataset.read(training, validation, chosen(*arguments))
    raw = data.raw_validation.features
    assert list(raw.columns) == ["n", "a"]
    assert raw["n"].tolist() == [4, 5, 6]
    assert raw["a"].isna().tolist() == [True, False, False]
    assert raw["a"].tolist()[1:] == [encoding.UNKNOWN, "y"]


def test_rows_without_categories_are_raw_already(channel: Channel) -> None:
    data = dataset.read(channel({"x.csv": "a,target\n" + "1,0\n2,1\n" * 9}), None, chosen())
    assert data.raw_validation is data.validation


def test_words_are_numbered_in_their_order_and_columns_keep_theirs(channel: Channel) -> None:
    directory = channel({"x.csv": "b,a,target\nx,1,0\nw,2,1\nx,3,1\n"})
    data = dataset.read(directory, directory, chosen("--categorical_columns", "b"))
    assert list(data.training.features.columns) == ["b", "a"]
    assert data.training.features.to_numpy().tolist() == [[1, 1], [0, 2], [1, 3]]
    assert data.example.to_dict("list") == {"b": ["x", "w", "x"], "a": [1.0, 2.0, 3.0]}


def test_numbers_alone_need_no_encoding(channel: Channel) -> None:
    directory = channel({"x.csv": "a,b,target\n1,2,0\n3,4,1\n"})
    data = dataset.read(directory, directory, chosen("--categorical_columns", "auto"))
    assert data.encoding is None
    bare = forest.grow(chosen(), data.training)
    assert encoding.whole(bare, data.encoding) is bare


def test_a_word_that_training_never_saw_is_no_word_at_all(channel: Channel) -> None:
    training = channel({"x.csv": "a,target\nx,0\ny,1\n"})
    validation = channel({"v.csv": "a,target\nz,0\nx,1\n"}, "validation")
    ordinal = dataset.read(training, validation, chosen("--categorical_columns", "a"))
    assert ordinal.validation.features.to_numpy().tolist() == [[-1.0], [0.0]]
    one_hot = dataset.read(training, validation, chosen("--categorical_columns", "a", "--category_encoding", "one_hot"))
    assert one_hot.validation.features.to_numpy().tolist() == [[0.0, 0.0], [1.0, 0.0]]


def test_only_the_training_rows_say_which_words_there_are(channel: Channel) -> None:
    data = dataset.read(channel({"x.csv": FLIGHTS}), None, chosen("--categorical_columns", "auto"))
    assert data.encoding is not None
    assert data.encoding.categories == {"carrier": ("DL", "UA"), "origin": ("EWR", "JFK", "LGA")}


words = st.lists(st.sampled_from(["a", "b", "ß", "10", "2", "x y", ""]), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(training=words, later=words, one_hot=st.booleans())
@pytest.mark.slow
def test_whatever_the_words_both_ways_of_encoding_agree(training: list[str], later: list[str], one_hot: bool) -> None:
    def coded(values: list[str]) -> tuple[numpy.ndarray, list[str]]:
        known = [*dict.fromkeys(value for value in values if value)]
        return numpy.array([known.index(value) if value else -1 for value in values]), known

    codes, known = coded(training)
    made = Encoding(("c", "n"), {"c": encoding.known_words(codes, known)}, one_hot, 32)
    for values in (training, later):
        codes, known = coded(values)
        columns = made.encode("c", encoding.places(codes, known, made.categories["c"]))
        raw = pandas.DataFrame({"c": [value or numpy.nan for value in values], "n": 0.5}).astype({"c": object})
        expected = made.steps()[0].transform(raw)
        ours = numpy.column_stack([*columns, numpy.full(len(values), 0.5)]).astype("float32")
        assert numpy.array_equal(ours, expected.to_numpy(dtype="float32"), equal_nan=True)
        assert list(expected.columns) == made.names


@pytest.mark.parametrize("missing", ["error", "keep"])
@pytest.mark.parametrize("how", ["ordinal", "one_hot"])
@pytest.mark.parametrize(
    "estimator", ["sklearn.ensemble.RandomForestClassifier", "sklearn.ensemble.HistGradientBoostingClassifier"]
)
@pytest.mark.slow
def test_a_saved_pipeline_serves_raw_rows(
    channel: Channel, tmp_path: Path, missing: str, how: str, estimator: str
) -> None:
    import skops.io

    settings, _, problems = parse(
        [
            "--categorical_columns",
            "auto",
            "--missing_values",
            missing,
            "--category_encoding",
            how,
            "--estimator",
            estimator,
        ]
    )
    assert problems == []
    text = FLIGHTS if missing == "error" else FLIGHTS + ",,LGA,0\nUA,3,,1\n,4,JFK,1\n" * 3
    directory = channel({"x.csv": text})
    data = dataset.read(directory, directory, settings)
    grown = forest.grow(settings, data.training)
    expected = grown.predict_proba(data.training.features)
    verdict = evaluation.evaluate(grown, data.validation)
    description = model_files.describe(
        grown, settings, data, verdict, code_digest="", training_job_name="j", run_id="r"
    )
    model = encoding.whole(grown, data.encoding)
    model_files.save(tmp_path / "model", model, description)
    served = inference.model_fn(str(tmp_path / "model"))
    body = "\n".join(line.rpartition(",")[0] for line in text.splitlines())
    for content in (body, body.partition("\n")[2]):
        answer = inference.predict_fn(inference.input_fn(content, "text/csv"), served)
        assert numpy.array_equal(answer["probabilities"], expected)
    rows = [dict(zip(["carrier", "distance", "origin"], line.split(","), strict=True)) for line in body.split("\n")[1:]]
    answer = inference.predict_fn(inference.input_fn(str(rows).replace("'", '"'), "application/json"), served)
    assert numpy.array_equal(answer["probabilities"], expected)
    reloaded = skops.io.loads(skops.io.dumps(model), trusted=list(model_files.TRUSTED_TYPES))
    frame = data.example.iloc[:0].reindex(range(len(rows)))
    for name in frame.columns:
        values = [row[name] or numpy.nan for row in rows]
        frame[name] = numpy.array(values, dtype="float32" if name == "distance" else object)
    assert numpy.array_equal(reloaded.predict_proba(frame), expected)
    assert numpy.array_equal(joblib.load(tmp_path / "model/model.joblib").predict_proba(frame), expected)
