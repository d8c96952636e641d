"""Fire a deployed schedule, and run the training job that it starts."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from components.dated_paths import dated_path
from components.wording import counted
from rehearsal.container.environment import ContainerPlatform
from rehearsal.container.result import ContainerResult
from rehearsal.container.run import run_training_container
from rehearsal.container.script_image import ScriptImage, image_of
from rehearsal.container.script_lines import ScriptLines
from rehearsal.errors import RehearsalError
from rehearsal.invoking.dated_channels import dated_channels, uri_of
from rehearsal.invoking.deliveries import is_tracked, standing_delivery, tracks_afterwards
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.invoking.schedule_runner import Invocation, invoke_schedule
from rehearsal.judging.stack_check import data_uris_of
from rehearsal.local_servers.training_job_reports import report_training_job
from rehearsal.running.model_registry import ModelVersion, experiment_of, model_versions
from rehearsal.running.stop_requests import stop_requests
from rehearsal.running.training_script import CONTAINER_ENVIRONMENT
from rehearsal.sealed_environment import sealed_environment
from rehearsal.steps.bring_in import bring_in
from rehearsal.steps.set_up import put_data
from rehearsal.steps.stage import RunningStack, Stage


class TrainingJobFailedError(RehearsalError):
    """The training job has ended, and not with success; the message says why and where its log is."""


@dataclass(frozen=True)
class RehearsedJob:
    """One training job that ran, and what stands for its invocation."""

    invocation: Invocation
    result: ContainerResult
    stands_of: str
    """The training job whose model stands for the invocation: this one, or an earlier delivery."""
    version: ModelVersion | None = None
    """The model version that stands; None of a job that does not track."""
    experiment_id: str = ""
    """Of the version's run."""

    @property
    def delivered(self) -> bool:
        """Whether it is this very job's model, rather than an earlier delivery's."""
        return self.stands_of == self.invocation.training_job_name


def invoke(
    stage: Stage, schedule: DeployedSchedule, files: Mapping[str, dict[str, bytes]], *, deliveries: int
) -> Iterator[RehearsedJob]:
    """Deliver one invocation of a schedule as often as asked, and run the training job of each delivery.

    `files` are those for each channel, by name: a channel whose location depends on the time is filled here.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    due = _next_time(schedule, now)
    if due is None:  # only one that is off comes as far as this: the check stops the others
        name = f"{schedule.group_name}/{schedule.name}"
        stage.reporter.note(f"schedule {name} is {schedule.never_due(now)}; fired for now")
        due = now
    stack = stage.running
    put_dated_data(stack, schedule, due, files)
    for delivery in range(1, deliveries + 1):
        title = f"fire the schedule {schedule.name} for {due:%Y-%m-%d %H:%M %Z}"
        if deliveries > 1:
            title += f", delivery {delivery} of {deliveries}"
        with stage.reporter.step(title) as step:
            invocation = invoke_schedule(
                stage.clients,
                schedule,
                scheduled_time=due,
                authorize=lambda *fired: [fault.message for fault in stack.denied_calls(*fired)],
            )
            step.detail(invocation.training_job_name)
        if delivery == 1:
            for note in invocation.notes:
                stage.reporter.note(note)
        sagemaker, name = stage.clients.sagemaker, invocation.training_job_name
        with stop_requests(sagemaker, name, stage.reporter.note) as stop_requested:
            done = run_job(stack, invocation, stop_requested)
        yield done


def put_dated_data(
    stack: RunningStack, schedule: DeployedSchedule, due: datetime, files: Mapping[str, dict[str, bytes]]
) -> None:
    """Fill the channels whose location depends on when the schedule is due."""
    for channel in dated_channels(schedule, due):
        put_dated_channel(stack, schedule, channel, due, files)


def put_dated_channel(
    stack: RunningStack,
    schedule: DeployedSchedule,
    channel: Mapping[str, Any],
    due: datetime,
    files: Mapping[str, dict[str, bytes]],
) -> None:
    """Fill one of them, which is as it is for the time `due`."""
    name = channel["ChannelName"]
    lies_at = data_uris_of(stack.exports, schedule).get(name, "")
    count = put_data(stack, channel, dated_path(lies_at, due, "UTC"), files)
    stack.reporter.note(f"channel {name} for {due:%Y-%m-%d %H:%M %Z}: {counted(count, 'file')} in {uri_of(channel)}")


def _next_time(schedule: DeployedSchedule, now: datetime) -> datetime | None:
    try:
        return schedule.next_fire_time(now)
    except ValueError as error:
        raise RehearsalError(f"schedule {schedule.group_name}/{schedule.name} cannot be read: {error}") from None


def run_job(stack: RunningStack, invocation: Invocation, stop_requested: threading.Event | None = None) -> RehearsedJob:
    """Run the training job of an invocation to its end, as SageMaker does; setting the event stops it.

    Raises:
        TrainingJobFailedError: it has failed, or was stopped.
        RehearsalError: the request cannot be rehearsed, or what stands for the invocation cannot be told.
    """
    name = invocation.training_job_name
    report = partial(report_training_job, stack.servers.endpoint_url, name)
    image = _image(stack, invocation)
    log_path = stack.servers.state_dir / "training-jobs" / f"{name}.log"
    log_path.parent.mkdir(exist_ok=True)
    with (
        stack.reporter.step(f"train in the container ({image.told})") as step,
        log_path.open("w", encoding="utf-8") as log,
    ):
        script_lines = ScriptLines()

        def on_line(text: str) -> None:
            log.write(f"{text}\n")
            if script_lines.is_next(text):
                stack.reporter.log_line(text)

        report({"SecondaryStatus": "Training", "TrainingStartTime": datetime.now(UTC)})
        environment = sealed_environment(
            os.environ, region=stack.clients.region, endpoint_url=stack.servers.endpoint_url
        )
        # SageMaker sets none, so the request's own is what counts.
        del environment["AWS_DEFAULT_REGION"]
        result = run_training_container(
            invocation.request,
            ContainerPlatform(
                clients=stack.clients,
                container_environment=image.environment,
                engine=stack.engine,
                environment=environment,
                swaps=_swaps(stack, invocation.request),
            ),
            training_job_arn=invocation.training_job_arn,
            on_line=on_line,
            stop_requested=stop_requested,
        )
        log_path.with_suffix(".files").write_text("".join(f"{each}\n" for each in result.written), encoding="utf-8")
        report(_description(result))
        if result.status != "Completed":  # which whoever catches it tells, once
            reason = result.failure_reason or result.secondary_status
            raise TrainingJobFailedError(f"training job {name} ended as {result.status}: {reason}\nits log: {log_path}")
        step.detail(result.secondary_status)
    if result.not_imitated:
        stack.reporter.note(f"not as on AWS: {'; '.join(result.not_imitated)}")
    if not is_tracked(invocation.request):
        return RehearsedJob(invocation, result, standing_delivery(stack.clients.s3, invocation.request))
    if tracks_afterwards(invocation.request):
        bring_in(stack, name)
    version = _standing_version(stack, invocation)
    of_job = version.tags.get("training_job_name", "an earlier job")
    return RehearsedJob(invocation, result, of_job, version, experiment_of(stack.servers.tracking_uri, version.run_id))


def _swaps(stack: RunningStack, request: Mapping[str, Any]) -> dict[str, str]:
    """The local MLflow, where the job is to track; it lets everybody in: there is no secret to read."""
    return {"MLFLOW_TRACKING_URI": stack.servers.tracking_uri, "SECRET_ARN": ""} if is_tracked(request) else {}


def _image(stack: RunningStack, invocation: Invocation) -> ScriptImage:
    """What stands in for the job's image: the image itself, where that was asked for."""
    installed = stack.project_dir / CONTAINER_ENVIRONMENT
    if stack.engine is None:
        return image_of(stack.clients.s3, invocation.request, installed, os.environ, stack.reporter.note)
    stack.engine.provide(str(invocation.request["AlgorithmSpecification"]["TrainingImage"]))
    return ScriptImage(installed, f"the image itself, started by {stack.engine.name}")


def _standing_version(stack: RunningStack, invocation: Invocation) -> ModelVersion:
    """The one version of this invocation; none, or several, is what a rehearsal is there to find."""
    environment = invocation.request["Environment"]
    model, due = environment["REGISTERED_MODEL_NAME"], environment["SCHEDULED_TIME"]
    found = [
        version
        for version in model_versions(stack.servers.tracking_uri, model)
        if version.tags.get("scheduled_time") == due and version.tags.get("schedule_arn") == environment["SCHEDULE_ARN"]
    ]
    if len(found) != 1:
        raise RehearsalError(
            f"training job {invocation.training_job_name} completed, but the registered model {model!r} has "
            f"{len(found)} versions of this invocation instead of one: look at the training code's registration"
        )
    return found[0]


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
