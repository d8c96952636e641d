"""What a flight may cost at most, in words: said before anything is started."""

from __future__ import annotations

from operations.costs.amounts import in_time, in_usd
from operations.costs.run_cost import RunCost

RUNS = 2
"""Training jobs of a flight: a run, and its second delivery."""
RUNS_INTERRUPTED = 4
"""With an interruption: one that is stopped, and one that goes on."""


def question(one: RunCost, *, interrupt: bool, is_heard: bool) -> str:
    """What a flight starts and costs at most; with alarms an interruption is told to whoever hears them."""
    told = most(one, RUNS_INTERRUPTED if interrupt else RUNS)
    return (
        f"{told}; whoever hears the alarms is told that a training job was stopped" if interrupt and is_heard else told
    )


def most(one: RunCost, runs: int) -> str:
    """What so many runs cost at most, on demand: most often far less, as a second delivery ends in a minute."""
    each = f"{runs} training jobs, each on {one.machines} for at most {in_time(one.seconds)}"
    if one.usd is None:
        return f"{each}; price not known: there is none for {', '.join(one.missing)}"
    of = ", ".join(dict.fromkeys(price.source for price in one.prices))
    notes = "".join(f"; {note}" for note in one.notes)
    return f"{each}: {in_usd(one.usd * runs)} at most, on demand ({of}){notes}"
