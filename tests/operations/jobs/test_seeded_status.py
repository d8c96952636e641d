"""Faults that `training-jobs status` names, each alone on a whole prod stack: with the cure, and with nothing else."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from rich.console import Console

from operations.jobs.status_asking import Wanted, read_status
from operations.jobs.status_printing import print_status
from tests.operations.doctor import seeds
from tests.operations.doctor.whole_stack import STACK, WholeStack

pytestmark = pytest.mark.slow


def named(whole: WholeStack) -> list[str]:
    """The lines of a status that name something: of a schedule, or of a training job."""
    deployed = whole.deployed
    status = read_status(deployed.project, STACK, whole.place, deployed.jobs.values(), Wanted(with_models=False))
    printed = io.StringIO()
    print_status(status, Console(file=printed, width=400), " --stack prod")
    return [
        each for each in printed.getvalue().splitlines() if each.startswith("    ! ") or "See: training-jobs" in each
    ]


@pytest.mark.parametrize(
    ("seed", "said", "cure"),
    [
        (seeds.by_hand(State="DISABLED"), "disabled it by hand", "run pulumi refresh and pulumi up"),
        (seeds.by_hand(ScheduleExpression="at(2020-01-01T00:00:00)"), "never due again", "correct schedule.expression"),
        (
            seeds.run("Failed", "Failed", FailureReason="AlgorithmError: no column diagnosis"),
            "no column diagnosis",
            "See: training-jobs logs breast-cancer-prod-",
        ),
        (
            seeds.run("Stopped", "MaxRuntimeExceeded"),
            "it was stopped at its limit",
            "raise stopping_condition.max_runtime_in_seconds",
        ),
    ],
    ids=["schedule disabled", "schedule that is over", "job failed", "job stopped at its limit"],
)
def test_a_seeded_fault_is_named_with_its_cure_and_nothing_else_is(
    whole: WholeStack, seed: seeds.Seed, said: str, cure: str
) -> None:
    before = named(whole)
    with seed(whole):
        (told,) = (Counter(named(whole)) - Counter(before)).elements()

    assert said in told
    assert cure in told
    assert named(whole) == before
    assert {each.strip()[:28] for each in before} == {"! it does not fire by itself"}, "the further schedules are off"
