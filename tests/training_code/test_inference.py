from __future__ import annotations

import io
import json
from pathlib import Path

import joblib
import numpy
import pandas
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge, RidgeClassifier

import inference
from endpoint.model import Model
from endpoint.request_body import CSV, JSON, NPY

ROWS = [[1.0, 20.0], [30.0, 4.0]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    directory = tmp_path_factory.mktemp("model")
    frame = pandas.DataFrame({"b": [1, 2, 30, 40], "a": [20, 10, 4, 3]}, dtype="float32")
    forest = RandomForestClassifier(n_estimators=9, random_state=0, n_jobs=1).fit(frame, ["no", "no", "yes", "yes"])
    joblib.dump(forest, directory / "model.joblib")
    (directory / "model.json").write_text(json.dumps({"features": ["b", "a"]}))
    return inference.model_fn(str(directory))


def npy(rows: object) -> bytes:
    buffer = io.BytesIO()
    numpy.save(buffer, numpy.asarray(rows))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("1,20\n30,4\n", CSV),
        (b"1,20\n30,4", "text/csv; charset=utf-8"),
        ("b,a\n1,20\n30,4\n", CSV),
        ("a,b\n20,1\n4,30\n", CSV),
        (json.dumps(ROWS), JSON),
        (json.dumps({"instances": ROWS}), JSON),
        (json.dumps([{"a": 20, "b": 1}, {"b": 30, "a": 4}]), JSON),
        (npy(ROWS), NPY),
    ],
)
def test_every_way_to_send_rows_gives_the_same_prediction(model: Model, body: str | bytes, content_type: str) -> None:
    prediction = inference.predict_fn(inference.input_fn(body, content_type), model)
    frame = pandas.DataFrame(ROWS, columns=["b", "a"])
    assert prediction["labels"] == ["no", "yes"]
    assert prediction["classes"] == ["no", "yes"]
    assert prediction["probabilities"] == model.estimator.predict_proba(frame).tolist()


@pytest.mark.parametrize(
    ("body", "content_type"), [("[1, 20]", JSON), ('{"a": 20, "b": 1}', JSON), (npy([1.0, 20.0]), NPY), ("1,20", CSV)]
)
def test_one_row_needs_no_list_around_it(model: Model, body: str | bytes, content_type: str) -> None:
    assert inference.predict_fn(inference.input_fn(body, content_type), model)["labels"] == ["no"]


PREDICTION = {"labels": [0, 1], "classes": [0, 1], "probabilities": [[0.75, 0.25], [0.1, 0.9]]}


@pytest.mark.parametrize("accept", [JSON, "*/*", "", "application/json; charset=utf-8", "image/png, application/json"])
def test_json_answers_name_the_probabilities(accept: str) -> None:
    body, content_type = inference.output_fn(PREDICTION, accept)
    assert content_type == JSON
    assert json.loads(body) == {
        "predictions": [
            {"label": 0, "probabilities": {"0": 0.75, "1": 0.25}},
            {"label": 1, "probabilities": {"0": 0.1, "1": 0.9}},
        ]
    }


def test_csv_answers_have_the_label_first() -> None:
    assert inference.output_fn(PREDICTION, CSV) == ("0,0.75,0.25\n1,0.1,0.9\n", CSV)


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (
            "<a/>",
            "text/xml",
            "content type 'text/xml' is not read here; send text/csv, application/json or application/x-npy",
        ),
        ("", CSV, "the request body holds no rows; send at least one"),
        ("1,2\n3\n", CSV, "the rows are not lists of the same length; give each row one value for each feature"),
        ("[]", JSON, "the request body holds no rows; send at least one"),
        ('{"instances": []}', JSON, "the request body holds no rows; send at least one"),
        (
            "{",
            JSON,
            "the request body is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        ('"text"', JSON, "the rows are not lists of the same length; give each row one value for each feature"),
    ],
)
def test_a_body_that_cannot_be_read_is_reported(body: str, content_type: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        inference.input_fn(body, content_type)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("b,a\n", "the request body holds a header and no rows; send at least one row"),
        ("1,2\n3,x\n", "feature 'a' holds 'x'; the model takes a number there"),
        ("[[1, 2, 3]]", "the rows have the shape 1 x 3, the model takes rows x 2 features"),
        ('[{"b": 1}]', "the rows lack the features 'a'; send every feature"),
        ('[{"b": 1, "a": 2, "c": 3}]', "the rows have unknown features 'c'; leave them out"),
        ('[{"b": 1, "a": "x"}]', "feature 'a' holds 'x'; the model takes a number there"),
        (
            '[{"b": 1, "a": 2}, {"b": 1}]',
            "feature 'a' holds missing or infinite values; the model was trained without them",
        ),
        ("[[1, NaN]]", "feature 'a' holds missing or infinite values; the model was trained without them"),
    ],
)
def test_rows_that_do_not_fit_the_model_are_reported(model: Model, body: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        inference.predict_fn(inference.input_fn(body, CSV if body.endswith("\n") else JSON), model)
    assert str(caught.value) == message


def test_a_regressor_answers_with_values() -> None:
    regressor = Ridge(alpha=1e-9).fit(pandas.DataFrame({"b": [0.0, 1.0], "a": [0.0, 0.0]}), [1.0, 3.0])
    prediction = inference.predict_fn(inference.input_fn("[[0.5, 0]]", JSON), Model(regressor, ("b", "a")))
    assert prediction == {"values": [pytest.approx(2)]}
    assert inference.output_fn({"values": [2.0, 3.5]}, JSON)[0] == '{"predictions": [{"value": 2.0}, {"value": 3.5}]}'
    assert inference.output_fn({"values": [2.0, 3.5]}, CSV)[0] == "2.0\n3.5\n"


def test_a_classifier_without_probabilities_answers_with_labels() -> None:
    fitted = RidgeClassifier().fit(pandas.DataFrame({"b": [0, 1], "a": [0, 0]}, dtype="float32"), ["no", "yes"])
    prediction = inference.predict_fn(inference.input_fn("1,0\n0,0\n", CSV), Model(fitted, ("b", "a")))
    assert prediction == {"labels": ["yes", "no"], "classes": ["no", "yes"]}
    assert inference.output_fn(prediction, JSON)[0] == '{"predictions": [{"label": "yes"}, {"label": "no"}]}'
    assert inference.output_fn(prediction, CSV)[0] == "yes\nno\n"


def test_an_answer_nobody_accepts_is_reported() -> None:
    with pytest.raises(ValueError) as caught:
        inference.output_fn(PREDICTION, "image/png")
    assert str(caught.value) == "accept 'image/png' is not written here; accept application/json or text/csv"


def test_a_pickled_array_is_refused() -> None:
    buffer = io.BytesIO()
    numpy.save(buffer, numpy.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        inference.input_fn(buffer.getvalue(), NPY)


def test_inference_imports_nothing_of_ours_but_what_travels_with_it() -> None:
    beside = Path(inference.__file__).parent
    siblings = {path.relative_to(beside).with_suffix("").parts[0] for path in beside.rglob("*.py")}
    words = {
        line.split()[1].split(".")[0]
        for file in (Path(inference.__file__), *(beside / "endpoint").glob("*.py"))
        for line in file.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert words & siblings == {"endpoint"}
