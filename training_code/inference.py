"""Serves the model on SageMaker's scikit-learn image: the four functions its server calls.

Travels in model.tar.gz as `code/inference.py`, with the room `endpoint` beside it, and imports nothing else of ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy

from endpoint.answer import encode
from endpoint.features import with_features
from endpoint.model import Model, load
from endpoint.request_body import Rows, rows_of


def model_fn(model_dir: str) -> Model:
    """Load the model from the unpacked model.tar.gz."""
    return load(Path(model_dir))


def input_fn(request_body: str | bytes, request_content_type: str) -> Rows:
    """A request body as rows: a 2-D array (of text for CSV), or a frame when the request names its columns.

    CSV: rows, with or without a header. JSON: rows, one row, or `{"instances": rows}`, where a row is a list of values
    or an object of feature to value. NPY: a 1-D or 2-D array.

    Raises:
        ValueError: for another content type, or a body that holds no rows.
    """
    body = request_body.encode() if isinstance(request_body, str) else request_body
    return rows_of(body, request_content_type)


def predict_fn(input_data: Rows, model: Model) -> dict[str, Any]:
    """What the model makes of each row.

    A classifier: `labels`, `classes`, and `probabilities` (rows x classes) where it has them; a regressor: `values`.

    Raises:
        ValueError: when the rows have other features than the model.
    """
    rows = with_features(input_data, model)
    classes = getattr(model.estimator, "classes_", None)
    if classes is None:
        return {"values": numpy.ravel(model.estimator.predict(rows)).tolist()}
    if not hasattr(model.estimator, "predict_proba"):
        return {"labels": model.estimator.predict(rows).tolist(), "classes": classes.tolist()}
    probabilities = model.estimator.predict_proba(rows)
    labels = classes.take(numpy.argmax(probabilities, axis=1), axis=0)
    return {"labels": labels.tolist(), "classes": classes.tolist(), "probabilities": probabilities.tolist()}


def output_fn(prediction: dict[str, Any], accept: str) -> tuple[str, str]:
    """The answer and its content type.

    JSON: `{"predictions": [{"label": ..., "probabilities": {class: number}}]}`, for a regression `[{"value": ...}]`.
    CSV: the label, then the probability of each class in the classes' order, or the value; without a header.

    Raises:
        ValueError: when neither is accepted.
    """
    return encode(prediction, accept)
