"""The values of one feature, as training read them from its files: numbers, words, dates, and what is missing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy
import pandas
from numpy.typing import NDArray

from endpoint.model import Model

_TRUTH = dict.fromkeys(("true", "True", "TRUE"), 1.0) | dict.fromkeys(("false", "False", "FALSE"), 0.0)
"""Words that training read as numbers."""


def column_of(name: str, values: NDArray[Any], model: Model) -> NDArray[Any]:
    """The values of a feature as the model takes them.

    Raises:
        ValueError: one is missing or cannot be taken; the message names the feature.
    """
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
            wrong = next((value for value in values if not is_number(value)), None)
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
    if not is_number(value) or not float(text).is_integer():
        return (text,)
    whole = str(int(float(text)))
    alike = (whole, f"{whole}.0")
    if isinstance(value, str):
        return (text, *alike) if text in alike else (text,)  # 007 is no 7
    return alike


def is_number(field: object) -> bool:
    """Whether Python reads a number there."""
    try:
        float(field)  # type: ignore[arg-type]  # that is the question
    except (TypeError, ValueError):
        return False
    return True
