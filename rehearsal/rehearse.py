"""The whole of a stack on one machine: judged, deployed onto the embedded AWS, fired, trained, registered.

The order of the steps is the order in which AWS would come to them; a step that fails ends the rehearsal, and what it
has started is stopped.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from components.s3_location import bucket_of, key_of
from components.schedule_spec import ScheduleSpec
from rehearsal.aws_clients import AwsClients
from rehearsal.declaring.program import declare
from rehearsal.deploying.deployment import EmbeddedAwsMocks
from rehearsal.errors import RehearsalError
from rehearsal.judging.judgement import permission_faults, sample_request
from rehearsal.judging.stack_check import StackCheck, artifact_store_of, check_stack
from rehearsal.local_servers.servers import Ports, Servers, start_servers
from rehearsal.local_servers.training_job_reports import report_training_job
from rehearsal.permissions.role_documents import deployed_roles
from rehearsal.reporter import Reporter
from rehearsal.running.container import ContainerPlatform, ContainerResult, run_training_container
from rehearsal.running.deployed_schedule import DeployedSchedule
from rehearsal.running.model_registry import ModelVersion, model_versions
from rehearsal.running.sample_data import own_files, put_files, sample_csv_files
from rehearsal.running.schedule_runner import Invocation, invoke_schedule, read_schedule
from rehearsal.running.script_lines import ScriptLines
from rehearsal.sealed_environment import sealed_environment

STATE_DIRECTORY: Final = ".rehearsal"
CONTAINER_ENVIRONMENT: Final = ".venv-container"
_IMAGE_PYTHON: Final = "3.12"
_DEFAULT_ARTIFACT_ROOT: Final = "s3://rehearsal-mlflow-artifacts/"


@dataclass(frozen=True)
class RehearsalOptions:
    """What to rehearse, and how.

    `deliveries` is how often the Scheduler delivers the same invocation. `data` replaces sample data: channel -> a CSV
    file or a directory of them. `keep` leaves the servers running.
    """

    project_dir: Path
    stack: str
    deliveries: int = 1
    keep: bool = False
    data: Mapping[str, Path] = field(default_factory=dict)
    ports: Ports = field(default_factory=Ports)


@dataclass(frozen=True)
class RehearsedJob:
    """One training job that ran, and the model version that stands for its invocation."""

    invocation: Invocation
    result: ContainerResult
    version: ModelVersion

    @property
    def registered(self) -> bool:
        """Whether this very job registered the version, rather than an earlier delivery."""
        return self.version.tags.get("training_job_name") == self.invocation.training_job_name


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal came to; the addresses answer only while its servers run."""

    jobs: tuple[RehearsedJob, ...]
    tracking_uri: str
    endpoint_url: str
    state_dir: Path


def rehearse(options: RehearsalOptions, reporter: Reporter) -> Rehearsal:
    """Rehearse a stack from its YAML to registered models.

    Raises:
        RehearsalError, and the errors of the steps (settings, policies, servers, deployment, invocation, container):
            each message says what is wrong and how to cure it. Nothing that was started is left running.
    """
    _require_known_channels(options)
    with reporter.step("check settings, request, permissions and policies") as step:
        check = check_stack(options.project_dir, options.stack)
        _stop_at_faults(check, reporter)
        step.detail(f"{len(check.declaration.resources)} resources, {len(check.policies)} policies")
    region = check.declaration.configuration.get("aws:region", "us-east-1")
    stores = [
        store for schedule in check.schedules if (store := artifact_store_of(check.declaration.exports, schedule))
    ]
    state_dir = options.project_dir / STATE_DIRECTORY / options.stack
    artifact_root = stores[0] if stores else _DEFAULT_ARTIFACT_ROOT
    with start_servers(state_dir, region=region, artifact_root=artifact_root, ports=options.ports) as servers:
        stage = _Stage(options, reporter, check, servers, AwsClients(servers.endpoint_url, region))
        stage.set_up([artifact_root, *stores])
        jobs = tuple(job for schedule in stage.deploy() for job in stage.run(schedule))
        if options.keep:
            servers.keep()
        return Rehearsal(jobs, servers.tracking_uri, servers.endpoint_url, state_dir)


def _require_known_channels(options: RehearsalOptions) -> None:
    if options.deliveries < 1:
        raise RehearsalError(f"--deliveries is {options.deliveries}; allowed: 1 or more")


def _stop_at_faults(check: StackCheck, reporter: Reporter) -> None:
    for fault in check.faults:
        if not fault.mandatory:
            reporter.note(f"{fault.rule or fault.kind}, {fault.subject}: {fault.message}")
    found = [
        f"  {fault.rule or fault.kind}, {fault.subject}: {fault.message}" for fault in check.faults if fault.mandatory
    ]
    if found:
        raise RehearsalError("\n".join([f"the stack does not pass ({len(found)} faults):", *found]))
    if not check.schedules:
        raise RehearsalError("the stack declares no schedule that starts training jobs: add one to training_jobs")


@dataclass(frozen=True)
class _Stage:
    """What the steps after the check share."""

    options: RehearsalOptions
    reporter: Reporter
    check: StackCheck
    servers: Servers
    clients: AwsClients

    def set_up(self, artifact_stores: Sequence[str]) -> None:
        """Make what is there before a stack: buckets, data, an MLflow server."""
        requests = [sample_request(schedule) for schedule in self.check.schedules]
        with self.reporter.step("start the embedded AWS and MLflow, put data into S3") as step:
            files = sample_csv_files()
            self.servers.aws.wait_until_ready()
            for bucket in {bucket_of(uri) for uri in (*artifact_stores, *_s3_uris(requests))}:
                self.clients.s3.create_bucket(Bucket=bucket, **self._location())
            count = sum(self._put_data(request, files) for request in requests)
            self.servers.wait_until_ready()
            step.detail(f"{count} files; MLflow at {self.servers.tracking_uri}")

    def _location(self) -> dict[str, Any]:
        """S3 wants every region but one named."""
        region = self.clients.region
        return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}

    def _put_data(self, request: Mapping[str, Any], samples: Mapping[str, bytes]) -> int:
        """Fill the channels of one job: a person's own data where given, else the sample's part of that name."""
        channels = {
            channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3Uri"]
            for channel in request["InputDataConfig"]
        }
        unknown = sorted(set(self.options.data).difference(channels))
        if unknown:
            raise RehearsalError(
                f"--data names the channel {', '.join(unknown)}; the stack's channels: {', '.join(channels)}"
            )
        count = 0
        for name, uri in channels.items():
            if name in self.options.data:
                files = own_files(self.options.data[name])
            else:
                files = {"breast_cancer.csv": samples.get(name, samples["training"])}
            count += put_files(self.clients.s3, uri, files)
        return count

    def deploy(self) -> list[DeployedSchedule]:
        """Run the program onto the embedded AWS, and read back what is deployed."""
        with self.reporter.step("deploy the stack onto the embedded AWS") as step:
            mocks = EmbeddedAwsMocks(self.clients)
            declaration = declare(self.options.project_dir, self.options.stack, mocks, preview=False)
            step.detail(f"{sum(resource.custom for resource in declaration.resources)} resources")
        deployed = [read_schedule(self.clients, each.group_name, each.name) for each in self.check.schedules]
        with self.reporter.step("judge the deployed roles' permissions"):
            denied = [
                f"  {fault.subject} {fault.message}"
                for schedule in deployed
                for fault in self._permission_faults(schedule, sample_request(schedule))
            ]
            if denied:
                raise RehearsalError("\n".join(["IAM would deny:", *denied]))
        return deployed

    def _permission_faults(self, schedule: DeployedSchedule, request: Mapping[str, Any]) -> list[Any]:
        keys = {
            channel["ChannelName"]: self._keys(channel["DataSource"]["S3DataSource"]["S3Uri"])
            for channel in request["InputDataConfig"]
        }
        store = artifact_store_of(self.check.declaration.exports, schedule)
        faults = permission_faults(
            schedule, request, deployed_roles(self.clients.iam), object_keys=keys, artifact_store=store
        )
        return [fault for fault in faults if fault.mandatory]

    def _keys(self, uri: str) -> list[str]:
        pages = self.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket_of(uri), Prefix=key_of(uri))
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def run(self, schedule: DeployedSchedule) -> Iterator[RehearsedJob]:
        """Deliver one invocation of a schedule as often as asked, and run the training job of each delivery."""
        due = self._next_time(schedule)
        for delivery in range(1, self.options.deliveries + 1):
            title = f"fire the schedule {schedule.name} for {due:%Y-%m-%d %H:%M %Z}"
            if self.options.deliveries > 1:
                title += f", delivery {delivery} of {self.options.deliveries}"
            with self.reporter.step(title) as step:
                invocation = invoke_schedule(
                    self.clients,
                    schedule,
                    scheduled_time=due,
                    authorize=lambda *fired: [fault.message for fault in self._permission_faults(*fired)],
                )
                step.detail(invocation.training_job_name)
            if delivery == 1:
                for note in invocation.notes:
                    self.reporter.note(note)
            yield self._train(invocation)

    def _next_time(self, schedule: DeployedSchedule) -> datetime:
        """The time that the schedule is due next; one that is never due again fires now."""
        deployed = self.clients.scheduler.get_schedule(GroupName=schedule.group_name, Name=schedule.name)
        spec = ScheduleSpec(
            expression=deployed["ScheduleExpression"], time_zone=deployed.get("ScheduleExpressionTimezone", "UTC")
        )
        now = datetime.now(UTC).replace(microsecond=0)
        return next(iter(spec.next_fire_times(now)), now)

    def _train(self, invocation: Invocation) -> RehearsedJob:
        name = invocation.training_job_name
        report = partial(report_training_job, self.servers.endpoint_url, name)
        container = self.options.project_dir / CONTAINER_ENVIRONMENT
        log_path = self.servers.state_dir / "training-jobs" / f"{name}.log"
        log_path.parent.mkdir(exist_ok=True)
        with (
            self.reporter.step(f"train in the container ({_image_difference(container)})") as step,
            log_path.open("w", encoding="utf-8") as log,
        ):
            script_lines = ScriptLines()

            def on_line(text: str) -> None:
                log.write(f"{text}\n")
                if script_lines.is_next(text):
                    self.reporter.log_line(text)

            report({"SecondaryStatus": "Training", "TrainingStartTime": datetime.now(UTC)})
            result = run_training_container(
                invocation.request,
                ContainerPlatform(
                    clients=self.clients,
                    container_environment=container,
                    environment=sealed_environment(
                        os.environ, region=self.clients.region, endpoint_url=self.servers.endpoint_url
                    ),
                    # The local MLflow lets everybody in: there is no secret to read.
                    swaps={"MLFLOW_TRACKING_URI": self.servers.tracking_uri, "SECRET_ARN": ""},
                ),
                training_job_arn=invocation.training_job_arn,
                on_line=on_line,
            )
            report(_description(result))
            step.detail(result.status)
        if result.status != "Completed":
            if self.options.keep:
                self.servers.keep()  # a job that failed is what one wants to look at
            raise RehearsalError(
                f"training job {name} ended as {result.status} ({result.secondary_status}): "
                f"{result.failure_reason or 'no reason given'}\nits log: {log_path}"
            )
        return RehearsedJob(invocation, result, self._standing_version(invocation))

    def _standing_version(self, invocation: Invocation) -> ModelVersion:
        """The one version of this invocation; none, or several, is what a rehearsal is there to find."""
        environment = invocation.request["Environment"]
        model, due = environment["REGISTERED_MODEL_NAME"], environment["SCHEDULED_TIME"]
        found = [
            version
            for version in model_versions(self.servers.tracking_uri, model)
            if version.tags.get("scheduled_time") == due
            and version.tags.get("schedule_arn") == environment["SCHEDULE_ARN"]
        ]
        if len(found) != 1:
            raise RehearsalError(
                f"training job {invocation.training_job_name} completed, but the registered model {model!r} has "
                f"{len(found)} versions of this invocation instead of one: look at the training code's registration"
            )
        return found[0]


def _s3_uris(requests: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for request in requests:
        yield request["OutputDataConfig"]["S3OutputPath"]
        yield request["HyperParameters"]["sagemaker_submit_directory"]
        yield from (channel["DataSource"]["S3DataSource"]["S3Uri"] for channel in request["InputDataConfig"])
        if "CheckpointConfig" in request:
            yield request["CheckpointConfig"]["S3Uri"]


def _image_difference(container_environment: Path) -> str:
    """Which Python stands in for the image's."""
    python = container_environment / "bin" / "python"
    code = "import sys; print('.'.join(map(str, sys.version_info[:2])))"
    version = platform.python_version()
    if python.is_file():
        version = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    return f"Python {version}" + ("" if version == _IMAGE_PYTHON else f"; the image has {_IMAGE_PYTHON}")


def _description(result: ContainerResult) -> dict[str, Any]:
    """What DescribeTrainingJob tells of a job that has ended."""
    seconds = round((result.ended - result.started).total_seconds())
    described: dict[str, Any] = {
        "TrainingJobStatus": result.status,
        "SecondaryStatus": result.secondary_status,
        "TrainingStartTime": result.started,
        "TrainingEndTime": result.ended,
        "TrainingTimeInSeconds": max(1, seconds),
        "BillableTimeInSeconds": max(1, seconds),
        "FinalMetricDataList": [
            {"MetricName": metric.name, "Value": metric.value, "Timestamp": metric.timestamp}
            for metric in result.metrics
        ],
    }
    if result.failure_reason:
        described["FailureReason"] = result.failure_reason
    if result.model_artifact_uri:
        described["ModelArtifacts"] = {"S3ModelArtifacts": result.model_artifact_uri}
    return described
