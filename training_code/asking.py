"""What the programs share that a person's command starts, and no job: address, credentials, client, how they end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from failure import TrainingError, reason_of_failure
from scheduled_job import secret
from scheduled_job.connection import prepare, reaching


def address(environ: Mapping[str, str]) -> str:
    """The address of the MLflow server.

    Raises:
        TrainingError: it is not told.
    """
    if found := environ.get("MLFLOW_TRACKING_URI", ""):
        return found
    raise TrainingError("environment variable MLFLOW_TRACKING_URI: not set; set it to the MLflow server's address")


@contextmanager
def client_at(uri: str, how: str, environ: Mapping[str, str]) -> Iterator[Any]:
    """A client of the MLflow server there; `how` it is asked, for what is said where it cannot be.

    Raises:
        TrainingError: as `scheduled_job.connection.reaching`.
    """
    prepare(uri)
    with reaching(uri, how, environ):
        import mlflow

        mlflow.set_tracking_uri(uri)
        yield mlflow.MlflowClient()


def ended(work: Callable[[Mapping[str, str]], None], environ: Mapping[str, str]) -> int:
    """Do the work, with MLflow's credentials in its environment; a failure leaves its reason on standard error.

    Returns:
        The exit code: 1 for a failure.
    """
    given = dict(environ)

    def with_credentials() -> None:
        secret.fetch_into(given)
        work(given)

    reason = reason_of_failure(with_credentials, given)
    print(reason, end="\n" if reason else "", file=sys.stderr)
    return 1 if reason else 0
