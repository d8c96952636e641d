"""A schedule that is off may be over as well: it is fired all the same, and what is said of it is true."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from operations.console import ConsoleReporter
from rehearsal.aws_clients import AwsClients
from rehearsal.invoking.schedule_runner import InvocationFailedError
from rehearsal.judging.stack_check import check_stack
from rehearsal.local_servers.servers import start_servers
from rehearsal.steps.deploy import deploy
from rehearsal.steps.stage import Stage
from rehearsal.steps.train import invoke
from tests.operations.projects import change, copy_project

NAME = "breast-cancer-staging"


def said_when_fired(directory: Path, expression: str) -> str:
    """What a rehearsal says of staging with another schedule, up to its invocation: without data none is accepted."""
    project = copy_project(directory / "project")
    change(project, "staging", "cron(0 3 * * ? *)", expression)
    said = io.StringIO()
    reporter = ConsoleReporter(Console(file=said, width=400))
    check = check_stack(project, "staging")
    assert check.passed
    with start_servers(directory / "state", region="us-east-1", artifact_root=None) as servers:
        servers.aws.wait_until_ready()
        clients = AwsClients(servers.endpoint_url, "us-east-1")
        clients.s3.create_bucket(Bucket="ml-platform-staging-ml-bucket")
        stage = Stage(project, reporter, check, servers, clients)
        (schedule,) = deploy(stage)
        with pytest.raises(InvocationFailedError, match="No S3 objects found"):
            next(invoke(stage, schedule, {}, deliveries=1))
    return said.getvalue()


@pytest.mark.slow
def test_a_schedule_that_is_off_and_over_is_fired_for_now_and_a_note_says_so(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    said = said_when_fired(tmp_path, "at(2020-01-31T03:00:00)")

    over = r"at\(2020-01-31T03:00:00\) in UTC name no time"
    form = re.compile(
        rf"note   schedule {NAME}/{NAME} is never due again: after (\S+ \S+) UTC, {over}"
        r"\. Cure: correct schedule\.expression or schedule\.end_date; fired for now\n"
        rf".*fire the schedule {NAME} for (\S+ \S+) UTC"
    )
    moments = form.search(said)
    assert moments is not None, said
    assert moments[1] == moments[2]
    fired = datetime.strptime(moments[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert before - timedelta(minutes=1) < fired <= datetime.now(UTC)


@pytest.mark.slow
def test_a_schedule_that_is_only_off_is_fired_for_its_next_time_without_that_note(tmp_path: Path) -> None:
    said = said_when_fired(tmp_path, "cron(0 3 1 1 ? 2199)")

    assert "fired for now" not in said
    assert f"fire the schedule {NAME} for 2199-01-01 03:00 UTC" in said
