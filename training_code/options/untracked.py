"""A job without an MLflow that it reaches: how it is told so, and which of its other settings make no sense then.

It tracks nowhere, or afterwards: then it leaves a record in its output, which somebody else sends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from failure import Fault, shown
from options.hyperparameters import Hyperparameters
from scheduled_job.job import AFTERWARDS, NONE, TRACKING
from scheduled_job.promotion import MAXIMUMS, MINIMUMS, Gate

MLFLOW_VARIABLES = {
    "MLFLOW_TRACKING_URI": "set it to the ARN of the MLflow tracking server, or to its http(s) address",
    "MLFLOW_EXPERIMENT_NAME": "set it to the experiment that runs are recorded in",
    "REGISTERED_MODEL_NAME": "set it to the registered model that gets a new version",
}
"""What every other job is told, and what to do where it is not."""


def faults(environ: Mapping[str, str], settings: Hyperparameters, gate: Gate) -> Iterator[Fault]:
    """What is wrong with how the job is told to track, or with what needs MLflow where there is none."""
    told = environ.get(TRACKING, "")
    if told not in ("", NONE, AFTERWARDS):
        yield Fault("environment variable", TRACKING, f"got {shown(told)}, allowed: {NONE}, {AFTERWARDS}, or not set")
    if told == AFTERWARDS:
        yield from _faults_afterwards(environ, settings)
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


def _faults_afterwards(environ: Mapping[str, str], settings: Hyperparameters) -> Iterator[Fault]:
    name = "MLFLOW_TRACKING_URI"
    if environ.get(name):
        yield Fault("environment variable", name, f"is set, and {TRACKING} is {AFTERWARDS}; remove one of the two")
    if settings.data_checks == "refuse":
        yield Fault(
            "hyperparameter",
            "data_checks",
            "allowed with network_isolation: off, advise, as the champion's data cannot be asked for",
        )
    if settings.system_metrics:
        text = "allowed with network_isolation: false, as they are sent while it trains"
        yield Fault("hyperparameter", "system_metrics", text)


def needed_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Which variables about MLflow have to be there, and what to do where one is not."""
    told = environ.get(TRACKING, "")
    if told == NONE:
        return {}
    return {
        name: cure
        for name, cure in MLFLOW_VARIABLES.items()
        if not (told == AFTERWARDS and name == "MLFLOW_TRACKING_URI")
    }
