"""What the last runs were billed for, from DescribeTrainingJob. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from operations.costs.price_table import Prices
from operations.costs.run_cost import cost_of

Described = Mapping[str, Any]


@dataclass(frozen=True)
class RealRuns:
    """The mean of the last runs that were billed; `usd` is None where a price is missing.

    `saving` is what managed spot training saved of their time (0 to 1), None where none of them was on spot.
    """

    runs: int
    billed_seconds: float
    usd: float | None
    saving: float | None


def real_runs(described: Iterable[Described], prices: Prices, schedule_arn: str, count: int) -> RealRuns | None:
    """The mean of a schedule's last `count` runs that were billed, whatever came of them; the newest come first.

    None where there is none. SageMaker bills BillableTimeInSeconds of every machine, at the price on demand: what spot
    saves is off that time already. Source: SageMaker API, DescribeTrainingJob, BillableTimeInSeconds.
    """
    billed = [each for each in described if _is_of(each, schedule_arn) and each.get("BillableTimeInSeconds")][:count]
    if not billed:
        return None
    costs = [cost_of(each["ResourceConfig"], each["BillableTimeInSeconds"], prices).usd for each in billed]
    known = [usd for usd in costs if usd is not None]
    return RealRuns(
        runs=len(billed),
        billed_seconds=fmean(each["BillableTimeInSeconds"] for each in billed),
        usd=fmean(known) if len(known) == len(costs) else None,
        saving=_saving(billed),
    )


def _is_of(described: Described, schedule_arn: str) -> bool:
    return bool(described.get("Environment", {}).get("SCHEDULE_ARN") == schedule_arn)


def _saving(billed: Sequence[Described]) -> float | None:
    """As the API says that it is to be calculated, over all runs on spot together."""
    spot = [each for each in billed if each.get("EnableManagedSpotTraining") and each.get("TrainingTimeInSeconds")]
    trained = sum(each["TrainingTimeInSeconds"] for each in spot)
    if not trained:
        return None
    billed_for = sum(each["BillableTimeInSeconds"] for each in spot)
    return max(0.0, float(1 - billed_for / trained))
