"""A job that tracks nowhere: how it is told so, and which of its other settings make no sense then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from failure import Fault, shown
from options.hyperparameters import Hyperparameters
from scheduled_job.promotion import MAXIMUMS, MINIMUMS, Gate

TRACKING, NONE = "TRACKING", "none"
"""The variable that says so, and its one value."""
MLFLOW_VARIABLES = {
    "MLFLOW_TRACKING_URI": "set it to the ARN of the MLflow tracking server, or to its http(s) address",
    "MLFLOW_EXPERIMENT_NAME": "set it to the experiment that runs are recorded in",
    "REGISTERED_MODEL_NAME": "set it to the registered model that gets a new version",
}
"""What every other job is told, and what to do where it is not."""


def is_told(environ: Mapping[str, str]) -> bool:
    """Whether the job is to track nowhere."""
    return environ.get(TRACKING) == NONE


def faults(environ: Mapping[str, str], settings: Hyperparameters, gate: Gate) -> Iterator[Fault]:
    """What is wrong with how the job is told to track, or with what needs MLflow where there is none."""
    told = environ.get(TRACKING, "")
    if told not in ("", NONE):
        yield Fault("environment variable", TRACKING, f"got {shown(told)}, allowed: {NONE}, or not set")
    if told != NONE:
        return
    for name in MLFLOW_VARIABLES:
        if environ.get(name):
            yield Fault("environment variable", name, f"is set, and {TRACKING} is {NONE}; remove one of the two")
    made_of = {MINIMUMS: gate.minimum_metrics, MAXIMUMS: gate.maximum_metrics, "PROMOTION_MARGIN": gate.margin}
    for name in [name for name, value in made_of.items() if value]:
        yield Fault("environment variable", name, "is set, and without MLflow there is no champion; remove it")
    if settings.data_checks == "refuse":
        yield Fault("hyperparameter", "data_checks", "allowed with tracking none: off, as there is no champion's data")
    if settings.system_metrics:
        yield Fault("hyperparameter", "system_metrics", "allowed with tracking none: false, as only MLflow takes them")
