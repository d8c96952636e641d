"""What kind an experiment is of, against a real MLflow server."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scheduled_job.experiments import Experiments
from tests.training_code.breaking_way import NEVER, breaking

if TYPE_CHECKING:
    from mlflow import MlflowClient

pytestmark = pytest.mark.slow

KIND = "mlflow.experimentKind"


@pytest.fixture
def client(mlflow_server: str) -> MlflowClient:
    import mlflow

    return mlflow.MlflowClient(mlflow_server)


@pytest.fixture
def name() -> str:
    return f"e-{uuid4().hex[:8]}"


def test_an_experiment_that_is_made_shows_training_runs(client: MlflowClient, mlflow_server: str, name: str) -> None:
    found = Experiments(client, mlflow_server, {}).id_of(name)

    assert client.get_experiment(found).tags[KIND] == "custom_model_development"
    assert Experiments(client, mlflow_server, {}).id_of(name) == found


def test_an_experiment_without_a_kind_gets_that_of_training(
    client: MlflowClient, mlflow_server: str, name: str
) -> None:
    there = client.create_experiment(name, tags={"team": "ml"})

    assert Experiments(client, mlflow_server, {}).id_of(name) == there
    tags = client.get_experiment(there).tags
    assert (tags[KIND], tags["team"]) == ("custom_model_development", "ml")


def test_a_kind_that_a_person_chose_stays(client: MlflowClient, mlflow_server: str, name: str) -> None:
    there = client.create_experiment(name, tags={KIND: "genai_development"})

    Experiments(client, mlflow_server, {}).id_of(name)

    assert client.get_experiment(there).tags[KIND] == "genai_development"


def test_a_role_that_may_not_tell_the_kind_may_train(
    mlflow_server: str, name: str, client: MlflowClient, capsys: pytest.CaptureFixture[str]
) -> None:
    import mlflow

    there = client.create_experiment(name)
    with breaking(mlflow_server, NEVER, without="set-experiment-tag") as way:
        assert Experiments(mlflow.MlflowClient(way.address), way.address, {}).id_of(name) == there
    assert capsys.readouterr().out.startswith(
        "note: MLflow's pages may take the experiment for one of language models: "
    )
    assert KIND not in client.get_experiment(there).tags
