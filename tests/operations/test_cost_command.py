"""`training-jobs cost` about a deployed stack: its schedules as they are there, its last runs, and what is printed."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.operations.deployed_stack import FIRST, DeployedStack
from tests.operations.projects import typed

pytestmark = pytest.mark.slow


@pytest.fixture
def in_project(deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> DeployedStack:
    monkeypatch.chdir(deployed.project)
    monkeypatch.setenv("COLUMNS", "140")
    return deployed


def document(*arguments: str) -> dict[str, Any]:
    done = typed("cost", "--rehearsal", "--json", *arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_last_runs_stand_beside_what_a_run_may_cost_at_most(in_project: DeployedStack) -> None:
    later = FIRST + timedelta(days=400)
    for seconds in (60, 120):
        in_project.run_job("Failed", later, seconds)

    (schedule,) = document("--runs", "2")["schedules"]

    assert (schedule["schedule"], schedule["state"]) == ("breast-cancer-staging", "DISABLED")
    assert schedule["run_at_most"] == pytest.approx(0.115 + 30 * 0.14 / 730)
    assert {k: schedule["last_runs"][k] for k in ("runs", "billed_seconds", "spot_saving")} == {
        "runs": 2,
        "billed_seconds": 90,
        "spot_saving": None,
    }
    assert schedule["last_runs"]["run"] == pytest.approx(schedule["run_at_most"] * 90 / 3600)

    table = typed("cost", "--rehearsal", "--runs", "2", "breast-cancer-staging")
    assert (table.exit_code, table.stderr) == (0, "")
    assert "in 90 s, mean of 2" in table.stdout
    assert table.stdout.endswith(
        "a month of all that is enabled, at most: USD 0.00; 1 of 1 schedules not enabled, and not in it\n"
    )


def test_without_looking_at_runs_none_is_described(in_project: DeployedStack) -> None:
    (schedule,) = document("--runs", "0")["schedules"]

    assert schedule["last_runs"] is None


def test_a_job_that_the_stack_does_not_have_is_answered_with_those_that_it_has(in_project: DeployedStack) -> None:
    name = uuid.uuid4().hex

    done = typed("cost", "--rehearsal", name)

    assert (done.exit_code, done.stdout) == (1, "")
    assert (
        done.stderr == f"error: the stack has no job and no schedule {name!r}; its schedules: breast-cancer-staging\n"
    )
