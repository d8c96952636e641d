"""Asks what a job came to: its newest training jobs, and whether somebody has moved the champion of its model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operations.deployed_jobs import StackJob
from operations.doctor.facts import Asked, MovedChampion
from operations.doctor.finding import Unseen
from operations.jobs.history import SUCCESS, History
from operations.jobs.history_asking import read_history
from operations.models.alias_history import standing
from operations.models.asking import RegistryError, registered_model, tracked_models
from operations.models.versions import RegisteredModel
from operations.places import Place

_NEWEST: Final = 20
"""So many training jobs are looked at: schedules of one job share its prefix, and a backfill takes up places."""


@dataclass(frozen=True)
class Past:
    """What a job came to lately."""

    runs: Asked[History]
    champion: Asked[MovedChampion | None] = None


def ask_past(project_dir: Path, place: Place, job: StackJob) -> Past:
    """The newest training jobs of a job, and a champion that somebody has moved; MLflow is asked if any completed."""
    history = read_history(place.sagemaker, job.training_job_name_prefix, _NEWEST)
    if not any(run.status == SUCCESS and run.tracks for run in history.runs):
        return Past(history)
    try:
        models = [registered_model(project_dir, place, each) for each in tracked_models([job])]
    except RegistryError as error:
        return Past(history, Unseen(f"the versions of {job.name}", str(error)))
    return Past(history, next(filter(None, map(champion_of, models)), None))


def champion_of(model: RegisteredModel) -> MovedChampion | None:
    """The champion of a model that neither a gate nor `training-jobs` has put there; None where it may be well.

    A version of which nothing is decided yet may have got the alias this moment.
    """
    how, version = standing(model), model.version(model.champion)
    if not how.is_unexplained or (version is not None and version.gate is None and version.moved is None):
        return None
    return MovedChampion(model.name, model.champion, how.expected)
