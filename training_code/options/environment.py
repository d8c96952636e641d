"""The environment of a training job: SageMaker's SM_* variables and our own, as frozen values.

`environ` is always passed in; nothing here reads `os.environ`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import packages
from failure import Fault, RefusedError, shown
from options import estimators, hyperparameters, trial_fit, untracked
from options.hyperparameters import Hyperparameters
from options.known import judged
from scheduled_job import promotion
from scheduled_job.job import (
    AFTERWARDS,
    TRACKING,
    TrackingSettings,
    TrainingJob,
    lease_seconds,
    patience_seconds,
    training_job,
)
from scheduled_job.promotion import OPEN_GATE, Gate


@dataclass(frozen=True, kw_only=True)
class Environment(TrackingSettings):
    """Directories, tracking settings and identity of one training job; of one that tracks nowhere, those are ""."""

    training_channel: Path
    validation_channel: Path | None
    model_directory: Path
    output_directory: Path
    checkpoint_directory: Path | None
    channel_uris: Mapping[str, str] = field(default_factory=dict)
    """Channel -> the S3 URI that its files come from; the container itself knows directories only."""
    gate: Gate = OPEN_GATE
    deliveries_uri: str = ""
    """S3 prefix where a job that tracks nowhere leaves word of what it delivered; "" for nowhere."""
    tracks_afterwards: bool = False
    """Whether MLflow cannot be reached, and the record goes into the job's output."""

    @property
    def is_tracked(self) -> bool:
        """Whether there is an MLflow to record in, now or afterwards."""
        return bool(self.tracking_uri) or self.tracks_afterwards


@dataclass(frozen=True)
class Told:
    """What a job was told, and all that is wrong with it; with faults, defaults stand for what is wrong.

    `known` lacks what is wrong. `metrics` are those that an evaluation may have; none where it is not known.
    """

    settings: Hyperparameters
    known: Hyperparameters
    job: TrainingJob
    gate: Gate
    lease_seconds: float
    patience_seconds: float
    metrics: tuple[str, ...]
    notes: list[str]
    faults: list[Fault]


def read(arguments: Sequence[str], environ: Mapping[str, str]) -> tuple[Environment, Hyperparameters, list[str]]:
    """The whole of what a job was told: environment, hyperparameters, and notes for the log.

    Raises:
        RefusedError: naming every setting that is missing or wrong, all at once.
    """
    told = look(arguments, environ)
    if told.faults:
        raise RefusedError(told.faults)
    validation, checkpoints = environ.get("SM_CHANNEL_VALIDATION"), environ.get("CHECKPOINT_LOCAL_PATH")
    base = environ.get("SAGEMAKER_BASE_DIR") or "/opt/ml"
    return (
        Environment(
            training_channel=Path(environ["SM_CHANNEL_TRAINING"]),
            validation_channel=Path(validation) if validation else None,
            model_directory=Path(environ.get("SM_MODEL_DIR") or f"{base}/model"),
            output_directory=Path(environ.get("SM_OUTPUT_DATA_DIR") or f"{base}/output/data"),
            checkpoint_directory=Path(checkpoints) if checkpoints else None,
            tracking_uri=environ.get("MLFLOW_TRACKING_URI", ""),
            experiment_name=environ.get("MLFLOW_EXPERIMENT_NAME", ""),
            registered_model_name=environ.get("REGISTERED_MODEL_NAME", ""),
            job=told.job,
            lease_seconds=told.lease_seconds,
            patience_seconds=told.patience_seconds,
            channel_uris={
                name: environ[variable]
                for name in ("training", "validation")
                if environ.get(variable := f"CHANNEL_URI_{name.upper()}")
            },
            gate=told.gate,
            deliveries_uri=environ.get("DELIVERIES_URI", ""),
            tracks_afterwards=environ.get(TRACKING) == AFTERWARDS,
        ),
        told.settings,
        told.notes,
    )


def look(arguments: Sequence[str], environ: Mapping[str, str]) -> Told:
    """What a job was told, and all that is wrong with it: nothing but these two is looked at."""
    said = hyperparameters.look(arguments)
    settings, known, notes, faults = said.settings, said.known, said.notes, list(said.faults)
    faults += [_not_set(name, cure) for name, cure in _required(environ).items() if not environ.get(name)]
    job = training_job(environ)
    if job.scheduled_time and not job.schedule_arn:
        faults.append(_not_set("SCHEDULE_ARN", "but SCHEDULED_TIME is; set both or neither", ", "))
    lease = lease_seconds(environ, faults)
    if environ.get("SM_CHANNEL_VALIDATION"):
        faults += judged(*(partial(_nothing_to_split, known, split) for split in hyperparameters.SPLITS))
    gate = promotion.read(environ, faults)
    faults += untracked.faults(environ, known, gate)
    patience = patience_seconds(environ, faults)
    faults += judged(partial(trial_fit.faults, known))
    # Which metrics there will be follows from the estimator, and of some from its parameters.
    metrics = next(iter(judged(partial(_metrics, known))), ())
    if metrics:
        faults += promotion.unknown_metrics(gate, metrics)
    names = json.loads(environ.get("SM_CHANNELS") or "[]")
    if unread := [name for name in names if name not in ("training", "validation") and not packages.is_channel(name)]:
        notes.append(f"channels that are not read: {', '.join(unread)}; read are training and validation")
    return Told(settings, known, job, gate, lease, patience, metrics, notes, faults)


def _nothing_to_split(known: Hyperparameters, split: str) -> Iterator[Fault]:
    if getattr(known, split):
        yield Fault("hyperparameter", split, "there is a channel validation, and nothing is held out; leave it out")


def _metrics(known: Hyperparameters) -> Iterator[tuple[str, ...]]:
    name = known.estimator
    yield estimators.metric_names(name, {} if name in estimators.TASK_OF_FOREST else known.parameters)


def _required(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables that have to be there, and what to do where one is not."""
    return {
        "SM_CHANNEL_TRAINING": _channel_cure(environ),
        "TRAINING_JOB_NAME": "SageMaker sets it; by hand, set it to any name that no other job has",
    } | untracked.needed_variables(environ)


def _not_set(name: str, cure: str, between: str = "; ") -> Fault:
    return Fault("environment variable", name, f"not set{between}{cure}")


def _channel_cure(environ: Mapping[str, str]) -> str:
    channels = environ.get("SM_CHANNELS")
    there = f"; the job has the channels {shown(channels, 200)}" if channels else ""
    return f"give the job a channel named training{there}"
