"""The jobs of a deployed stack, as its outputs tell of them: the way for a command to know what it is about.

Outputs come from a file that a person names, from a kept rehearsal, from the Pulumi CLI, or without the CLI from the
program itself, whose names and ARNs are all known beforehand.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from components.aws_names import AwsScope
from components.tracking_mode import NONE
from operations.places import Place, PlaceError, tracking_variables
from rehearsal.declaring.artifact_store_stand_ins import unknown_store_notes, without_stand_ins
from rehearsal.declaring.program import OfflineMocks, declare
from rehearsal.rehearse import STATE_DIRECTORY
from rehearsal.steps.deploy import OUTPUTS_FILE

_ANSWER_IN_SECONDS: Final = 120
_MEMBER: Final = "schedule_arn"
"""An output that has this is a job's."""


class OutputsError(PlaceError):
    """The stack's outputs cannot be read, or are of no training job; the message says why."""


class _UnansweredError(Exception):
    """The Pulumi CLI does not know the stack, or its caller."""


class StackSchedule(BaseModel):
    """A schedule of a job, as the stack exports it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    schedule_name: str
    schedule_arn: str
    schedule_state: str
    target_input: str
    artifact_store: str | None = None
    channels: Mapping[str, str] = {}

    @property
    def group_name(self) -> str:
        """Of its schedule group, which is one job's own."""
        return self.schedule_arn.split("/")[1]

    @property
    def request(self) -> dict[str, Any]:
        """The CreateTrainingJob request, with the context attributes that the Scheduler fills in."""
        read: dict[str, Any] = json.loads(self.target_input)
        return read


class StackJob(StackSchedule):
    """A job of a stack: its own schedule, its further ones, and what they share."""

    name: str
    scheduler_role_arn: str
    execution_role_arn: str
    training_job_name_prefix: str
    s3_output_path: str
    experiment_name: str | None = None
    registered_model_name: str | None = None
    tracking_uri: str | None = None
    alarm_topic_arn: str | None = None
    alarm_machine_arn: str | None = None
    further_schedules: Mapping[str, StackSchedule] = {}

    @property
    def schedules(self) -> dict[str, StackSchedule]:
        """The job's own schedule, by the name "", and its further ones by theirs."""
        return {"": self, **self.further_schedules}

    @property
    def scope(self) -> AwsScope:
        """Partition, region and account id, from the schedule's ARN."""
        _, partition, _, region, account_id, _ = self.schedule_arn.split(":", 5)
        return AwsScope(partition, region, account_id)


def stack_jobs(project_dir: Path, stack: str, place: Place, outputs: Path | None = None) -> dict[str, StackJob]:
    """The jobs of a deployed stack, by the names that they have in it.

    Raises:
        OutputsError: the outputs cannot be read, or have no training job.
        RehearsalError, pulumi.RunError: the program is asked, and its files or settings are wrong.
    """
    return read_jobs(stack, stack_outputs(project_dir, stack, place, outputs))


def select_jobs(jobs: Mapping[str, StackJob], wanted: str | None) -> list[StackJob]:
    """The one that is called so, or where no name is given all.

    Raises:
        OutputsError: there is none of that name.
    """
    if wanted is None:
        return list(jobs.values())
    if wanted not in jobs:
        raise OutputsError(f"the stack has no job {wanted!r}; it has: {', '.join(jobs)}")
    return [jobs[wanted]]


def read_jobs(stack: str, outputs: Mapping[str, Any]) -> dict[str, StackJob]:
    """The jobs among a stack's outputs.

    Raises:
        OutputsError: there is none, or one lacks something.
    """
    found, faults = {}, list[str]()
    for name, told in outputs.items():
        if isinstance(told, Mapping) and _MEMBER in told:
            try:
                found[name] = StackJob.model_validate({**told, "name": name})
            except ValidationError as error:
                faults += [f"  {name}.{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    if faults:
        lines = [f"the outputs of stack {stack} are not those of this version's component:", *faults]
        raise OutputsError("\n".join([*lines, "run pulumi up, or use the version that deployed it"]))
    if not found:
        raise OutputsError(
            f"stack {stack} exports no training job (an output with {_MEMBER}); it exports: "
            f"{', '.join(outputs) or 'nothing'}. Export outputs() of each ScheduledTrainingJob, and run pulumi up"
        )
    return found


def stack_outputs(project_dir: Path, stack: str, place: Place, outputs: Path | None = None) -> Mapping[str, Any]:
    """What a stack exports: of a file, of the kept rehearsal, of the Pulumi CLI, or of the program.

    Raises:
        OutputsError: they cannot be read.
        RehearsalError, pulumi.RunError: the program is asked, and its files or settings are wrong.
    """
    if outputs is not None:
        return _of_file(outputs, "name what pulumi stack output --json has printed")
    if place.is_rehearsal:
        kept = project_dir / STATE_DIRECTORY / stack / OUTPUTS_FILE
        return _of_file(kept, f"rehearse again: training-jobs rehearse --stack {stack} --keep")
    if command := shutil.which("pulumi"):
        try:
            return _of_engine(command, project_dir, stack)
        except _UnansweredError as error:
            print(f"note: {error}; names are taken from the program", file=sys.stderr)  # noqa: T201 - beside any document
    mocks = OfflineMocks(region=place.region, account_id=place.account_id)
    with contextlib.redirect_stdout(sys.stderr):  # what the program itself prints is no answer
        declared = declare(project_dir, stack, mocks, preview=True)
    for note in unknown_store_notes(declared.invokes):
        print(f"note: {note}", file=sys.stderr)  # noqa: T201 - beside any document
    return without_stand_ins(declared.exports)


def _of_file(path: Path, cure: str) -> Mapping[str, Any]:
    try:
        return _mapping(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputsError(f"the stack's outputs cannot be read from {path}: {error}; {cure}") from None


def _of_engine(command: str, project_dir: Path, stack: str) -> Mapping[str, Any]:
    asked = subprocess.run(
        [command, "stack", "output", "--json", "--non-interactive", "--stack", stack],
        cwd=project_dir,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_ANSWER_IN_SECONDS,
    )
    if asked.returncode:
        last = asked.stderr.strip().rpartition("\n")[2] or f"exit code {asked.returncode}"
        raise _UnansweredError(f"pulumi stack output --stack {stack} did not answer: {last}")
    try:
        return _mapping(asked.stdout)
    except ValueError as error:
        raise OutputsError(f"pulumi stack output --json --stack {stack} printed what cannot be read: {error}") from None


def _mapping(text: str) -> Mapping[str, Any]:
    read = json.loads(text)
    if not isinstance(read, dict):
        raise ValueError(f"it holds {type(read).__name__}, not an object")
    return read


def schedules_of(jobs: Mapping[str, StackJob]) -> Iterator[tuple[StackJob, str, StackSchedule]]:
    """Every schedule with its job and its name in the job ("" for the job's own)."""
    for job in jobs.values():
        for name, schedule in job.schedules.items():
            yield job, name, schedule


def trackings(jobs: Iterable[StackJob]) -> list[dict[str, str]]:
    """For each MLflow server of the jobs: the variables that they are told of it; of one that tracks nowhere none."""
    found: list[dict[str, str]] = []
    for _, _, schedule in schedules_of({job.name: job for job in jobs}):
        told = schedule.request.get("Environment") or {}
        tracking = tracking_variables(told)
        if told.get("TRACKING") != NONE and tracking not in found:
            found.append(tracking)
    return found
