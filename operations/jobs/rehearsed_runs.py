"""In a kept rehearsal: the training job really runs, on this machine, as one that a rehearsal fires."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from botocore.exceptions import BotoCoreError

from components.schedule_input import InvocationContext
from operations.jobs.history import JobRun
from operations.jobs.history_asking import describe_job
from operations.jobs.invocations import Request, training_job_name
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.runners import AlreadyStartedError, OnChange
from rehearsal.aws_clients import AwsClients
from rehearsal.container.environment import require_container_environment
from rehearsal.container.s3_objects import objects_under
from rehearsal.invoking.dated_channels import dated_channels, uri_of
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.invoking.schedule_runner import Invocation, InvocationFailedError, deliver_once
from rehearsal.local_servers.training_job_reports import TrainingJobReportError, report_training_job
from rehearsal.rehearse import CONTAINER_ENVIRONMENT, STATE_DIRECTORY
from rehearsal.reporter import Reporter
from rehearsal.running.sample_data import sample_csv_files
from rehearsal.running.stop_requests import stop_requests
from rehearsal.steps.deploy import OUTPUTS_FILE
from rehearsal.steps.stage import RunningStack
from rehearsal.steps.train import TrainingJobFailedError, put_dated_channel, run_job


@dataclass(frozen=True)
class KeptServers:
    """The servers of a rehearsal that was kept."""

    state_dir: Path
    endpoint_url: str
    tracking_uri: str


@dataclass
class RehearsalRunner:
    """Starts a training job on the embedded AWS, and runs it when it is waited for."""

    stack: RunningStack
    waits_always: bool = True
    _started: dict[str, Invocation] = field(default_factory=dict)

    @classmethod
    def of_kept(cls, operated: OperatedStack, reporter: Reporter) -> Self:
        """On the servers of the rehearsal that was kept of a stack.

        Raises:
            RehearsalError: this machine has no container environment.
        """
        project_dir, place = operated.project_dir, operated.place
        require_container_environment(project_dir / CONTAINER_ENVIRONMENT)
        state_dir = project_dir / STATE_DIRECTORY / operated.name
        exports = json.loads((state_dir / OUTPUTS_FILE).read_text(encoding="utf-8"))
        told = place.environment
        servers = KeptServers(state_dir, told["AWS_ENDPOINT_URL"], told["MLFLOW_TRACKING_URI"])
        clients = AwsClients(servers.endpoint_url, place.region)
        return cls(RunningStack(project_dir, reporter, exports, servers, clients))

    def start(self, schedule: DeployedSchedule, request: Request) -> str:
        """As `Runner.start`; data with a date that is not there yet is put there, as a rehearsal does."""
        name, told = training_job_name(request), request["Environment"]
        self._put_missing_data(schedule, datetime.fromisoformat(told["SCHEDULED_TIME"]))
        try:
            arn = deliver_once(self.stack.clients, schedule, request, self._denied)
        except InvocationFailedError as error:
            if error.error_code == "ResourceInUse":
                raise AlreadyStartedError(error.message) from None
            raise
        due = datetime.fromisoformat(told["SCHEDULED_TIME"])
        context = InvocationContext(
            schedule.arn, due, told["SCHEDULE_EXECUTION_ID"], int(told["SCHEDULE_ATTEMPT_NUMBER"])
        )
        self._started[name] = Invocation(schedule, context, request, arn)
        return arn

    def wait_for_one(self, names: Sequence[str], on_change: OnChange) -> JobRun:  # noqa: ARG002 - its steps are shown
        """As `Runner.wait_for_one`: runs the first of them, which StopTrainingJob may stop."""
        name = names[0]
        invocation = self._started.pop(name)
        try:
            with stop_requests(self.stack.clients.sagemaker, name, self.stack.reporter.note) as stop_requested:
                run_job(self.stack, invocation, stop_requested)
        except TrainingJobFailedError:
            pass  # which its description tells as well
        except BaseException as error:
            with suppress(BotoCoreError, TrainingJobReportError):  # nobody is there any more to be told
                self._report_end(name, error)
            raise
        return describe_job(self.stack.clients.sagemaker, name)

    def _denied(self, schedule: DeployedSchedule, request: Any) -> list[str]:  # noqa: ANN401 - as `Authorize`
        """What the execution role may not; the scheduler role is not asked, as somebody else makes the call."""
        faults = self.stack.denied_calls(schedule, request)
        return [fault.message for fault in faults if fault.subject == request["RoleArn"]]

    def _put_missing_data(self, schedule: DeployedSchedule, due: datetime) -> None:
        missing = [
            channel
            for channel in dated_channels(schedule, due)
            if not objects_under(self.stack.clients.s3, uri_of(channel))
        ]
        if missing:
            files = {name: {"breast_cancer.csv": content} for name, content in sample_csv_files().items()}
            for channel in missing:
                put_dated_channel(self.stack, schedule, channel, due, files)

    def _report_end(self, name: str, error: BaseException) -> None:
        """What this command did not bring to its end has ended as well: nothing else runs it."""
        if describe_job(self.stack.clients.sagemaker, name).has_ended:
            return
        is_stop = isinstance(error, KeyboardInterrupt)
        status = "Stopped" if is_stop else "Failed"
        reason = {} if is_stop else {"FailureReason": f"InternalServerError: {error}"}
        report_training_job(
            self.stack.servers.endpoint_url, name, {"TrainingJobStatus": status, "SecondaryStatus": status, **reason}
        )
