"""A SageMaker-like tree under a temporary directory, with the breast-cancer table as its training channel."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sklearn.datasets import load_breast_cancer

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from options.environment import Environment
    from tests.training_code.tracked import Trained

ROOT = Path(__file__).parents[2]
TRAIN = ROOT / "training_code" / "train.py"
HYPERPARAMETERS = {
    "max_depth": "5",
    "n_estimators": "30",
    "random_state": "42",
    "criterion": "gini",
    "pictures": "false",  # a fifth of a small job's time; tests that look at them ask for them
}


@dataclass
class JobTree:
    """What SageMaker lays out for one training job, and how to run train.py in it."""

    base: Path
    environ: dict[str, str]
    hyperparameters: dict[str, str] = field(default_factory=lambda: dict(HYPERPARAMETERS))

    @property
    def training(self) -> Path:
        return self.base / "input" / "data" / "training"

    @property
    def model(self) -> Path:
        return self.base / "model"

    @property
    def failure(self) -> Path:
        return self.base / "output" / "failure"

    @property
    def kept(self) -> Path:
        return self.base / "output" / "data" / "unregistered"

    @property
    def arguments(self) -> list[str]:
        return [part for name, value in sorted(self.hyperparameters.items()) for part in (f"--{name}", value)]

    @property
    def versions(self) -> list[Any]:
        """Of the job's registered model."""
        return list(self._mlflow().search_model_versions(f"name = '{self.environ['REGISTERED_MODEL_NAME']}'"))

    @property
    def runs(self) -> list[Any]:
        """Of the job's experiment."""
        experiment = self._mlflow().get_experiment_by_name(self.environ["MLFLOW_EXPERIMENT_NAME"])
        return list(self._mlflow().search_runs([experiment.experiment_id]))

    def _mlflow(self) -> MlflowClient:
        from mlflow import MlflowClient

        return MlflowClient(self.environ["MLFLOW_TRACKING_URI"])

    def command(self) -> list[str]:
        return [sys.executable, str(TRAIN), *self.arguments]

    def process_environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | self.environ

    def run(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(), env=self.process_environment(), text=True, capture_output=True, timeout=300, check=False
        )


def write_breast_cancer(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    frame = load_breast_cancer(as_frame=True).frame
    frame.iloc[:300].to_csv(directory / "part-0.csv", index=False)
    frame.iloc[300:].to_csv(directory / "part-1.csv", index=False)


@pytest.fixture
def make_job(tmp_path: Path) -> Callable[..., JobTree]:
    """A maker of job trees; every one has its own MLflow database unless the test gives a tracking URI."""

    def make(name: str = "job-1", tracking_uri: str = "", **environ: str) -> JobTree:
        base = tmp_path / name / "ml"
        write_breast_cancer(base / "input" / "data" / "training")
        return JobTree(
            base,
            {
                "SAGEMAKER_BASE_DIR": str(base),
                "SM_CHANNEL_TRAINING": str(base / "input" / "data" / "training"),
                "SM_MODEL_DIR": str(base / "model"),
                "SM_OUTPUT_DIR": str(base / "output"),
                "SM_OUTPUT_DATA_DIR": str(base / "output" / "data"),
                "TRAINING_JOB_NAME": name,
                "MLFLOW_TRACKING_URI": tracking_uri or f"sqlite:///{tmp_path}/mlflow.db",
                "MLFLOW_EXPERIMENT_NAME": "breast-cancer",
                "REGISTERED_MODEL_NAME": "breast-cancer",
                **environ,
            },
        )

    return make


@pytest.fixture
def make(make_job: Callable[..., JobTree], mlflow_server: str) -> Callable[..., JobTree]:
    """A maker of jobs that record in the server, in an experiment and a registered model of this test's own."""
    name = f"t-{uuid4().hex[:8]}"

    def make_on_server(job_name: str = "job-1", **environ: str) -> JobTree:
        own = {"MLFLOW_EXPERIMENT_NAME": name, "REGISTERED_MODEL_NAME": name}
        return make_job(job_name, mlflow_server, **own | environ)

    return make_on_server


@pytest.fixture
def job(make_job: Callable[..., JobTree]) -> JobTree:
    return make_job()


@pytest.fixture
def channel(tmp_path: Path) -> Callable[..., Path]:
    """A maker of channel directories: `channel({"part-0.csv": "a,target\\n1,0\\n"})`."""

    def make(files: dict[str, str | bytes], name: str = "training") -> Path:
        directory = tmp_path / name
        directory.mkdir()
        for file, content in files.items():
            path = directory / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return directory

    return make


class MlflowServer:
    """A real MLflow server with a database and artifacts of its own, that can be away for a while.

    It is the application that `mlflow server` serves, in one process instead of three, and it keeps the artifacts as
    that does: clients send them to it. An `empty` database is copied where it is there, and else kept there: MLflow
    takes seconds to lay one out.
    """

    def __init__(self, directory: Path, empty: Path) -> None:
        self._port = _port_to_come_back_to()
        self.address = f"http://127.0.0.1:{self._port}"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self._more: list[str] = []
        if empty.exists():
            shutil.copyfile(empty, self.database)
        else:
            self._more = ["--save-empty-database", str(empty)]

    @property
    def database(self) -> Path:
        """The file of its SQLite database."""
        return self._directory / "mlflow.db"

    def start(self) -> None:
        log = self._directory / "server.log"
        environ = os.environ | {
            "PYTHONPATH": str(ROOT),
            "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
            "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(self._directory / "a"),
        }
        with log.open("ab") as output, socket.create_server(("127.0.0.1", self._port), backlog=128) as listener:
            command = [sys.executable, "-m", "rehearsal.local_servers.mlflow_server", "--fd", str(listener.fileno())]
            command += ["--database", str(self.database), "--artifact-root", "mlflow-artifacts:/", *self._more]
            self._process = subprocess.Popen(
                command,
                stdout=output,
                stderr=output,
                pass_fds=(listener.fileno(),),
                cwd=self._directory,
                start_new_session=True,
                env=environ,
            )
        self._more = []
        deadline = time.monotonic() + 300
        while not _answers(f"{self.address}/health"):
            assert self._process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)

    def stop(self) -> None:
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first server of this process keeps an empty database for the others."""
    return tmp_path_factory.mktemp("empty-mlflow") / "mlflow.db"


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[MlflowServer]:
    """A server that the test may stop and start."""
    server = MlflowServer(tmp_path_factory.mktemp("own-mlflow"), empty_database)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[str]:
    """The address of a server that all tests share."""
    server = MlflowServer(tmp_path_factory.mktemp("mlflow"), empty_database)
    try:
        server.start()
        yield server.address
    finally:
        server.stop()


def _port_to_come_back_to() -> int:
    """A free port that no connection is given meanwhile: below those from which Linux takes a connection's own end."""
    while True:
        port = random.randrange(15_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def trained(channel: Callable[..., Path]) -> Trained:
    """A forest with all that is recorded about it."""
    from tests.training_code.tracked import forest_trained

    return forest_trained(channel)


@pytest.fixture
def env(mlflow_server: str) -> Environment:
    """The environment of a scheduled job, with an experiment and a registered model of this test's own."""
    from tests.training_code.tracked import environment_at

    return environment_at(mlflow_server)
