"""That the actions on a managed MLflow server are those that training asks for: counted on a real one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from components.tracking_permissions import MLFLOW_ACTIONS
from rehearsal.aws_clients import AwsClients
from rehearsal.local_servers.servers import start_servers
from rehearsal.permissions.tracking_calls import TRACKING_ACTIONS
from rehearsal.sealed_environment import sealed_environment
from tests.training_code.breaking_way import NEVER, BreakingWay, breaking
from tests.training_code.conftest import JobTree, write_breast_cancer

if TYPE_CHECKING:
    from mlflow import MlflowClient

ROOT = Path(__file__).parents[3]
BUCKET = "bucket"
NAME = "breast-cancer"
AUTHORIZED_AS = {"CreateLoggedModel": "LogModel"}
"""There is no action of that name."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Operation with range is deprecated"),
]


@dataclass(frozen=True)
class Place:
    way: BreakingWay
    environment: dict[str, str]

    def actions(self) -> set[str]:
        """What the requests so far are authorized as; the names are those of MLflow's own interface."""
        return {action_of(*request) for request in self.way.came_by}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with start_servers(tmp_path / "servers", region="us-east-1", artifact_root=f"s3://{BUCKET}/mlflow") as servers:
        servers.wait_until_ready()
        AwsClients(servers.endpoint_url, "us-east-1").s3.create_bucket(Bucket=BUCKET)
        with breaking(servers.tracking_uri, NEVER) as way:
            around = sealed_environment({}, region="us-east-1", endpoint_url=servers.endpoint_url)
            yield Place(way, around | {"MLFLOW_TRACKING_URI": way.address})


def action_of(method: str, path: str) -> str:
    from mlflow.protos.model_registry_pb2 import ModelRegistryService
    from mlflow.protos.service_pb2 import MlflowService
    from mlflow.utils.rest_utils import _REST_API_PATH_PREFIX, extract_all_api_info_for_service

    found = [
        request.__name__
        for service in (MlflowService, ModelRegistryService)
        for request, places in extract_all_api_info_for_service(service, _REST_API_PATH_PREFIX).items()
        for pattern, its_method in places
        if its_method == method and re.fullmatch(re.sub(r"{\w+}", r"[^/]+", pattern), path)
    ]
    # A fixed path beside one with a name in it: logged-models/search.
    assert found, f"{method} {path} is nothing of MLflow's"
    return AUTHORIZED_AS.get(found[-1], found[-1])


def run_job(place: Place, base: Path, scheduled_time: str) -> str:
    job = JobTree(
        base,
        {
            **place.environment,
            "SAGEMAKER_BASE_DIR": str(base),
            "SM_CHANNEL_TRAINING": str(base / "input" / "data" / "training"),
            "TRAINING_JOB_NAME": base.name,
            "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s",
            "SCHEDULED_TIME": scheduled_time,
            "MLFLOW_EXPERIMENT_NAME": NAME,
            "REGISTERED_MODEL_NAME": NAME,
        },
        {"n_estimators": "5", "n_jobs": "1"},
    )
    write_breast_cancer(job.training)
    done = job.run()
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_job_asks_a_managed_server_for_nothing_but_the_actions_that_are_judged(place: Place, tmp_path: Path) -> None:
    first = run_job(place, tmp_path / "job-1", "2026-11-23T06:00:00Z")
    second = run_job(place, tmp_path / "job-2", "2026-11-24T06:00:00Z")
    again = run_job(place, tmp_path / "job-3", "2026-11-24T06:00:00Z")
    assert "registered: version 1" in first
    assert "version 2 is champion" in second
    assert "delivered again" in again
    assert place.actions() - TRACKING_ACTIONS.keys() == set()


class Noting:
    """MLflow's client, and the names of its methods that were used."""

    def __init__(self, client: MlflowClient) -> None:
        self._client = client
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self.used.add(name)
        return getattr(self._client, name)


def use_every_method(client: Noting, directory: Path) -> None:
    """One use, with the arguments of the training code, of each method that it has."""
    from mlflow.entities import Dataset, DatasetInput, LoggedModelOutput, Metric

    experiment_id = client.create_experiment(NAME, tags={"a": "b"})
    client.set_experiment_tag(experiment_id, "a", "b")
    client.get_experiment_by_name(NAME)
    run_id = client.create_run(experiment_id, tags={"a": "b"}, run_name="job-1").info.run_id
    client.search_runs([experiment_id], "tags.a = 'b'")
    client.get_run(run_id)
    client.set_tag(run_id, "c", "d")
    client.delete_tag(run_id, "c")
    client.update_run(run_id, status="RUNNING")
    model_id, double_id = (
        client.create_logged_model(experiment_id, name="model", source_run_id=run_id).model_id for _ in range(2)
    )
    client.search_logged_models([experiment_id], "name = 'model'")
    client.delete_logged_model(double_id)
    client.log_inputs(run_id, [DatasetInput(Dataset("training", "d", "s3", "{}"))])
    client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
    client.log_batch(run_id, metrics=[Metric("m", 1.0, 0, 0, model_id=model_id)])
    client.log_artifacts(run_id, str(directory))
    client.log_model_artifacts(model_id, str(directory))
    client.finalize_logged_model(model_id, "READY")
    client.get_logged_model(model_id)
    client.create_registered_model(NAME)
    for _ in range(2):
        client.create_model_version(NAME, f"models:/{model_id}", run_id, {"a": "b"}, model_id=model_id)
    client.search_model_versions(f"name = '{NAME}'")
    client.delete_model_version(NAME, "2")
    client.get_model_version(NAME, "1")
    client.set_model_version_tag(NAME, "1", "a", "b")
    client.update_model_version(NAME, "1", "a")
    client.set_logged_model_tags(model_id, {"a": "b"})
    client.set_registered_model_alias(NAME, "champion", "1")
    client.get_registered_model(NAME)
    client.set_terminated(run_id, status="FINISHED")


def test_what_training_may_ask_of_a_managed_server_is_judged_and_granted_and_nothing_else(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    # Named for MLflow itself, which keeps a client of S3 for each such address.
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", place.environment["AWS_ENDPOINT_URL"])
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "MLmodel").write_text("flavors: {}\n")
    client = Noting(MlflowClient(place.way.address))
    use_every_method(client, tmp_path / "files")
    sources = "".join(path.read_text() for path in (ROOT / "training_code").rglob("*.py"))
    assert client.used == set(re.findall(r"_client\.(\w+)", sources))
    assert place.actions() == TRACKING_ACTIONS.keys()
    assert {f"sagemaker-mlflow:{action}" for action in TRACKING_ACTIONS} == set(MLFLOW_ACTIONS)
