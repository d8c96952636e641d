"""What surrounds each call to MLflow: how long it may take, what it may print, what its failure means."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from .failure import TrainingError, without_secrets
from .log import say

_ITS_PACKAGES = ("mlflow", "requests", "urllib3", "boto3", "botocore", "sagemaker_mlflow")

_PATIENCE = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}
"""How long one request may take. MLflow's own patience, several minutes, would hide an outage; ours is `patiently`."""

_PASSING_CODES = ("INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED")
_RACE_LOST = re.compile(
    r"UNIQUE constraint failed|UniqueViolation|duplicate key|Duplicate entry|\(1062, "
    r"|expected to update \d+ row\(s\); \d+ were matched"
)
"""How SQLite, PostgreSQL and SQL Server, and MySQL say that a row is there already, whatever language they speak, and
SQLAlchemy that one has gone. MLflow looks for a row and then writes it, so of two jobs that give one alias, or one tag,
at the same moment the later is told `BAD_REQUEST` with these words; asked again, it finds what there is. Source:
MLflow's store/db/utils.py, `_get_managed_session_maker`, which calls all but an OperationalError a BAD_REQUEST.
"""
_NO_CONNECTION = re.compile(r"sqlalche\.me/e/\w+/(3o7r|rvf5)\b")
"""How SQLAlchemy says in the same way that a busy server had no connection to its database left, or a broken one: its
TimeoutError and InterfaceError, by the addresses of their pages."""
_LONGEST_PAUSE = 30.0

Answer = TypeVar("Answer")


class UnreachableError(TrainingError):
    """MLflow, or the store of its artifacts, did not do what it was asked; `passing` if it may do so later."""

    def __init__(self, message: str, reason: str, *, passing: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.passing = passing


@contextmanager
def reaching(uri: str, how: str, environ: Mapping[str, str]) -> Iterator[None]:
    """Turn what the network and the packages on the way to MLflow raise into one sentence; a bug stays a bug.

    Raises:
        UnreachableError: `MLflow at {uri} cannot be {how}`, the innermost cause, and what to look at.
    """
    try:
        yield
    except Exception as error:
        if not isinstance(error, OSError) and type(error).__module__.partition(".")[0] not in _ITS_PACKAGES:
            raise
        reason = "another job wrote the same at the same moment" if _says(error, _RACE_LOST) else cause(error, environ)
        text = (
            f"MLflow at {uri} (MLFLOW_TRACKING_URI) cannot be {how}: {reason}; check that the server "
            f"runs, that the job's network reaches it and that the execution role may use it"
        )
        raise UnreachableError(without_secrets(text, environ), reason, passing=may_pass(error)) from error


def patiently(call: Callable[[], Answer], seconds: float) -> Answer:
    """What `call` answers; while MLflow is away, called again after 1, 2, 4 ... 30 seconds, for `seconds` in all.

    Raises:
        UnreachableError: it is still away, or what it says will not change by waiting.
    """
    give_up, pause = time.monotonic() + seconds, 1.0
    while True:
        try:
            return call()
        except UnreachableError as error:
            if not error.passing or time.monotonic() + pause > give_up:
                raise
            say(f"tracking: MLflow is away or busy ({error.reason}); trying again in {pause:.0f} s")
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def may_pass(error: Exception) -> bool:
    """Whether waiting may help: a refusal (no permission, no such thing) stays one."""
    inner: BaseException | None = error
    while inner is not None:
        answer = getattr(inner, "response", None)
        if isinstance(answer, Mapping):  # botocore's ClientError, whatever packages on the way made of it
            return int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)) >= 500
        inner = inner.__cause__ or inner.__context__
    told = getattr(error, "json", None)
    if isinstance(told, Mapping) and "error_code" not in told:
        return False  # not MLflow's words but those of AWS before it, who refuses; MLflow would guess INTERNAL_ERROR
    code = getattr(error, "error_code", None)
    if not isinstance(code, str):
        return True
    return code in _PASSING_CODES or _says(error, _RACE_LOST) or _says(error, _NO_CONNECTION)


def _says(error: Exception, words: re.Pattern[str]) -> bool:
    """Whether MLflow hands on these words of its database."""
    return getattr(error, "error_code", None) == "BAD_REQUEST" and bool(words.search(str(error)))


def if_there(call: Callable[[], Answer]) -> Answer | None:
    """What `call` answers, or None where MLflow knows no such thing."""
    from mlflow.exceptions import MlflowException

    try:
        return call()
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None


@contextmanager
def unless_it_exists() -> Iterator[None]:
    """Let pass that another job has just created the same thing."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS"):
            raise


def require_logged_models(client: Any, experiment_id: str, uri: str) -> None:  # noqa: ANN401  # MlflowClient
    """Refuse a server that is too old at once, rather than when the model is trained.

    Raises:
        TrainingError: it is older than MLflow 3.
    """
    from mlflow.exceptions import MlflowException

    try:
        client.search_logged_models([experiment_id], max_results=1)
    except MlflowException as error:
        if error.error_code != "ENDPOINT_NOT_FOUND":
            raise
        raise TrainingError(
            f"MLflow at {uri} (MLFLOW_TRACKING_URI) is older than version 3: it knows no logged models; track to a "
            f"server of version 3 or later (a managed one: MlflowVersion 3.0 or later)"
        ) from error


def cause(error: BaseException, environ: Mapping[str, str]) -> str:
    """The innermost reason, on one line and without secrets: hidden before a cut could leave half of one."""
    inner = error
    while (deeper := inner.__cause__ or inner.__context__) is not None and str(deeper):
        inner = deeper
    text = re.sub(r"\s+", " ", without_secrets(str(inner), environ)).strip() or type(inner).__name__
    return text if len(text) <= 300 else text[:300] + "..."


def prepare(uri: str) -> None:
    """Limit how long a request takes, and keep out of the log what MLflow says to a person at a terminal.

    MLflow reads both from the process environment, at each request; what the job itself sets, stays.
    """
    for name, value in _PATIENCE.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    # It prints the tracking URI with the password in it; the run is announced here, without.
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    logging.getLogger("mlflow.store.model_registry.abstract_store").setLevel(logging.WARNING)
    if not uri.startswith("arn:"):
        # The SageMaker plugin complains on every request to a server that has no ARN.
        logging.getLogger("mlflow.tracking.request_header.registry").setLevel(logging.ERROR)
