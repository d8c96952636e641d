"""What the schedules of a stack cost: a run at most, a month, and what the last runs really cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from operations.costs.fires import fires_a_month
from operations.costs.price_table import Prices
from operations.costs.real_runs import RealRuns, real_runs
from operations.costs.run_cost import SPOT_SAVES_UP_TO, RunCost, longest_run_cost
from rehearsal.errors import RehearsalError
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.judging.judgement import sample_request

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""


class CostError(RehearsalError):
    """A schedule's cost cannot be told; the message says why."""


@dataclass(frozen=True)
class ScheduleCost:
    """One schedule: what a run costs at most, on demand; how often it fires a month; what its last runs cost."""

    schedule: DeployedSchedule
    run: RunCost
    is_spot: bool
    fires: float
    real: RealRuns | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether it fires at all."""
        return self.schedule.state == "ENABLED"

    @property
    def month(self) -> float | None:
        """US dollars at most in a month in which it is enabled, on demand."""
        return None if self.run.usd is None else self.run.usd * self.fires

    @property
    def real_month(self) -> float | None:
        """US dollars in such a month, if its runs go on as the last ones."""
        return None if self.real is None or self.real.usd is None else self.real.usd * self.fires

    @property
    def spot(self) -> str:
        """What managed spot training takes off, in words; "" for a job that does not use it."""
        if not self.is_spot:
            return ""
        if self.real is not None and self.real.saving is not None:
            return f"{self.real.saving:.0%} less in the last runs"
        return f"up to {SPOT_SAVES_UP_TO} % less, AWS decides"


def schedule_cost(
    schedule: DeployedSchedule,
    prices: Prices,
    now: datetime,
    described: Iterable[Mapping[str, Any]] = (),
    count: int = 10,
) -> ScheduleCost:
    """The cost of a schedule; `described` are what DescribeTrainingJob says of the job's runs, the newest first.

    Raises:
        CostError: it is no schedule that starts a training job.
    """
    try:
        request = sample_request(schedule)
        return ScheduleCost(
            schedule,
            longest_run_cost(request, prices),
            bool(request.get("EnableManagedSpotTraining")),
            fires_a_month(schedule.spec, now),
            real_runs(described, prices, schedule.arn, count),
        )
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise CostError(
            f"schedule {schedule.group_name}/{schedule.name} cannot be read: {error}; training-jobs check says more"
        ) from None


def total(amounts: Iterable[float | None]) -> float | None:
    """Their sum; None where one is not known."""
    known = list(amounts)
    return None if any(each is None for each in known) else sum((each for each in known if each is not None), 0.0)


def as_document(stack: str, costs: Sequence[ScheduleCost], notes: Sequence[str] = ()) -> dict[str, Any]:
    """The same for programs: US dollars, seconds, and shares of one."""
    enabled = [each for each in costs if each.is_enabled]
    return {
        "version": JSON_VERSION,
        "stack": stack,
        "currency": "USD",
        "schedules": [schedule_document(each) for each in costs],
        "month_at_most": total(each.month for each in enabled),
        "notes": list(notes),
    }


def schedule_document(cost: ScheduleCost) -> dict[str, Any]:
    """One schedule for programs."""
    run, real = cost.run, cost.real
    return {
        "schedule": cost.schedule.name,
        "group": cost.schedule.group_name,
        "state": cost.schedule.state,
        "region": cost.schedule.scope.region,
        "machines": [{"instance_type": each.instance_type, "count": each.count} for each in run.fleet],
        "longest_run_in_seconds": run.seconds,
        "run_at_most": run.usd,
        "fires_a_month": cost.fires,
        "month_at_most": cost.month,
        "spot": cost.is_spot,
        "spot_saves_up_to": SPOT_SAVES_UP_TO / 100 if cost.is_spot else None,
        "last_runs": None
        if real is None
        else {
            "runs": real.runs,
            "billed_seconds": real.billed_seconds,
            "run": real.usd,
            "month": cost.real_month,
            "spot_saving": real.saving,
        },
        "prices": [{"usd": each.usd, "date": each.date, "source": each.source} for each in run.prices],
        "without_a_price": list(run.missing),
        "notes": list(run.notes),
    }
