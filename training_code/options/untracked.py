"""A job without an MLflow that it reaches: how it is told so, and which of its other settings make no sense then.

It tracks nowhere, or afterwards: then it leaves a record in its output, which somebody else sends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from failure import Fault, shown
from options.hyperparameters import Hyperparameters
from options.known import judged
from scheduled_job.job import AFTERWARDS, NONE, TRACKING
from scheduled_job.promotion import MAXIMUMS, MINIMUMS, Gate

MLFLOW_VARIABLES = {
    "MLFLOW_TRACKING_URI": "set it to the ARN of the MLflow tracking server, or to its http(s) address",
    "MLFLOW_EXPERIMENT_NAME": "set it to the experiment that runs are recorded in",
    "REGISTERED_MODEL_NAME": "set it to the registered model that gets a new version",
}
"""What every other job is told, and what to do where it is not."""


def faults(environ: Mapping[str, str], settings: Hyperparameters, gate: Gate) -> list[Fault]:
    """What is wrong with how the job is told to track, or with what needs MLflow where there is none."""
    told = environ.get(TRACKING, "")
    if told == NONE:
        return [*_set_in_vain(environ, gate), *judged(partial(_data_checks, settings), partial(_metrics, settings))]
    if told == AFTERWARDS:
        return [
            *_set_and_out_of_reach(environ),
            *judged(partial(_data_checks_afterwards, settings), partial(_metrics_afterwards, settings)),
        ]
    text = f"got {shown(told)}, allowed: {NONE}, {AFTERWARDS}, or not set"
    return [Fault("environment variable", TRACKING, text)] if told else []


def _set_in_vain(environ: Mapping[str, str], gate: Gate) -> Iterator[Fault]:
    for name in MLFLOW_VARIABLES:
        if environ.get(name):
            yield Fault("environment variable", name, f"is set, and {TRACKING} is {NONE}; remove one of the two")
    made_of = {MINIMUMS: gate.minimum_metrics, MAXIMUMS: gate.maximum_metrics, "PROMOTION_MARGIN": gate.margin}
    for name in [name for name, value in made_of.items() if value]:
        yield Fault("environment variable", name, "is set, and without MLflow there is no champion; remove it")


def _data_checks(settings: Hyperparameters) -> Iterator[Fault]:
    if settings.data_checks == "refuse":
        yield Fault("hyperparameter", "data_checks", "allowed with tracking none: off, as there is no champion's data")


def _metrics(settings: Hyperparameters) -> Iterator[Fault]:
    if settings.system_metrics:
        yield Fault("hyperparameter", "system_metrics", "allowed with tracking none: false, as only MLflow takes them")


def _set_and_out_of_reach(environ: Mapping[str, str]) -> Iterator[Fault]:
    name = "MLFLOW_TRACKING_URI"
    if environ.get(name):
        yield Fault("environment variable", name, f"is set, and {TRACKING} is {AFTERWARDS}; remove one of the two")


def _data_checks_afterwards(settings: Hyperparameters) -> Iterator[Fault]:
    if settings.data_checks == "refuse":
        yield Fault(
            "hyperparameter",
            "data_checks",
            "allowed with network_isolation: off, advise, as the champion's data cannot be asked for",
        )


def _metrics_afterwards(settings: Hyperparameters) -> Iterator[Fault]:
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
