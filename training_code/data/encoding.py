"""Turns categories into numbers, and keeps how: the saved model takes raw rows and encodes them in the same way.

The table is encoded while it is filled, without a copy of the raw one; `steps` are the scikit-learn equivalent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray
from pandas import DataFrame

from data.dates import DateForm

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

UNKNOWN = "\0unknown"
"""What a word becomes that was not known when it was encoded; no text file can hold it."""


@dataclass(frozen=True)
class Encoding:
    """How the raw `columns` become numbers: the categories first, then the dates, then the other columns as they are.

    `categories` has the words of each encoded column, sorted, and NaN at the end when a value can be missing. A word
    that is not among them is -1 (ordinal) or all zeros (one-hot). `pairs` are those of them with two words that mean
    no and yes, 0 and 1 in any case. `dates` are taken apart, a column for each part. `fills` has, by column, what
    stands for a missing number; None: nothing does.
    """

    columns: tuple[str, ...]
    categories: dict[str, tuple[Any, ...]]
    one_hot: bool
    bits: int
    pairs: frozenset[str] = frozenset()
    fills: dict[str, float] | None = None
    dates: Mapping[str, DateForm] = field(default_factory=dict)

    @property
    def numbers(self) -> list[str]:
        """The columns that stay as they are."""
        return [name for name in self.columns if name not in self.categories and name not in self.dates]

    def is_one_hot(self, column: str) -> bool:
        """Whether a category has a column for each of its words."""
        return self.one_hot and column not in self.pairs

    @property
    def names(self) -> list[str]:
        """The names of the encoded columns, in order."""
        encoded = [
            f"{column}_{word}" if self.is_one_hot(column) else column
            for column, words in self.categories.items()
            for word in (words if self.is_one_hot(column) else [None])
        ]
        parts = [name for column, form in self.dates.items() for name in form.names(column)]
        return encoded + parts + self.numbers

    def encode(self, column: str, codes: NDArray[Any]) -> Iterator[NDArray[Any]]:
        """The encoded columns of one raw column, given for each row the place of its word in `categories`, or -1.

        One by one, for of many words all of them together would be a second table.
        """
        words = self.categories[column]
        if self.is_one_hot(column):
            yield from (codes == place for place in range(len(words)))
        elif isinstance(words[-1], str) or self.fills is not None:
            yield codes
        else:
            yield numpy.where(codes == len(words) - 1, numpy.nan, codes)

    def decode(self, features: DataFrame, dates: Mapping[str, NDArray[Any]]) -> DataFrame:
        """Raw rows out of encoded ones, and the words of their `dates`, which cannot be told from rounded parts.

        Words that the encoding did not know are lost: each becomes UNKNOWN.
        """
        raw: dict[str, Any] = {}
        first = 0
        for column, words in self.categories.items():
            width = len(words) if self.is_one_hot(column) else 1
            encoded = features.iloc[:, first : first + width].to_numpy()
            if self.is_one_hot(column):
                codes = numpy.where(encoded.any(axis=1), encoded.argmax(axis=1), -1)
            else:
                codes = numpy.nan_to_num(encoded[:, 0], nan=len(words) - 1).astype(int)
            raw[column] = numpy.array([*words, UNKNOWN], dtype=object)[codes]
            first += width
        first += sum(len(form.parts) for form in self.dates.values())
        raw |= dates
        raw |= {name: features.iloc[:, place] for place, name in enumerate(self.numbers, first)}
        return DataFrame({name: raw[name] for name in self.columns}, index=features.index)

    def steps(self) -> list[BaseEstimator]:
        """The same as fitted scikit-learn transformers of raw rows, one behind the other; they take a frame."""
        from sklearn.preprocessing import FunctionTransformer

        steps = [self._encoder()] if self.categories or self.dates else []
        if self.dates:
            # What takes dates apart gives no frame, and the estimator has learnt names.
            steps.append(FunctionTransformer(DataFrame, kw_args={"columns": self.names}))
        return steps if self.fills is None else [*steps, self._imputer()]

    def _encoder(self) -> ColumnTransformer:
        from sklearn.compose import ColumnTransformer
        from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

        kind = numpy.float32 if self.bits == 32 else numpy.float64
        parts: list[tuple[str, Any, str | list[str]]] = []
        for name, group in groupby(self.categories, self.is_one_hot):
            columns = list(group)
            words = [list(self.categories[each]) for each in columns]
            encoder = (
                OneHotEncoder(categories=words, handle_unknown="ignore", sparse_output=False, dtype=kind)
                if name
                else OrdinalEncoder(categories=words, handle_unknown="use_encoded_value", unknown_value=-1, dtype=kind)
            )
            parts.append((f"categories_{len(parts) + 1}" if parts else "categories", encoder, columns))
        parts += [(f"date {name}", form.steps(), name) for name, form in self.dates.items()]
        parts.append(("numbers", "passthrough", self.numbers))
        transformer = ColumnTransformer(parts, verbose_feature_names_out=False)
        first = {name: known[0] for name, known in self.categories.items()} | dict.fromkeys(self.dates, numpy.nan)
        row = DataFrame({name: [first.get(name, 0.0)] for name in self.columns})
        # A frame of what the steps of a date give cannot be made here, because they name no columns.
        transformer.set_output(transform="default" if self.dates else "pandas")
        return transformer.fit(row.astype(dict.fromkeys(self.dates, object)))

    def _imputer(self) -> BaseEstimator:
        """Fitted to one row, whose mean it is, whatever the numbers were made of."""
        from sklearn.impute import SimpleImputer

        assert self.fills is not None  # noqa: S101  # `steps` asks only then
        missing = {name: float(len(words) - 1) for name, words in self.categories.items()}
        kind = numpy.float32 if self.bits == 32 else numpy.float64
        row = DataFrame({name: [{**missing, **self.fills}.get(name, 0.0)] for name in self.names}, dtype=kind)
        return SimpleImputer().set_output(transform="pandas").fit(row)


def places(codes: NDArray[Any], words: Sequence[str], known: Sequence[Any]) -> NDArray[Any]:
    """For each row the place of its word in `known`, or -1; `codes` are places in `words`, -1 for a missing value."""
    place = {word: number for number, word in enumerate(known) if isinstance(word, str)}
    missing = len(known) - 1 if known and not isinstance(known[-1], str) else -1
    numbers: NDArray[Any] = numpy.array([*(place.get(word, -1) for word in words), missing], dtype=numpy.int32)
    chosen: NDArray[Any] = numbers[codes]
    return chosen


def known_words(codes: NDArray[Any], words: Sequence[str]) -> tuple[Any, ...]:
    """The words that stand in `codes`, sorted, and NaN at the end when one is missing."""
    seen = numpy.unique(codes)
    known = sorted(words[code] for code in seen if code >= 0)
    return (*known, numpy.nan) if seen[:1] == [-1] else tuple(known)


def whole(estimator: BaseEstimator, encoding: Encoding | None) -> BaseEstimator:
    """The model as it is saved: the estimator alone, or behind the encoding of its raw rows."""
    if encoding is None:
        return estimator
    from sklearn.pipeline import make_pipeline

    pipeline: Pipeline = make_pipeline(*encoding.steps(), estimator)
    return pipeline
