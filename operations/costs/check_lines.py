"""What a check says of costs: one line for each job, at the table's prices. It blocks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from operations.costs.amounts import in_time, in_times, in_usd
from operations.costs.price_table import TablePrices
from operations.costs.schedule_costs import CostError, ScheduleCost, schedule_cost, schedule_document, total
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.judging.judgement import DEFAULT_GROUP


def declared_costs(schedules: Iterable[DeployedSchedule], now: datetime) -> list[ScheduleCost]:
    """The costs of what can be read; of the rest a check has findings."""
    return list(_readable(schedules, now))


def _readable(schedules: Iterable[DeployedSchedule], now: datetime) -> Iterator[ScheduleCost]:
    for each in schedules:
        try:
            yield schedule_cost(each, TablePrices(each.scope.region), now)
        except CostError:
            continue


def job_lines(costs: Sequence[ScheduleCost]) -> list[tuple[str, str]]:
    """Each job with its line; the schedules of one schedule group are a job's, but in the default group."""
    jobs: dict[str, list[ScheduleCost]] = {}
    for each in costs:
        group = each.schedule.group_name
        jobs.setdefault(each.schedule.name if group == DEFAULT_GROUP else group, []).append(each)
    return [(job, _line(of_job)) for job, of_job in jobs.items()]


def _line(costs: Sequence[ScheduleCost]) -> str:
    missing = list(dict.fromkeys(name for each in costs for name in each.run.missing))
    if missing:
        region = costs[0].schedule.scope.region
        return (
            f"no price is known of {', '.join(missing)} in {region}: it is not in this version's table; training-jobs "
            "cost asks AWS's Price List (pricing:GetProducts)"
        )
    dearest = max(costs, key=lambda each: each.run.usd or 0.0)
    month, fires = total(each.month for each in costs), sum(each.fires for each in costs)
    spot = f", {dearest.spot}" if dearest.is_spot else ""
    off = "" if any(each.is_enabled for each in costs) else " if enabled"
    dates = sorted({price.date for each in costs for price in each.run.prices})  # the oldest is told
    return (
        f"a run at most {in_usd(dearest.run.usd)} ({dearest.run.machines}, {in_time(dearest.run.seconds)}), "
        f"{in_times(fires)} a month{off}: {in_usd(month)} on demand{spot}; prices of {dates[0]}"
    )


def documents(costs: Sequence[ScheduleCost]) -> list[dict[str, Any]]:
    """The same for programs, one for each schedule."""
    return [schedule_document(each) for each in costs]
