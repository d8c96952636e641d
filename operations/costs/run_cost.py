"""What one run costs: machines and volumes for so long, at the prices of a region. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.costs.machines import Fleet, fleets, gigabytes_of_storage, in_words, longest_training
from operations.costs.price_table import Price, Prices

SPOT_SAVES_UP_TO: Final = 90
"""Per cent. Source: SageMaker Developer Guide, "Managed Spot Training in Amazon SageMaker AI". AWS promises nothing."""
HOURS_OF_A_MONTH: Final = 730
"""By which AWS's own calculators share a gigabyte-month out: 365 days of 24 hours by twelve."""


@dataclass(frozen=True)
class RunCost:
    """One run on demand; `usd` is None where a price is `missing`, which then says of what."""

    fleet: Fleet
    seconds: float
    usd: float | None
    prices: tuple[Price, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def machines(self) -> str:
        """The machines, in words."""
        return in_words(self.fleet)


def longest_run_cost(request: Mapping[str, Any], prices: Prices) -> RunCost:
    """The most that one run costs on demand: of a request, up to its limit, on the dearest machines that it may get."""
    return cost_of(request["ResourceConfig"], longest_training(request), prices, notes_on(request))


def cost_of(resources: Mapping[str, Any], seconds: float, prices: Prices, notes: Iterable[str] = ()) -> RunCost:
    """What the machines of a ResourceConfig cost for so many seconds; of several fleets, the dearest.

    One whose price is not known counts as the dearest: nothing may be said of it.
    """
    options = [_of_fleet(fleet, resources, seconds, prices) for fleet in fleets(resources)]
    dearest = max(options, key=lambda each: (each.usd is None, each.usd or 0.0))
    told = list(notes)
    if len(options) > 1:
        told.insert(0, f"the dearest of {', '.join(each.machines for each in options)}; SageMaker takes what there is")
    return RunCost(dearest.fleet, seconds, dearest.usd, dearest.prices, dearest.missing, (*told, *dearest.notes))


def _of_fleet(fleet: Fleet, resources: Mapping[str, Any], seconds: float, prices: Prices) -> RunCost:
    hours = seconds / 3600
    known = [(each, prices.hourly(each.instance_type)) for each in fleet]
    missing = tuple(dict.fromkeys(each.instance_type for each, price in known if price is None))
    if missing:
        return RunCost(fleet, seconds, None, missing=missing)
    found = [price for _, price in known if price is not None]
    usd = sum(price.usd * each.count * hours for (each, _), price in zip(known, found, strict=True))
    notes: tuple[str, ...] = ()
    if gigabytes := gigabytes_of_storage(fleet, resources):
        volume = prices.storage()
        if volume is None:
            notes = (f"without the volumes of {gigabytes} GB: their price in {prices.region} is not known",)
        else:
            usd += volume.usd * gigabytes * hours / HOURS_OF_A_MONTH
            found.append(volume)
    return RunCost(fleet, seconds, usd, tuple(dict.fromkeys(found)), notes=notes)


def notes_on(request: Mapping[str, Any]) -> Iterator[str]:
    """What a request may cost besides, which no figure here has in it."""
    resources = request["ResourceConfig"]
    if kept := resources.get("KeepAlivePeriodInSeconds"):
        yield f"the machines wait for up to {kept} s after a run (keep_alive_in_seconds), which is billed besides"
    if resources.get("TrainingPlanArn") or any(
        each.get("TrainingPlanArns") for each in resources.get("InstancePreferences") or ()
    ):
        yield "the machines of a training plan are paid with the plan: these are the prices without one"
    rules = [*(request.get("DebugRuleConfigurations") or ()), *(request.get("ProfilerRuleConfigurations") or ())]
    if any(each.get("InstanceType") for each in rules):
        yield "rules on machines of their own (debugger) are billed besides"
