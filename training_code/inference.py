"""Serves the model on SageMaker's scikit-learn image: the four functions its server calls.

Travels inside model.tar.gz as `code/inference.py`, so it imports nothing of ours.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import joblib
import numpy
import pandas
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[Any] | pandas.DataFrame
_TRUTH = dict.fromkeys(("true", "True", "TRUE"), 1.0) | dict.fromkeys(("false", "False", "FALSE"), 0.0)
"""Words that training read as numbers."""
CSV, JSON, NPY = "text/csv", "application/json", "application/x-npy"


@dataclass(frozen=True)
class Model:
    """The estimator and the features it was trained on, in order: which hold words or dates, how numbers were read.

    `words` are those that training saw in each category; `missing_words` meant a missing value in its files.
    """

    estimator: Any
    features: tuple[str, ...]
    categories: frozenset[str] = frozenset()
    feature_type: str = "float32"
    takes_missing: bool = False
    left_out: frozenset[str] = frozenset()
    dates: Mapping[str, str] = field(default_factory=dict)
    missing_words: frozenset[str] = frozenset([""])
    words: dict[str, frozenset[str]] = field(default_factory=dict)


def model_fn(model_dir: str) -> Model:
    """Load the model from the unpacked model.tar.gz."""
    told = json.loads((Path(model_dir) / "model.json").read_text(encoding="utf-8"))
    estimator = joblib.load(Path(model_dir) / "model.joblib")
    return Model(
        estimator,
        tuple(told["features"]),
        frozenset(told.get("categories", ())),
        told.get("feature_type", "float32"),
        told.get("takes_missing", False),
        frozenset(told.get("left_out", ())),
        told.get("dates", {}),
        frozenset(["", *told.get("missing_words", ())]),
        _words_of(estimator),
    )


def _words_of(estimator: object) -> dict[str, frozenset[str]]:
    """The words of each category, from the encoder that stands before the estimator, if there is one."""
    encoder = getattr(estimator, "steps", [("", None)])[0][1]
    words: dict[str, frozenset[str]] = {}
    for _, part, columns in getattr(encoder, "transformers_", ()):
        for name, known in zip(columns, getattr(part, "categories_", ()), strict=False):
            words[name] = frozenset(each for each in known if isinstance(each, str))
    return words


def input_fn(request_body: str | bytes, request_content_type: str) -> Rows:
    """A request body as rows: a 2-D array (of text for CSV), or a frame when the request names its columns.

    CSV: rows, with or without a header. JSON: rows, one row, or `{"instances": rows}`, where a row is a list of values
    or an object of feature to value. NPY: a 1-D or 2-D array.

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


def predict_fn(input_data: Rows, model: Model) -> dict[str, Any]:
    """What the model makes of each row.

    A classifier: `labels`, `classes`, and `probabilities` (rows x classes) where it has them; a regressor: `values`.

    Raises:
        ValueError: when the rows have other features than the model.
    """
    rows = _with_features(input_data, model)
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
    kinds = [each.split(";", 1)[0].strip().lower() for each in (accept or "*/*").split(",")]
    for kind in kinds:
        if kind in (JSON, "application/*", "*/*"):
            return json.dumps({"predictions": _objects(prediction)}), JSON
        if kind in (CSV, "text/*"):
            firsts = prediction["values"] if "values" in prediction else prediction["labels"]
            others = prediction.get("probabilities") or [[]] * len(firsts)
            text = io.StringIO()
            rows = ([first, *other] for first, other in zip(firsts, others, strict=True))
            csv.writer(text, lineterminator="\n").writerows(rows)
            return text.getvalue(), CSV
    raise ValueError(f"accept {accept!r} is not written here; accept {JSON} or {CSV}")


def _objects(prediction: dict[str, Any]) -> list[dict[str, Any]]:
    if "values" in prediction:
        return [{"value": value} for value in prediction["values"]]
    if "probabilities" not in prediction:
        return [{"label": label} for label in prediction["labels"]]
    names = [str(each) for each in prediction["classes"]]
    pairs = zip(prediction["labels"], prediction["probabilities"], strict=True)
    return [{"label": label, "probabilities": dict(zip(names, row, strict=True))} for label, row in pairs]


def _from_csv(text: str) -> Rows:
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    if not rows:
        raise ValueError("the request body holds no rows; send at least one")
    return _rectangle(rows)


def _from_json(body: bytes) -> Rows:
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
    return _rectangle(rows)


def _rectangle(rows: list[Any]) -> NDArray[Any]:
    if any(not isinstance(row, list) or len(row) != len(rows[0]) for row in rows):
        raise ValueError("the rows are not lists of the same length; give each row one value for each feature")
    array = numpy.empty((len(rows), len(rows[0])), dtype=object)
    array[:] = rows
    return array


def _is_number(field: object) -> bool:
    try:
        float(field)  # type: ignore[arg-type]  # that is the question
    except (TypeError, ValueError):
        return False
    return True


def _with_features(rows: Rows, model: Model) -> pandas.DataFrame:
    features = list(model.features)
    # A JSON object may leave out what is missing, as a null; a table that lacks a column was made wrongly.
    optional = isinstance(rows, pandas.DataFrame) and model.takes_missing
    if not isinstance(rows, pandas.DataFrame) and rows.dtype == object and rows.ndim == 2:
        header = [str(each) for each in rows[0]]
        if _is_header(header, model):
            if len(rows) == 1:
                raise ValueError("the request body holds a header and no rows; send at least one row")
            rows = pandas.DataFrame(rows[1:], columns=header)
    if isinstance(rows, pandas.DataFrame):
        rows = _in_order(rows, model, optional)
    elif rows.ndim != 2 or rows.shape[1] != len(features):
        shape = " x ".join(map(str, rows.shape))
        raise ValueError(f"the rows have the shape {shape}, the model takes rows x {len(features)} features")
    else:
        rows = pandas.DataFrame(rows, columns=features)
    columns = {name: _column(name, rows[name].to_numpy(), model) for name in features}
    return pandas.DataFrame(columns, columns=features)


def _is_header(first: list[str], model: Model) -> bool:
    """Whether a first row names columns: it has all features, or mostly the names of columns, or no number at all."""
    if set(model.features) <= set(first):
        return True
    if any(map(_is_number, first)):
        return False
    return not model.categories or 2 * sum(each in model.features for each in first) > len(first)


def _in_order(rows: pandas.DataFrame, model: Model, optional: bool) -> pandas.DataFrame:
    """The features of rows that name them, in the order of the model; with `optional` they may lack some."""
    twice = [str(name) for name in rows.columns[rows.columns.duplicated()]]
    if twice:
        raise ValueError(f"the rows name {', '.join(map(repr, twice[:10]))} more than once; send each feature once")
    missing = [name for name in model.features if name not in rows.columns]
    if missing and not (optional and len(missing) < len(model.features)):
        raise ValueError(f"the rows lack the features {', '.join(map(repr, missing[:10]))}; send every feature")
    unknown = [str(name) for name in rows.columns if name not in model.features and name not in model.left_out]
    if unknown:
        raise ValueError(f"the rows have unknown features {', '.join(map(repr, unknown[:10]))}; leave them out")
    return rows.reindex(columns=list(model.features))


def _column(name: str, values: NDArray[Any], model: Model) -> NDArray[Any]:
    words = name in model.categories or name in model.dates
    if name in model.dates:
        column = _dates(name, values, model)
        missing = pandas.isna(column)
    elif words:
        known = model.words.get(name, frozenset())
        column = numpy.array([_word(value, known, model.missing_words) for value in values], dtype=object)
        missing = numpy.array([not isinstance(each, str) for each in column])
    else:
        if values.dtype == object:
            values = numpy.array([_number(value, model.missing_words) for value in values], dtype=object)
        try:
            column = numpy.asarray(values, dtype=model.feature_type)
        except (TypeError, ValueError):
            wrong = next((value for value in values if not _is_number(value)), None)
            raise ValueError(f"feature {name!r} holds {wrong!r}; the model takes a number there") from None
        missing = ~numpy.isfinite(column) if not model.takes_missing else numpy.isinf(column)
    if numpy.any(missing) and not (words and model.takes_missing):
        raise ValueError(f"feature {name!r} holds missing or infinite values; the model was trained without them")
    return column


def _dates(name: str, values: NDArray[Any], model: Model) -> NDArray[Any]:
    """Dates as the model takes them: words, of which some may be missing."""
    form, missing = model.dates[name], model.missing_words
    words = pandas.Series(
        [None if isinstance(each, str) and each in missing else each for each in values], dtype=object
    )
    try:
        pandas.to_datetime(words, format=form, utc=True)
    except ValueError:
        raise ValueError(f"the rows hold something other than dates or times of the form {form} in {name!r}") from None
    column: NDArray[Any] = words.to_numpy()
    return column


def _number(value: object, missing: Collection[str]) -> object:
    """A number, or what may be none: true and false as 1 and 0, and NaN for what is missing."""
    if isinstance(value, str):
        return numpy.nan if value in missing else _TRUTH.get(value, value)
    return numpy.nan if value is None else value


def _word(value: object, known: Collection[str], missing: Collection[str]) -> object:
    """A category as training read it from its file, or NaN: 1 and 1.0 are the same word, and nothing is missing."""
    if value is None or value != value:  # noqa: PLR0124  # NaN is not itself
        return numpy.nan
    if isinstance(value, str) and value in missing and value not in known:
        return numpy.nan
    spellings = _spellings(value)
    return next((each for each in spellings if each in known), spellings[0])


def _spellings(value: object) -> tuple[str, ...]:
    """How files may have a word, the likeliest first: a whole number with and without a point, true in three ways."""
    text = str(value)
    if isinstance(value, bool | numpy.bool_):
        return text, text.lower(), text.upper()
    if not _is_number(value) or not float(text).is_integer():
        return (text,)
    whole = str(int(float(text)))
    alike = (whole, f"{whole}.0")
    if isinstance(value, str):
        return (text, *alike) if text in alike else (text,)  # 007 is no 7
    return alike
