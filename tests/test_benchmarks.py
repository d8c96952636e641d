"""The benchmarks of programs still measure jobs as they are now: a round of each is run, and no figure is judged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.whole_program import prepared
from tests.source_files import PROJECT_DIRECTORY

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("alarms", [0, 1])
def test_component_and_flat_program_declare_a_job(alarms: int) -> None:
    command = [sys.executable, "-m", "benchmarks.program", "--measure", "1", "1", str(alarms)]

    finished = subprocess.run(command, cwd=PROJECT_DIRECTORY, capture_output=True, text=True, check=True)

    rounds, collecting = json.loads(finished.stdout.splitlines()[-1])
    assert [set(figures) for figures in (*rounds, collecting)] == [{"component", "flat", "flat in turns"}] * 2


def test_what_cdk_is_given_is_what_a_job_without_alarms_declares(tmp_path: Path) -> None:
    _, jobs = prepared(2, tmp_path)

    assert [len(job) for job in jobs] == [8, 8]
    assert {name for job in jobs for name in (each["name"].partition("-alarm")[1] for each in job)} == {""}
