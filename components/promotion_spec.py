"""When a new model version takes the place of the present one: limits of metrics and a margin."""

import re
from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_LESS_IS_BETTER: Final = re.compile(r"loss|error|(^|[:_-])r?m[as]p?e$")
_MORE_IS_BETTER: Final = re.compile(r"accuracy|precision|recall|(^|[:_-])(f1|roc_auc|r2)$")

Limits = dict[Annotated[str, Field(max_length=64, pattern=r"^[\w:.-]+$")], Annotated[float, Field(allow_inf_nan=False)]]


def _without(other: re.Pattern[str], message: str) -> Callable[[dict[str, float]], dict[str, float]]:
    """A check that none of the metrics is one of the `other` kind; a metric that we do not know may be of either."""

    def check(limits: dict[str, float]) -> dict[str, float]:
        if wrong := [name for name in limits if other.search(name)]:
            raise ValueError(message.format(", ".join(wrong)))
        return limits

    return check


MinimumMetrics = Annotated[
    Limits,
    Field(max_length=5),
    AfterValidator(
        _without(
            _LESS_IS_BETTER,
            "allowed: metrics of which more is better; less is better of {}, which goes into maximum_metrics",
        )
    ),
]
"""Metric, of which more is better: the least that it must be."""
MaximumMetrics = Annotated[
    Limits,
    Field(max_length=5),
    AfterValidator(
        _without(
            _MORE_IS_BETTER,
            "allowed: metrics of which less is better; more is better of {}, which goes into minimum_metrics",
        )
    ),
]
"""Metric, of which less is better: the most that it may be."""


class PromotionSpec(BaseModel):
    """What a model version must reach to get the alias `champion`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    minimum_metrics: MinimumMetrics = {}
    """Metric, of which more is better: the least that it must be, such as `validation:accuracy: 0.9`."""
    maximum_metrics: MaximumMetrics = {}
    """Metric, of which less is better: the most that it may be, such as `validation:rmse: 0.5`."""
    margin: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """How much worse than the present champion, on the same held-out rows, is still good. Compared are the metrics with
    a minimum or maximum, else accuracy (a regression: R²)."""
