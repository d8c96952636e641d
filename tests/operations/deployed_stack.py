"""A stack on an embedded AWS, for commands to look at: deployed, with data, and with the jobs that a test reports.

It is what `training-jobs rehearse --keep` leaves, but that no training job has run: that takes seconds instead of half
a minute, and a test decides what its jobs came to.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from rich.console import Console

from components.schedule_input import InvocationContext, render
from operations.console import ConsoleReporter
from operations.deployed_jobs import StackJob, StackSchedule, stack_jobs
from operations.places import Place, place_in_rehearsal
from rehearsal.aws_clients import AwsClients
from rehearsal.judging.judgement import sample_request
from rehearsal.judging.stack_check import check_stack
from rehearsal.local_servers.servers import start_servers, stop_kept
from rehearsal.local_servers.training_job_reports import report_training_job
from rehearsal.rehearse import STATE_DIRECTORY
from rehearsal.steps.deploy import deploy
from rehearsal.steps.set_up import set_up
from rehearsal.steps.stage import Stage
from tests.operations.projects import copy_project

STACK: Final = "staging"
FIRST: Final = datetime(2026, 10, 1, 3, tzinfo=UTC)


@dataclass(frozen=True)
class DeployedStack:
    """A project whose stack is deployed, and what a command or a test needs of it."""

    project: Path
    clients: AwsClients
    stack: str = STACK

    @property
    def place(self) -> Place:
        return place_in_rehearsal(self.project, self.stack)

    @property
    def jobs(self) -> dict[str, StackJob]:
        return stack_jobs(self.project, self.stack, self.place)

    @property
    def job(self) -> StackJob:
        """The first of them."""
        return next(iter(self.jobs.values()))

    def create_job(
        self,
        schedule: StackSchedule | None = None,
        due: datetime = FIRST,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Create the training job of one invocation, and answer with its name; it stays in progress.

        `environment` are variables beside its own.
        """
        fired = schedule or self.job
        context = InvocationContext(fired.schedule_arn, due, str(uuid.uuid4()), 1)
        request = render(fired.target_input, context)
        request["Environment"] |= environment
        self.clients.sagemaker.create_training_job(**request)
        return str(request["TrainingJobName"])

    def report(self, name: str, **told: Any) -> None:  # noqa: ANN401 - members of DescribeTrainingJob
        """Report members of DescribeTrainingJob, as a rehearsal does."""
        report_training_job(self.clients.endpoint_url, name, told)

    def run_job(self, status: str = "Completed", due: datetime = FIRST, seconds: int = 60, **told: Any) -> str:  # noqa: ANN401 - as report
        """A training job that began when it was due and has ended, and its name."""
        name = self.create_job(due=due)
        secondary = {"Completed": "Completed", "Failed": "Failed", "Stopped": "Stopped"}[status]
        self.report(
            name,
            SecondaryStatus="Training",
            TrainingStartTime=due,
        )
        self.report(
            name,
            **{
                "TrainingJobStatus": status,
                "SecondaryStatus": secondary,
                "TrainingStartTime": due,
                "TrainingEndTime": due + timedelta(seconds=seconds),
                "TrainingTimeInSeconds": seconds,
                "BillableTimeInSeconds": seconds,
                **told,
            },
        )
        return name


@contextmanager
def deployed_stack(
    directory: Path,
    stack: str = STACK,
    *,
    mlflow: bool = False,
    prepare: Callable[[Path], None] | None = None,
    surround: Callable[[Path, AwsClients], None] | None = None,
) -> Iterator[DeployedStack]:
    """Deploy a copy of this project below `directory` onto an embedded AWS; its servers end with the block.

    `prepare` changes the copy before; `surround` makes what the account has beside the stack, and may name it there.
    """
    project = copy_project(directory / "project")
    if prepare is not None:
        prepare(project)
    state_dir = project / STATE_DIRECTORY / stack
    check = check_stack(project, stack)
    requests = [sample_request(schedule) for schedule in check.schedules]
    region = check.declaration.configuration["aws:region"]
    root = "s3://rehearsal-mlflow-artifacts/" if mlflow else None
    account = check.schedules[0].scope.account_id
    with start_servers(state_dir, region=region, artifact_root=root, account_id=account) as servers:
        clients = AwsClients(servers.endpoint_url, region)
        if surround is not None:
            servers.aws.wait_until_ready()
            surround(project, clients)
            check = check_stack(project, stack)
            requests = [sample_request(schedule) for schedule in check.schedules]
        stage = Stage(project, ConsoleReporter(Console(quiet=True)), check, servers, clients)
        set_up(stage, requests, {}, [root] if root else [])
        deploy(stage)
        servers.keep()
    try:
        yield DeployedStack(project, stage.clients, stack)
    finally:
        stop_kept(state_dir)
