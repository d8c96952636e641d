"""Fits an estimator to a few made-up rows: what scikit-learn refuses of parameters together, it refuses only then.

Only what cannot depend on the data is tried: words, true and false, and numbers that fit every table. What two very
different tables refuse with the same words, every table does (docs/adr/0061).
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

from failure import Fault, shown
from options import estimators
from options.estimators import CLASSIFICATION
from options.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.base import BaseEstimator

_SMALL = 2
"""Whole numbers up to it are no numbers of rows, columns, classes or neighbours that a table may lack."""
_SHARES = (0.05, 1.0)
"""Fractions that leave something of a small table."""
_SEED = 42


def faults(settings: Hyperparameters) -> list[Fault]:
    """What the estimator refuses of its parameters together, or of `partial_fit_epochs` with them."""
    kept = {name: value for name, value in settings.parameters.items() if _fits_every_table(value)}
    if not (settings.partial_fit_epochs or kept.keys() & settings.estimator_parameters.keys()):
        return []
    said = _refusal(settings, kept)
    if not said or (kept and _refusal(settings, {})):
        return []  # what is refused without any parameter is refused of the tables
    cure = [name for name in kept if not _refusal(settings, {key: kept[key] for key in kept if key != name})]
    name = next((each for each in cure if each in settings.estimator_parameters), cure[0] if cure else "estimator")
    beside = " with partial_fit_epochs" if settings.partial_fit_epochs else ""
    got = f"got {shown(kept[name])}, and " if cure else ""
    return [
        Fault(
            "hyperparameter",
            name,
            f"{got}{settings.estimator}{beside} says {shown(said, 200)}; leave it out, or change what it goes with",
        )
    ]


def _fits_every_table(value: object) -> bool:
    if isinstance(value, bool | str) or value is None:
        return True
    if isinstance(value, int):
        return 0 <= value <= _SMALL
    low, high = _SHARES
    return isinstance(value, float) and (value == 0 or low <= value <= high)


def _refusal(settings: Hyperparameters, parameters: Mapping[str, Any]) -> str:
    """What both tables refuse, as the first one says it; "" where one of them takes the parameters."""
    first = second = ""
    for rows, columns, classes in ((60, 2, (0, 1)), (150, 9, ("a", "b", "c"))):
        try:
            _fit(settings, parameters, rows, columns, classes)
        except Exception as error:  # noqa: BLE001  # scikit-learn refuses with errors of many kinds
            first, second = second, str(error)
        else:
            return ""
    return first if _without_numbers(first) == _without_numbers(second) else ""


def _fit(
    settings: Hyperparameters, parameters: Mapping[str, Any], rows: int, columns: int, classes: tuple[Any, ...]
) -> None:
    import numpy
    import pandas

    chance = numpy.random.default_rng(_SEED)
    features = pandas.DataFrame(chance.uniform(0, 9, (rows, columns)).round(1), columns=list("abcdefghi")[:columns])
    target = numpy.array([classes[row % len(classes)] for row in range(rows)])
    if settings.task != CLASSIFICATION:
        target = chance.uniform(1, 9, rows)
    model: Any = estimators.fresh(settings.estimator, dict(parameters), _SEED, 1)
    if growth := _growth(model):
        model.set_params(**{growth: _SMALL})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are of so few rows
        if not settings.partial_fit_epochs:
            model.fit(features, target)
            return
        model.partial_fit(features, target, **({"classes": classes} if settings.task == CLASSIFICATION else {}))


def _growth(model: BaseEstimator) -> str:
    found = estimators.growth(type(model))
    return found or ("n_estimators" if "n_estimators" in model.get_params(deep=False) else "")


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "", text)
