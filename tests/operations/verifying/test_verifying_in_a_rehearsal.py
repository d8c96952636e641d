"""`training-jobs verify --rehearsal`: the first flight in full, on a stack that was kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from operations.command_line import app
from operations.verifying.steps import Outcome
from tests.operations.deployed_stack import DeployedStack

pytestmark = pytest.mark.slow


def test_a_first_flight_runs_the_job_twice_registers_it_once_and_leaves_a_report_without_names(
    deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(deployed.project)
    report = tmp_path / "report.md"

    with pytest.raises(SystemExit) as ended:
        app(["verify", "--rehearsal", "--json", "--report", str(report)], standalone_mode=False)
    told = json.loads(capsys.readouterr().out)

    assert (ended.value.code, told["passed"], told["stack"]) == (0, True, "staging")
    steps = {each["name"]: each["outcome"] for each in told["steps"]}
    assert steps == dict.fromkeys(["doctor", "run", "artifact", "model version", "second delivery"], Outcome.PASSED)
    text = report.read_text(encoding="utf-8")
    assert text.startswith("# First flight: passed\n\nStack <stack-1> in a rehearsal on one machine, ")
    assert [name for name in ("breast-cancer", "ml-platform", "123456789012", "s3://") if name in text] == []
