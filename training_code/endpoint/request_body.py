"""A request's body as rows: CSV, JSON or NPY."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, TypeAlias

import numpy
import pandas
from numpy.typing import NDArray

CSV, JSON, NPY = "text/csv", "application/json", "application/x-npy"
Rows: TypeAlias = NDArray[Any] | pandas.DataFrame


def rows_of(body: bytes, content_type: str) -> Rows:
    """The rows of a body: a 2-D array (of text for CSV), or a frame when the request names its columns.

    Raises:
        ValueError: for another content type, or a body that holds no rows.
    """
    kind = content_type.split(";", 1)[0].strip().lower()
    if kind == CSV:
        return _from_csv(body.decode("utf-8-sig"))
    if kind == JSON:
        return _from_json(body)
    if kind == NPY:
        return numpy.atleast_2d(numpy.load(io.BytesIO(body), allow_pickle=False))
    raise ValueError(f"content type {content_type!r} is not read here; send {CSV}, {JSON} or {NPY}")


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
