"""The model as model.tar.gz holds it: the estimator, and what it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib


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


def load(directory: Path) -> Model:
    """Load the model from the unpacked model.tar.gz."""
    told = json.loads((directory / "model.json").read_text(encoding="utf-8"))
    estimator = joblib.load(directory / "model.joblib")
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
