"""The rehearsal deploys what policies have made of the stack, as `pulumi up` does."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from operations.console import ConsoleReporter
from rehearsal.aws_clients import AwsClients
from rehearsal.judging.stack_check import check_stack
from rehearsal.local_servers.servers import start_servers
from rehearsal.rehearse import _stop_at_faults
from rehearsal.steps.deploy import deploy
from rehearsal.steps.stage import Stage
from tests.operations.projects import change, copy_project


@pytest.mark.slow
def test_what_a_policy_has_changed_is_deployed_and_said(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    change(project, "staging", "        time_zone: ", "        maximum_retry_attempts: 9\n        time_zone: ")
    levels = project / "policies" / "staging.json"
    levels.write_text(levels.read_text().replace('"SG20-few-retries": "advisory"', '"SG20-few-retries": "remediate"'))
    said = io.StringIO()
    reporter = ConsoleReporter(Console(file=said, width=200))
    check = check_stack(project, "staging")

    _stop_at_faults(check, reporter)
    with start_servers(tmp_path / "state", region="us-east-1", artifact_root=None) as servers:
        servers.aws.wait_until_ready()
        clients = AwsClients(servers.endpoint_url, "us-east-1")
        clients.s3.create_bucket(Bucket="ml-platform-staging-ml-bucket")
        (schedule,) = deploy(Stage(project, reporter, check, servers, clients))

    assert schedule.maximum_retry_attempts == 3
    assert (
        "changed by policies, and deployed so: "
        "SG20-few-retries: target.retryPolicy.maximumRetryAttempts of breast-cancer-schedule\n"
    ) in said.getvalue()
    assert "4 advisory findings (SG14-spot-used, SG22-customer-keys, SG23-closed-network); in full" in said.getvalue()
