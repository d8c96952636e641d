"""The whole of a stack on one machine: judged, deployed onto the embedded AWS, fired, trained, registered.

The order of the steps is the order in which AWS would come to them; a step that fails ends the rehearsal, and what it
has started is stopped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from components.wording import counted
from rehearsal.aws_clients import AwsClients
from rehearsal.container.channel_data import not_rehearsed
from rehearsal.container.code_channels import is_code
from rehearsal.container.engine import ContainerEngine, EngineName
from rehearsal.container.environment import require_container_environment
from rehearsal.declaring.artifact_store_stand_ins import stand_in_notes
from rehearsal.errors import RehearsalError
from rehearsal.invoking.dated_channels import all_channels
from rehearsal.invoking.deliveries import is_tracked
from rehearsal.judging.judgement import sample_request
from rehearsal.judging.stack_check import StackCheck, artifact_store_of, check_stack
from rehearsal.local_servers.servers import Ports, start_servers
from rehearsal.reporter import Reporter
from rehearsal.running.sample_data import own_files
from rehearsal.running.training_script import CONTAINER_ENVIRONMENT
from rehearsal.steps.deploy import deploy
from rehearsal.steps.set_up import set_up
from rehearsal.steps.stage import Stage
from rehearsal.steps.train import RehearsedJob, invoke

__all__ = ["CONTAINER_ENVIRONMENT", "STATE_DIRECTORY", "Rehearsal", "RehearsalOptions", "RehearsedJob", "rehearse"]

STATE_DIRECTORY: Final = ".rehearsal"
_DEFAULT_ARTIFACT_ROOT: Final = "s3://rehearsal-mlflow-artifacts/"


@dataclass(frozen=True)
class RehearsalOptions:
    """What to rehearse, and how.

    `deliveries` is how often the Scheduler delivers the same invocation. `data` replaces sample data: channel -> a CSV
    file or a directory of them. `keep` leaves the servers running. `schedule` is the one to fire, by the name that it
    has on AWS; absent: each of them. `container` is what starts the images themselves.
    """

    project_dir: Path
    stack: str
    deliveries: int = 1
    keep: bool = False
    data: Mapping[str, Path] = field(default_factory=dict)
    ports: Ports = field(default_factory=Ports)
    schedule: str | None = None
    container: EngineName | None = None


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal came to; the addresses answer only while its servers run, and "" is one of no server."""

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
    files = _own_data(options)
    engine = ContainerEngine.find(options.container, os.environ) if options.container else None
    with reporter.step("check settings, request, permissions and policies") as step:
        check = check_stack(options.project_dir, options.stack)
        _stop_at_faults(check, reporter)
        fired = _to_fire(check, options.schedule)
        requests = tuple(sample_request(schedule) for schedule in check.schedules)
        _require_known_channels(files, requests)
        _require_channels_that_can_be_rehearsed(requests)
        for note in stand_in_notes(check.declaration.invokes):
            reporter.note(note)
        step.detail(f"{len(check.declaration.resources)} resources, {len(check.policies)} policies")
    require_container_environment(options.project_dir / CONTAINER_ENVIRONMENT)
    region = check.declaration.configuration.get("aws:region", "us-east-1")
    stores = [
        store for schedule in check.schedules if (store := artifact_store_of(check.declaration.exports, schedule))
    ]
    state_dir = options.project_dir / STATE_DIRECTORY / options.stack
    # No MLflow server is started for a stack of which no job tracks.
    artifact_root = (stores[0] if stores else _DEFAULT_ARTIFACT_ROOT) if any(map(is_tracked, requests)) else None
    account_id = check.schedules[0].scope.account_id
    with start_servers(
        state_dir, region=region, artifact_root=artifact_root, account_id=account_id, ports=options.ports
    ) as servers:
        if servers.replaced:
            reporter.note(
                f"the rehearsal of stack {options.stack} that was kept is stopped, and with it are gone its training "
                "jobs and models"
            )
        stage = Stage(options.project_dir, reporter, check, servers, AwsClients(servers.endpoint_url, region), engine)
        filled_with = set_up(stage, requests, files, [artifact_root, *stores] if artifact_root else [])
        try:
            deployed = deploy(stage)
            if options.keep:
                servers.announce()  # so that other commands reach what runs now
            jobs = tuple(
                job
                for schedule in deployed
                if schedule.arn in fired
                for job in invoke(stage, schedule, filled_with, deliveries=options.deliveries)
            )
        except RehearsalError:
            if options.keep:
                servers.keep()  # what failed is what one wants to look at
            raise
        if options.keep:
            servers.keep()
        tracking_uri = servers.tracking_uri if servers.mlflow else ""
        return Rehearsal(jobs, tracking_uri, servers.endpoint_url, state_dir)


def _to_fire(check: StackCheck, name: str | None) -> set[str]:
    """ARNs of the schedules to fire."""
    found = {schedule.arn for schedule in check.schedules if name in {None, schedule.name}}
    if not found:
        names = ", ".join(schedule.name for schedule in check.schedules)
        raise RehearsalError(f"--schedule names {name!r}; the stack's schedules: {names}")
    return found


def _own_data(options: RehearsalOptions) -> dict[str, dict[str, bytes]]:
    """Channel -> file name -> content, of a person's own data."""
    if options.deliveries < 1:
        raise RehearsalError(f"--deliveries is {options.deliveries}; allowed: 1 or more")
    return {channel: own_files(path) for channel, path in options.data.items()}


def _require_known_channels(named: Iterable[str], requests: Sequence[Mapping[str, Any]]) -> None:
    """Every job has its channels; data for a channel that none has would be left out unnoticed."""
    channels = ((channel, request) for request in requests for channel in all_channels(request))
    known = list(
        dict.fromkeys(channel["ChannelName"] for channel, request in channels if not is_code(channel, request))
    )
    unknown = sorted(set(named).difference(known))
    if unknown:
        raise RehearsalError(f"--data names the channel {', '.join(unknown)}; the stack's channels: {', '.join(known)}")


def _require_channels_that_can_be_rehearsed(requests: Sequence[Mapping[str, Any]]) -> None:
    if reasons := [reason for request in requests for reason in not_rehearsed(request)]:
        raise RehearsalError("\n".join(reasons))


def _stop_at_faults(check: StackCheck, reporter: Reporter) -> None:
    changed = [fault for fault in check.faults if fault.kind == "remediated"]
    if changed:
        names = "; ".join(f"{fault.rule}: {fault.path} of {fault.subject}" for fault in changed)
        reporter.note(f"changed by policies, and deployed so: {names}")
    advisory = [fault for fault in check.faults if not fault.mandatory and fault.kind != "remediated"]
    if advisory:
        rules = ", ".join(dict.fromkeys(fault.rule or fault.kind for fault in advisory))
        command = f"training-jobs check --stack {check.declaration.stack}"
        reporter.note(f"{counted(len(advisory), 'advisory finding')} ({rules}); in full: {command}")
    found = [
        f"  {fault.rule or fault.kind}, {fault.subject}: {fault.message}" for fault in check.faults if fault.mandatory
    ]
    if found:
        raise RehearsalError("\n".join([f"the stack does not pass ({counted(len(found), 'fault')}):", *found]))
    if not check.schedules:
        raise RehearsalError("the stack declares no schedule that starts training jobs: add one to training_jobs")
