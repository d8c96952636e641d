"""A forest with all that is recorded about it, and its way into MLflow."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sklearn.ensemble import RandomForestClassifier

from data import dataset
from growing import forest
from judging.evaluation import Evaluation, evaluate
from judging.study import Study, study
from models import model_files
from models.model_files import Description
from options import environment
from options.environment import Environment
from options.hyperparameters import Hyperparameters
from scheduled_job.promotion import NO_CHAMPION, OPEN_GATE, Champion, Gate
from scheduled_job.registry import StandingVersion
from tracking import datasets, record
from tracking.data_checks import NOTHING_COMPARED, DataChecks
from tracking.record import Record
from tracking.tracker import Tracker

if TYPE_CHECKING:
    from mlflow import MlflowClient


MARKS = [
    pytest.mark.slow,
    # MLflow compares the columns of an input example with a range, which pandas 3.1 deprecates; the image has 2.2.
    pytest.mark.filterwarnings("ignore:Operation with range is deprecated"),
]

SETTINGS = Hyperparameters(n_estimators=5, n_jobs=1)
SCHEDULED = {
    "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s",
    "SCHEDULED_TIME": "2026-11-23T06:00:00Z",
    "SOURCE_BUNDLE_DIGEST": "c" * 64,
    "TRAINING_IMAGE": "123456789012.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3",
}


@dataclass(frozen=True)
class Trained:
    """A forest with all that is recorded about it."""

    forest: RandomForestClassifier
    verdict: Evaluation
    study: Study
    data: dataset.Dataset
    description: Description


def other_job(env: Environment, name: str) -> Environment:
    return replace(env, job=replace(env.job, name=name))


def record_of(  # noqa: PLR0917
    env: Environment,
    trained: Trained,
    run_id: str,
    directory: Path,
    gate: Gate = OPEN_GATE,
    champion: Champion = NO_CHAMPION,
    checks: DataChecks = NOTHING_COMPARED,
    draws: bool = False,
) -> Record:
    description = replace(trained.description, run_id=run_id)
    record.save_model(directory, trained.forest, description, trained.data.example)
    described = datasets.describe(trained.data, SETTINGS, env)
    return record.make(
        directory,
        env,
        description,
        trained.verdict,
        trained.study,
        gate=gate,
        champion=champion,
        datasets=described,
        profile=trained.data.profile,
        checks=checks,
        draws=draws,
    )


def deliver(
    env: Environment, trained: Trained, gate: Gate = OPEN_GATE, *, draws: bool = False
) -> tuple[str, StandingVersion]:
    tracker = Tracker(env, {})
    with tracker.run(None) as run_id, tempfile.TemporaryDirectory() as directory:
        champion = tracker.champion_on(lambda model: evaluate(model, trained.data.validation).metrics)
        made = record_of(env, trained, run_id, Path(directory) / "record", gate, champion, draws=draws)
        return run_id, tracker.deliver(made)


def client_of(env: Environment) -> MlflowClient:
    import mlflow

    return mlflow.MlflowClient(env.tracking_uri)


def versions_of(env: Environment) -> list[str]:
    found = client_of(env).search_model_versions(f"name = '{env.registered_model_name}'")
    return sorted(str(each.version) for each in found)


def forest_trained(channel: Callable[..., Path]) -> Trained:
    rows = "".join(f"{i % 7},{i % 5},{i % 2}\n" for i in range(60))
    data = dataset.read(channel({"x.csv": "b,a,target\n" + rows}), None, SETTINGS)
    grown = forest.grow(SETTINGS, data.training)
    verdict = evaluate(grown, data.validation)
    description = model_files.describe(
        grown, SETTINGS, data, verdict, code_digest="c" * 64, training_job_name="job-1", run_id="unknown"
    )
    findings = study(grown, data.validation, verdict, SETTINGS.random_state)
    return Trained(grown, verdict, findings, data, description)


def environment_at(mlflow_server: str) -> Environment:
    """The environment of a scheduled job, with an experiment and a registered model of this test's own."""
    name = f"m-{uuid4().hex[:8]}"
    environ = {
        "SM_CHANNEL_TRAINING": "/nowhere",
        "TRAINING_JOB_NAME": "job-1",
        "MLFLOW_TRACKING_URI": mlflow_server,
        "MLFLOW_EXPERIMENT_NAME": name,
        "REGISTERED_MODEL_NAME": name,
    }
    return environment.read([], environ | SCHEDULED)[0]
