"""`training-jobs logs`, of training jobs that write what a test lets them write."""

from __future__ import annotations

import io
import itertools
import json
import time

import pytest
from rich.console import Console

from operations.jobs.logs import follow_logs
from operations.jobs.operated_stack import OperatedStack
from operations.mistakes import INTERRUPTED
from rehearsal.container.training_logs import LogStream
from tests.operations.deployed_stack import DeployedStack
from tests.operations.projects import typed

pytestmark = pytest.mark.slow


def test_the_log_of_several_hosts_is_in_order_of_time(deployed: DeployedStack, stack: OperatedStack) -> None:
    name, clock = deployed.create_job(), itertools.count(time.time() - 3600)
    streams = [LogStream(deployed.clients.logs, name, f"algo-{n}", now=lambda: next(clock)) for n in (1, 2)]
    for number, text in enumerate(["a", "b", "c", "d"]):
        streams[number % 2].write(text)
    for stream in streams:
        stream.flush()
    deployed.report(name, TrainingJobStatus="Completed", SecondaryStatus="Completed")

    shown = typed("logs", name[-36:-28], "--rehearsal")
    lines = json.loads(typed("logs", name, "--rehearsal", "--json").stdout)["lines"]

    assert [line.split(" ")[-1] for line in shown.stdout.splitlines()] == ["a", "b", "c", "d"]
    assert [(line["host"], line["message"]) for line in lines] == [
        ("algo-1", "a"),
        ("algo-2", "b"),
        ("algo-1", "c"),
        ("algo-2", "d"),
    ]


def test_a_job_without_a_log_says_why(deployed: DeployedStack, stack: OperatedStack) -> None:
    name = deployed.run_job("Failed", FailureReason="CapacityError: Unable to provision requested ML compute capacity.")

    shown = typed("logs", "--rehearsal")

    assert shown.exit_code == 0
    assert f"training job {name} ended as Failed without a line: AWS had no machine" in " ".join(shown.stdout.split())


def test_a_followed_log_goes_on_where_it_was_and_ends_with_the_job(
    deployed: DeployedStack, stack: OperatedStack, in_progress: str
) -> None:
    stream = LogStream(deployed.clients.logs, in_progress)
    stream.write("first")
    stream.flush()
    waited = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        stream.write(f"after {len(waited)}")
        stream.flush()
        if len(waited) == 2:
            deployed.report(
                in_progress, TrainingJobStatus="Failed", SecondaryStatus="Failed", FailureReason="AlgorithmError: no"
            )

    output = io.StringIO()
    code = follow_logs(stack.place, in_progress, Console(file=output, width=400, highlight=False), wait, " --rehearsal")

    *lines, last = output.getvalue().splitlines()
    assert [line[20:] for line in lines] == ["first", "after 1", "after 2", "after 3"]
    assert last == f"training job {in_progress} Failed: no. See: training-jobs logs {in_progress} --rehearsal"
    assert code == 1


def test_whoever_stops_following_is_told_that_the_job_goes_on(
    stack: OperatedStack, in_progress: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    code = follow_logs(stack.place, in_progress, Console(quiet=True), interrupted, " --stack prod")

    assert code == INTERRUPTED
    assert capsys.readouterr().err == (
        f"interrupted; training job {in_progress} goes on without this command; training-jobs stop {in_progress} "
        "--stack prod ends it\n"
    )
