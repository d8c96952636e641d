"""`training-jobs cost`: print what runs and months cost, as a table or as one JSON document."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.console import print_hanging, print_line, whole_words, write_document
from operations.costs.amounts import in_time, in_times, in_usd
from operations.costs.run_cost import SPOT_SAVES_UP_TO
from operations.costs.schedule_costs import ScheduleCost, as_document, total
from operations.deployed_jobs import OutputsError

Costs = tuple[list[ScheduleCost], list[str]]
"""What the schedules cost, and notes on the prices."""


def select(costs: Sequence[ScheduleCost], stack: str, wanted: str | None) -> list[ScheduleCost]:
    """Those of one job, by its name in the stack or on AWS, or of a schedule's name; all where none is named.

    Raises:
        OutputsError: there is none of that name.
    """
    if not costs:
        raise OutputsError("none of the stack's schedules is deployed, so none costs anything: run pulumi up")
    of_job = f"{wanted}-{stack}"
    found = [
        each
        for each in costs
        if wanted in {None, each.schedule.group_name, each.schedule.name} or each.schedule.group_name == of_job
    ]
    if not found:
        known = ", ".join(each.schedule.name for each in costs)
        raise OutputsError(f"the stack has no job and no schedule {wanted!r}; its schedules: {known}")
    return found


def print_costs(ask: Callable[[], Costs], console: Console) -> int:
    """Print a table, and in words where its figures come from."""
    costs, notes = ask()
    console.print(whole_words(console, _table(costs)))
    for line in _explanations(costs):
        print_hanging(console, Text("  "), Text(line))
    for note in [*notes, *(f"{each.schedule.name}: {note}" for each in costs for note in each.run.notes)]:
        print_hanging(console, Text.assemble(("note", "cyan"), "  "), Text(note))
    missing = list(dict.fromkeys(name for each in costs for name in each.run.missing))
    if missing:
        told = (
            f"no price is known of {', '.join(missing)} in {costs[0].schedule.scope.region}, so nothing is said of it; "
            "without --offline and --rehearsal AWS's Price List is asked (pricing:GetProducts), and docs/costs.md says "
            "how a price comes into the table"
        )
        print_hanging(console, Text.assemble(("note", "yellow"), "  "), Text(told))
    enabled = [each for each in costs if each.is_enabled]
    off = len(costs) - len(enabled)
    amount = in_usd(total(each.month for each in enabled)) if enabled else in_usd(0.0)
    rest = f"; {off} of {len(costs)} schedules not enabled, and not in it" if off else ""
    print_line(console, Text.assemble("a month of all that is enabled, at most: ", (amount, "bold"), rest))
    return 0


def write_costs(stack: str, ask: Callable[[], Costs]) -> int:
    """Write the JSON document to standard output."""
    with contextlib.redirect_stdout(sys.stderr):  # what the program itself prints is not of the document
        costs, notes = ask()
    write_document(as_document(stack, costs, notes))
    return 0


def _table(costs: Sequence[ScheduleCost]) -> Table:
    has_real = any(each.real for each in costs)
    table = Table()
    for title in ("schedule", "machines", "a run at most", "runs a month", "a month at most"):
        table.add_column(title, no_wrap=title != "runs a month")
    if any(each.is_spot for each in costs):
        table.add_column("on spot")
    if has_real:
        table.add_column("the last runs")
        table.add_column("a month like these", no_wrap=True)
    for each in costs:
        name = Text(each.schedule.name)
        if not each.is_enabled:
            name.append(f"\n{each.schedule.state}", style="yellow")
        cells = [
            name,
            Text(each.run.machines),
            Text(f"{in_usd(each.run.usd)}\nin {in_time(each.run.seconds)}"),
            Text(in_times(each.fires)),
            Text(in_usd(each.month)),
        ]
        if any(other.is_spot for other in costs):
            cells.append(Text(each.spot or "no"))
        if has_real:
            cells += _real_cells(each)
        table.add_row(*cells)
    return table


def _real_cells(cost: ScheduleCost) -> list[Text]:
    real = cost.real
    if real is None:
        return [Text("none yet"), Text("")]
    return [
        Text(f"{in_usd(real.usd)}\nin {in_time(real.billed_seconds)}, mean of {real.runs}"),
        Text(in_usd(cost.real_month)),
    ]


def _explanations(costs: Sequence[ScheduleCost]) -> list[str]:
    dates = sorted(
        {
            f"{price.source} ({price.date})" if price.source == "AWS Price List" else price.source
            for each in costs
            for price in each.run.prices
        }
    )
    told = [f"at most: on demand, when every run is stopped at its limit; prices: {', '.join(dates) or 'none'}"]
    if any(each.is_spot for each in costs):
        told.append(f"on spot: no fixed price; AWS says up to {SPOT_SAVES_UP_TO} % less, and decides")
    if any(each.real for each in costs):
        told.append("the last runs: what SageMaker says that it bills (BillableTimeInSeconds), failed runs included")
    return told
