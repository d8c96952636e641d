"""What surrounds each call to MLflow: how long it may take, what it may print, what its failure means."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from failure import TrainingError, without_secrets

_ITS_PACKAGES = ("mlflow", "requests", "urllib3", "boto3", "botocore", "sagemaker_mlflow")

_AT_START = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}
"""How long the first call may take: half a minute. MLflow's own patience, several minutes, is for the end of a run."""


@contextmanager
def reaching(uri: str, how: str, environ: Mapping[str, str]) -> Iterator[None]:
    """Turn what the network and the packages on the way to MLflow raise into one sentence; a bug stays a bug.

    Raises:
        TrainingError: `MLflow at {uri} cannot be {how}`, the innermost cause, and what to look at.
    """
    try:
        yield
    except Exception as error:
        if not isinstance(error, OSError) and type(error).__module__.partition(".")[0] not in _ITS_PACKAGES:
            raise
        text = (
            f"MLflow at {uri} (MLFLOW_TRACKING_URI) cannot be {how}: {cause(error)}; check that the server "
            f"runs, that the job's network reaches it and that the execution role may use it"
        )
        raise TrainingError(without_secrets(text, environ)) from error


@contextmanager
def unless_it_exists() -> Iterator[None]:
    """Let pass that another job has just created the same thing."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS"):
            raise


def cause(error: BaseException) -> str:
    """The innermost reason, on one line."""
    inner = error
    while (deeper := inner.__cause__ or inner.__context__) is not None and str(deeper):
        inner = deeper
    text = re.sub(r"\s+", " ", str(inner)).strip() or type(inner).__name__
    return text if len(text) <= 300 else text[:300] + "..."


@contextmanager
def impatient(environ: Mapping[str, str]) -> Iterator[None]:
    """MLflow reads its patience from the process environment at each request; what the job itself sets, stays."""
    set_here = [name for name in _AT_START if name not in environ and name not in os.environ]
    os.environ.update({name: _AT_START[name] for name in set_here})
    try:
        yield
    finally:
        for name in set_here:
            del os.environ[name]


def quiet(uri: str) -> None:
    """Keep out of the log what MLflow says to a person at a terminal."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    # It prints the tracking URI with the password in it; the run is announced here, without.
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    logging.getLogger("mlflow.store.model_registry.abstract_store").setLevel(logging.WARNING)
    if not uri.startswith("arn:"):
        # The SageMaker plugin complains on every request to a server that has no ARN.
        logging.getLogger("mlflow.tracking.request_header.registry").setLevel(logging.ERROR)
