"""A table trained on by scikit-learn alone: read, encoded, held out and judged without any of the training code."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

import numpy
import pandas
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from options.hyperparameters import Hyperparameters, parse

SEED, HELD_OUT = 7, 0.25
_YES_AND_NO = ({"Yes", "No"},)


@dataclass(frozen=True)
class Plain:
    """An estimator, and how its table is made: words as numbers or columns, numbers filled in or left missing."""

    estimator: str
    parameters: dict[str, Any] = field(default_factory=dict)
    one_hot: bool = False
    fill: str = ""

    @property
    def settings(self) -> dict[str, str]:
        """The same for the training code."""
        told = {name: str(value) for name, value in self.parameters.items()} | {"estimator": self.estimator}
        told |= {"random_state": str(SEED), "validation_fraction": str(HELD_OUT), "n_jobs": "1"}
        told["category_encoding"] = "one_hot" if self.one_hot else "ordinal"
        return told | ({"missing_values": self.fill} if self.fill else {})

    def fresh(self) -> Any:  # noqa: ANN401  # scikit-learn has no types
        """The estimator, not yet fitted."""
        module, _, name = self.estimator.rpartition(".")
        kind = getattr(importlib.import_module(module), name)
        own = {"random_state": SEED} if "random_state" in kind().get_params() else {}
        return kind(**self.parameters, **own)


@dataclass(frozen=True)
class Result:
    """What a model says of the rows held out (probabilities, or values), and how good that is."""

    said: NDArray[Any]
    metrics: dict[str, float]


def settings_of(told: dict[str, str]) -> Hyperparameters:
    """The training code's settings, which must be without a fault."""
    found, _, faults = parse([part for name, value in told.items() for part in (f"--{name}", value)])
    assert faults == []
    return found


def in_plain_scikit_learn(plain: Plain, frame: pandas.DataFrame, features: list[str], target: str) -> Result:
    """Train on all rows but those held out."""
    labels = frame[target].to_numpy()
    labels = labels.astype(str) if labels.dtype == object else labels
    regression = plain.estimator.endswith(("Regressor", ".Ridge"))
    stratify = None if regression else labels
    kept, held = train_test_split(numpy.arange(len(frame)), test_size=HELD_OUT, stratify=stratify, random_state=SEED)
    rows = _encoded(plain, frame[features], kept)
    model = plain.fresh().fit(rows.iloc[kept], labels[kept])
    judge = _judge_values if regression else _judge_classes
    return judge(model, rows.iloc[held], labels[held])


def _encoded(plain: Plain, frame: pandas.DataFrame, kept: NDArray[numpy.intp]) -> pandas.DataFrame:
    """Columns of words first, then those of numbers, in the bits that the estimator computes with."""
    words = [name for name in frame.columns if not pandas.api.types.is_numeric_dtype(frame[name])]
    columns: dict[str, Any] = {}
    for name in words:
        values = frame[[name]].astype(object).where(frame[[name]].notna(), numpy.nan)
        if plain.one_hot and set(values[name].dropna()) not in _YES_AND_NO:
            encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(values.iloc[kept])
            encoded = encoder.transform(values)
            columns |= {f"{name}_{word}": encoded[:, place] for place, word in enumerate(encoder.categories_[0])}
        else:
            known = values.iloc[kept][name].dropna().nunique()
            encoder = OrdinalEncoder(
                handle_unknown="use_encoded_value",
                unknown_value=-1,
                encoded_missing_value=known if plain.fill else numpy.nan,
            )
            columns[name] = encoder.fit(values.iloc[kept]).transform(values)[:, 0]
    bits = "float32" if plain.estimator.startswith(_32_BIT) else "float64"
    for name in frame.columns.drop(words):
        values = frame[[name]].to_numpy().astype(bits)
        columns[name] = (
            SimpleImputer(strategy=plain.fill).fit(values[kept]).transform(values) if plain.fill else values
        )[:, 0]
    return pandas.DataFrame(columns).astype(bits)


_32_BIT = ("sklearn.tree.", "sklearn.ensemble.Random", "sklearn.ensemble.Extra", "sklearn.ensemble.Grad")


def _judge_values(model: Any, rows: pandas.DataFrame, actual: NDArray[Any]) -> Result:  # noqa: ANN401  # as above
    said = model.predict(rows)
    told = {
        "validation:rmse": metrics.root_mean_squared_error(actual, said),
        "validation:mae": metrics.mean_absolute_error(actual, said),
        "validation:r2": metrics.r2_score(actual, said),
    }
    return Result(said, told)


def _judge_classes(model: Any, rows: pandas.DataFrame, actual: NDArray[Any]) -> Result:  # noqa: ANN401  # as above
    said, predicted, two = model.predict_proba(rows), model.predict(rows), len(model.classes_) == 2
    average = {"average": "binary", "pos_label": model.classes_[1]} if two else {"average": "macro"}
    told = {
        "validation:accuracy": metrics.accuracy_score(actual, predicted),
        "validation:balanced_accuracy": metrics.balanced_accuracy_score(actual, predicted),
        "validation:f1": metrics.f1_score(actual, predicted, zero_division=0.0, **average),
        "validation:roc_auc": metrics.roc_auc_score(actual, said[:, 1] if two else said, multi_class="ovr"),
        "validation:log_loss": metrics.log_loss(actual, said, labels=model.classes_),
    }
    return Result(said, told)
