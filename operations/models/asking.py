"""Asks MLflow of registered models and runs, by a script of the training code in a process that has MLflow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components.tracking_mode import NONE
from operations.deployed_jobs import OutputsError, StackJob
from operations.models.moves import Plan
from operations.models.versions import RegisteredModel, read_model
from operations.places import Place, tracking_variables
from rehearsal.errors import RehearsalError
from rehearsal.running.training_script import run_training_script

_SCRIPT: Final = Path("training_code") / "versions.py"


class RegistryError(RehearsalError):
    """MLflow does not answer, or has no such thing; the message says why."""


@dataclass(frozen=True)
class TrackedModel:
    """A registered model that a job of the stack registers in, with its experiment and how to reach its MLflow."""

    job: str
    name: str
    experiment: str
    tracking: Mapping[str, str]


def tracked_models(jobs: Iterable[StackJob]) -> list[TrackedModel]:
    """The registered models of all schedules of the jobs, each once; a job that tracks nowhere has none."""
    found: dict[tuple[str, str], TrackedModel] = {}
    for job in jobs:
        for schedule in job.schedules.values():
            told = schedule.request.get("Environment") or {}
            name = told.get("REGISTERED_MODEL_NAME", "")
            if not name or told.get("TRACKING") == NONE:
                continue
            tracking = {variable: value for variable, value in tracking_variables(told).items() if value}
            model = TrackedModel(job.name, name, told.get("MLFLOW_EXPERIMENT_NAME", ""), tracking)
            found.setdefault((name, json.dumps(tracking)), model)
    return list(found.values())


def one_model(models: Sequence[TrackedModel], named: str) -> TrackedModel:
    """The one of a job's name or of its own.

    Raises:
        OutputsError: there is none, or a job has several.
    """
    found = [each for each in models if each.name == named] or [each for each in models if each.job == named]
    if len(found) == 1:
        return found[0]
    if found:
        raise OutputsError(f"{named!r} has several registered models; name one of: {_named(found)}")
    raise OutputsError(
        f"the stack has no job and no registered model {named!r}; it has: {_named(models) or 'none that tracks'}"
    )


def _named(models: Iterable[TrackedModel]) -> str:
    return ", ".join(
        dict.fromkeys(each.name if each.name == each.job else f"{each.name} ({each.job})" for each in models)
    )


def registered_model(
    project_dir: Path, place: Place, model: TrackedModel, newest: int = 0, also: Sequence[str] = ()
) -> RegisteredModel:
    """A registered model with the runs of its `newest` versions, and of those named; empty where it is not registered.

    Raises:
        RegistryError: MLflow does not answer.
    """
    question = {"ask": "versions", "model": model.name, "newest": newest, "also": list(also)}
    return read_model(ask(project_dir, place, model, question))


def recorded_runs(
    project_dir: Path, place: Place, model: TrackedModel, named: Sequence[str]
) -> list[Mapping[str, Any]]:
    """All about runs, named by id, version or training job.

    Raises:
        RegistryError: MLflow does not answer, or has no such run.
    """
    question = {"ask": "runs", "named": list(named), "model": model.name, "experiment": model.experiment}
    found: list[Mapping[str, Any]] = ask(project_dir, place, model, question)["runs"]
    return found


def move_alias(project_dir: Path, place: Place, model: TrackedModel, plan: Plan) -> None:
    """Do what is planned.

    Raises:
        RegistryError: MLflow does not answer, or the alias has been moved meanwhile.
    """
    question = {"ask": "move", "model": model.name, "version": plan.version.number, "moved": plan.moved.told()}
    ask(project_dir, place, model, question)


def ask(project_dir: Path, place: Place, model: TrackedModel, question: Mapping[str, Any]) -> dict[str, Any]:
    """What the script answers.

    Raises:
        RegistryError: it says why it cannot.
    """
    environment = {**model.tracking, **place.environment}
    done = run_training_script(project_dir, _SCRIPT, [], environment, json.dumps(question))
    if done.returncode:
        raise RegistryError(done.stderr.strip())
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
