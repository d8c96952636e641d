"""A server that cannot be reached, or used, is named with what to look at."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from failure import TrainingError
from options.environment import Environment
from tests.training_code.breaking_way import NEVER, breaking
from tests.training_code.tracked import MARKS, client_of
from tracking.tracker import Tracker

pytestmark = MARKS


def test_a_deleted_experiment_is_reported(env: Environment) -> None:
    tracker = Tracker(env, {})
    client_of(env).delete_experiment(client_of(env).get_experiment_by_name(env.experiment_name).experiment_id)
    with pytest.raises(TrainingError) as caught:
        Tracker(env, {})
    assert str(caught.value) == (
        f"MLflow experiment '{env.experiment_name}' (MLFLOW_EXPERIMENT_NAME) is deleted; restore it or name another one"
    )
    assert tracker.standing_version() is None


CURE = "check that the server runs, that the job's network reaches it and that the execution role may use it"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_server_that_is_not_there_is_reported_soon_and_without_the_password(env: Environment) -> None:
    started = time.monotonic()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # and does not listen; as long as it is held, nobody else gets the port
        port = silent.getsockname()[1]
        with pytest.raises(TrainingError) as caught:
            Tracker(replace(env, tracking_uri=f"http://ann:hunter2@127.0.0.1:{port}", patience_seconds=1), {})
    assert str(caught.value) == (
        f"MLflow at http://127.0.0.1:{port} (MLFLOW_TRACKING_URI) cannot be reached: "
        f"[Errno 111] Connection refused; {CURE}"
    )
    assert time.monotonic() - started < 20


def test_a_server_from_before_logged_models_is_refused_before_anything_is_trained(env: Environment) -> None:
    with breaking(env.tracking_uri, NEVER, without="/logged-models") as way:
        old = way.address.replace("//", "//ann:hunter2@")
        with pytest.raises(TrainingError) as caught:
            Tracker(replace(env, tracking_uri=old), {})
    assert str(caught.value) == (
        f"MLflow at {way.address} (MLFLOW_TRACKING_URI) is older than version 3: it knows no logged models; track to a "
        f"server of version 3 or later (a managed one: MlflowVersion 3.0 or later)"
    )


def test_a_server_that_never_answers_is_reported(
    env: Environment, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "1", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    for name, value in patience.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(TrainingError) as caught:
        Tracker(replace(env, tracking_uri=f"http://127.0.0.1:{silent_port}", patience_seconds=1), patience)
    assert str(caught.value) == (
        f"MLflow at http://127.0.0.1:{silent_port} (MLFLOW_TRACKING_URI) cannot be reached: timed out; {CURE}"
    )


def test_an_address_that_is_none_is_reported(env: Environment) -> None:
    with pytest.raises(TrainingError) as caught:
        Tracker(replace(env, tracking_uri="banana://x", patience_seconds=1), {})
    assert str(caught.value).startswith("MLflow at banana://x (MLFLOW_TRACKING_URI) cannot be reached: ")
    assert str(caught.value).endswith(CURE)
