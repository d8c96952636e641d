"""When a new model version takes the place of the present one: minimum metrics and a margin."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _check_more_is_better(minimums: dict[str, float]) -> dict[str, float]:
    if less := [name for name in minimums if "loss" in name or "error" in name]:
        raise ValueError(f"allowed: metrics of which more is better; less is better of {', '.join(less)}")
    return minimums


class PromotionSpec(BaseModel):
    """What a model version must reach to get the alias `champion`; metrics of which more is better."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    minimum_metrics: Annotated[
        dict[Annotated[str, Field(max_length=64, pattern=r"^[\w:.-]+$")], float],
        Field(max_length=5),
        AfterValidator(_check_more_is_better),
    ] = {}
    margin: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """How much worse than the present champion, on the same held-out rows, is still good."""
