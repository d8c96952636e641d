"""What `training-jobs run --wait` tells of a training job on its way, and at its end."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from operations.jobs.logs import print_end
from operations.jobs.running import print_change
from tests.operations.jobs.descriptions import NAME, run


def test_a_status_on_the_way_is_told() -> None:
    output = io.StringIO()

    print_change(run(TrainingJobStatus="InProgress", SecondaryStatus="Downloading"), Console(file=output))

    assert output.getvalue().endswith("  InProgress: Downloading\n")


@pytest.mark.parametrize("status", ["Failed", "Stopped", "Completed"])
def test_the_end_is_told_once_with_its_reason(status: str) -> None:
    output = io.StringIO()
    console = Console(file=output, width=400, highlight=False)
    ended = run(TrainingJobStatus=status, SecondaryStatus=status, FailureReason="AlgorithmError: no rows, exit code: 1")

    print_change(ended, console)
    print_end(ended, console)

    assert output.getvalue().count(status) == 1
    assert output.getvalue().startswith(f"training job {NAME} {status}")
