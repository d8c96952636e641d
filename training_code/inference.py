"""Serves the model on SageMaker's scikit-learn image: the four functions its server calls.

Travels inside model.tar.gz as `code/inference.py`, so it imports nothing of ours.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy
import pandas
from numpy.typing import NDArray

Numbers = NDArray[numpy.float32]
CSV, JSON, NPY = "text/csv", "application/json", "application/x-npy"


@dataclass(frozen=True)
class Model:
    """The estimator and the features it was trained on, in order."""

    estimator: Any
    features: tuple[str, ...]


def model_fn(model_dir: str) -> Model:
    """Load the model from the unpacked model.tar.gz."""
    description = json.loads((Path(model_dir) / "model.json").read_text(encoding="utf-8"))
    return Model(joblib.load(Path(model_dir) / "model.joblib"), tuple(description["features"]))


def input_fn(request_body: str | bytes, request_content_type: str) -> Numbers | pandas.DataFrame:
    """A request body as rows: a 2-D array, or a frame when the request names its columns.

    CSV: rows, with or without a header. JSON: rows, one row, or `{"instances": rows}`, where a row is a list of numbers
    or an object of feature to number. NPY: a 1-D or 2-D array.

    Raises:
        ValueError: for another content type, or a body that holds no rows.
    """
    kind = request_content_type.split(";", 1)[0].strip().lower()
    body = request_body.encode() if isinstance(request_body, str) else request_body
    if kind == CSV:
        return _from_csv(body.decode("utf-8-sig"))
    if kind == JSON:
        return _from_json(body)
    if kind == NPY:
        return numpy.atleast_2d(numpy.load(io.BytesIO(body), allow_pickle=False))
    raise ValueError(f"content type {request_content_type!r} is not read here; send {CSV}, {JSON} or {NPY}")


def predict_fn(input_data: Numbers | pandas.DataFrame, model: Model) -> dict[str, Any]:
    """Class and probability of each class for each row: `labels`, `classes`, `probabilities` (rows x classes).

    Raises:
        ValueError: when the rows have other features than the model.
    """
    rows = _with_features(input_data, model.features)
    probabilities = model.estimator.predict_proba(rows)
    labels = model.estimator.classes_.take(numpy.argmax(probabilities, axis=1), axis=0)
    return {
        "labels": labels.tolist(),
        "classes": model.estimator.classes_.tolist(),
        "probabilities": probabilities.tolist(),
    }


def output_fn(prediction: dict[str, Any], accept: str) -> tuple[str, str]:
    """The answer and its content type.

    JSON: `{"predictions": [{"label": ..., "probabilities": {class: number}}]}`. CSV: the label, then the probability of
    each class in the classes' order, without a header.

    Raises:
        ValueError: when neither is accepted.
    """
    kinds = [each.split(";", 1)[0].strip().lower() for each in (accept or "*/*").split(",")]
    rows = list(zip(prediction["labels"], prediction["probabilities"], strict=True))
    names = [str(each) for each in prediction["classes"]]
    for kind in kinds:
        if kind in (JSON, "application/*", "*/*"):
            answer = [{"label": label, "probabilities": dict(zip(names, row, strict=True))} for label, row in rows]
            return json.dumps({"predictions": answer}), JSON
        if kind in (CSV, "text/*"):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([label, *row] for label, row in rows)
            return text.getvalue(), CSV
    raise ValueError(f"accept {accept!r} is not written here; accept {JSON} or {CSV}")


def _from_csv(text: str) -> Numbers | pandas.DataFrame:
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    if not rows:
        raise ValueError("the request body holds no rows; send at least one")
    if all(_is_number(field) for field in rows[0]):
        return _numbers(rows)
    if len(rows) == 1:
        raise ValueError("the request body holds a header and no rows; send at least one row of numbers")
    return pandas.DataFrame(_numbers(rows[1:]), columns=rows[0])


def _from_json(body: bytes) -> Numbers | pandas.DataFrame:
    try:
        content = json.loads(body)
    except ValueError as error:
        raise ValueError(f"the request body is not JSON: {error}") from None
    if isinstance(content, dict) and "instances" in content:
        content = content["instances"]
    rows = content if isinstance(content, list) and content and isinstance(content[0], list | dict) else [content]
    if rows == [[]] or not rows:
        raise ValueError("the request body holds no rows; send at least one")
    if all(isinstance(row, dict) for row in rows):
        return pandas.DataFrame(rows)
    return _numbers(rows)


def _numbers(rows: list[Any]) -> Numbers:
    if any(not isinstance(row, list) or len(row) != len(rows[0]) for row in rows):
        raise ValueError("the rows are not lists of the same length; give each row one number for each feature")
    try:
        return numpy.asarray(rows, dtype=numpy.float32)
    except (TypeError, ValueError):
        raise ValueError("the rows hold something other than numbers; features are numbers") from None


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _with_features(rows: Numbers | pandas.DataFrame, features: tuple[str, ...]) -> pandas.DataFrame:
    if isinstance(rows, pandas.DataFrame):
        missing = [name for name in features if name not in rows.columns]
        if missing:
            raise ValueError(f"the rows lack the features {', '.join(map(repr, missing[:10]))}; send every feature")
        unknown = [str(name) for name in rows.columns if name not in features]
        if unknown:
            raise ValueError(f"the rows have unknown features {', '.join(map(repr, unknown[:10]))}; leave them out")
        rows = rows.loc[:, list(features)].to_numpy()
    elif rows.ndim != 2 or rows.shape[1] != len(features):
        shape = " x ".join(map(str, rows.shape))
        raise ValueError(f"the rows have the shape {shape}, the model takes rows x {len(features)} features")
    try:
        numbers = numpy.asarray(rows, dtype=numpy.float32)
    except (TypeError, ValueError):
        raise ValueError("the rows hold something other than numbers; features are numbers") from None
    if not numpy.isfinite(numbers).all():
        raise ValueError("the rows hold missing or infinite numbers; the model was trained without them")
    return pandas.DataFrame(numbers, columns=list(features))
