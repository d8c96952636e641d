"""A training job that a command runs in a kept rehearsal, whose servers somebody else stops meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from operations.jobs import rehearsed_runs
from operations.jobs.rehearsed_runs import RehearsalRunner
from rehearsal.aws_clients import AwsClients
from rehearsal.local_servers.training_job_reports import TrainingJobReportError, report_training_job

pytestmark = pytest.mark.slow


@pytest.fixture
def address() -> Iterator[str]:
    """Where nothing answers, and nobody else comes to."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


def test_a_run_whose_servers_are_gone_says_so(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_job(stack: Any, *_: object) -> None:  # noqa: ANN401 - a RunningStack
        report_training_job(stack.servers.endpoint_url, "job-1", {"SecondaryStatus": "Training"})

    monkeypatch.setattr(rehearsed_runs, "run_job", run_job)
    reporter = SimpleNamespace(note=lambda _: None)
    stack = SimpleNamespace(
        clients=AwsClients(address, "us-east-1"), servers=SimpleNamespace(endpoint_url=address), reporter=reporter
    )
    runner = RehearsalRunner(cast("Any", stack), _started=cast("Any", {"job-1": None}))

    with pytest.raises(TrainingJobReportError) as told:
        runner.wait_for_one(["job-1"], lambda _: None)

    assert str(told.value) == (
        f"the embedded AWS at {address} does not answer any more ([Errno 111] Connection refused): its rehearsal was "
        "stopped, or another one of the stack has begun; run training-jobs rehearse --keep"
    )
