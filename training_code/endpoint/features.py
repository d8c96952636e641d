"""The rows of a request with the features of the model, in its order."""

from __future__ import annotations

import pandas

from endpoint.model import Model
from endpoint.request_body import Rows
from endpoint.values import column_of, is_number


def with_features(rows: Rows, model: Model) -> pandas.DataFrame:
    """The rows with the model's features, in its order.

    Raises:
        ValueError: the rows have other features, or values that the model does not take.
    """
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
    columns = {name: column_of(name, rows[name].to_numpy(), model) for name in features}
    return pandas.DataFrame(columns, columns=features)


def _is_header(first: list[str], model: Model) -> bool:
    """Whether a first row names columns: it has all features, or mostly the names of columns, or no number at all."""
    if set(model.features) <= set(first):
        return True
    if any(map(is_number, first)):
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
