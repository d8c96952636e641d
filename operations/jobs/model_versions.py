"""Which model version stands for the invocation of a training job, and which aliases it has.

MLflow is asked by a script of the training code, in a process that has MLflow: once for each server, for all jobs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operations.jobs.history import JobRun
from operations.places import Place, tracking_variables
from rehearsal.running.training_script import run_training_script

_SCRIPT: Final = Path("training_code") / "standing.py"
_VERSIONS: Final = "--versions"


@dataclass(frozen=True)
class StandingVersion:
    """The version of a registered model that stands for an invocation."""

    model: str
    version: str
    aliases: tuple[str, ...] = ()
    training_job_name: str = ""
    """The job that made it: an earlier delivery's, where it is not the one that was asked for."""
    promotion: str = ""
    """Which alias the gate gave it, and why in words."""
    run_id: str = ""


@dataclass(frozen=True)
class Versions:
    """What MLflow says of training jobs; `notes` tell of servers that did not answer."""

    of_jobs: Mapping[str, StandingVersion]
    """By the job's name; those without a version are not there."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A training job, its invocation, and where it tracks."""

    name: str
    model: str
    schedule_arn: str
    scheduled_time: str
    tracking: Mapping[str, str]

    @classmethod
    def of_run(cls, run: JobRun) -> Question:
        """About a job that tracks."""
        told = {name: value for name, value in tracking_variables(run.environment).items() if value}
        return cls(run.name, run.registered_model, run.schedule_arn, run.scheduled_time, told)


def standing_versions(project_dir: Path, place: Place, runs: Iterable[JobRun]) -> Versions:
    """The versions of those jobs that track and have ended; nobody is asked where there is none."""
    return ask_versions(project_dir, place, [Question.of_run(run) for run in runs if run.tracks and run.has_ended])


def ask_versions(project_dir: Path, place: Place, questions: Sequence[Question]) -> Versions:
    """Ask each server once for all its jobs; one that does not answer is a note, and its jobs have no version."""
    by_server: dict[str, list[Question]] = {}
    for question in questions:
        by_server.setdefault(json.dumps(question.tracking, sort_keys=True), []).append(question)
    found, notes = dict[str, StandingVersion](), list[str]()
    for server, asked in by_server.items():
        environment = json.loads(server) | dict(place.environment)
        text = json.dumps([{k: v for k, v in vars(each).items() if k != "tracking"} for each in asked])
        answer = run_training_script(project_dir, _SCRIPT, [_VERSIONS], environment, text)
        if answer.returncode:
            last = answer.stderr.strip().rpartition("\n")[2]
            notes.append(f"MLflow does not answer: {last or f'exit code {answer.returncode}'}")
            continue
        for name, told in json.loads(answer.stdout).items():
            found[name] = StandingVersion(**{**told, "aliases": tuple(told["aliases"])})
    return Versions(found, tuple(dict.fromkeys(notes)))
