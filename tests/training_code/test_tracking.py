from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy
import pytest
import requests
from sklearn.ensemble import RandomForestClassifier

import dataset
import environment
import forest
import model_files
import record
from claims import AlreadyClaimedError
from environment import Environment
from evaluation import Evaluation, evaluate
from failure import TrainingError
from hyperparameters import Hyperparameters
from model_files import Description
from promotion import NO_CHAMPION, OPEN_GATE, Champion, Gate
from record import Record
from registry import CHALLENGER, CHAMPION, PROMOTION, StandingVersion
from tests.training_code.breaking_way import NEVER, breaking
from tracking import Tracker

if TYPE_CHECKING:
    from mlflow import MlflowClient

pytestmark = [
    pytest.mark.slow,
    # MLflow compares the columns of an input example with a range, which pandas 3.1 deprecates; the image has 2.2.
    pytest.mark.filterwarnings("ignore:Operation with range is deprecated"),
    # MLflow warns of its own type hints when its pyfunc package is imported.
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType"),
]

SETTINGS = Hyperparameters(n_estimators=5, n_jobs=1)
SCHEDULED = {
    "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s",
    "SCHEDULED_TIME": "2026-11-23T06:00:00Z",
    "SOURCE_BUNDLE_DIGEST": "c" * 64,
    "TRAINING_IMAGE": "123456789012.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3",
}


@dataclass(frozen=True)
class Trained:
    """A forest with all that is recorded about it."""

    forest: RandomForestClassifier
    verdict: Evaluation
    data: dataset.Dataset
    description: Description


@pytest.fixture
def trained(channel: Callable[..., Path]) -> Trained:
    rows = "".join(f"{i % 7},{i % 5},{i % 2}\n" for i in range(60))
    data = dataset.read(channel({"x.csv": "b,a,target\n" + rows}), None, SETTINGS)
    grown = forest.grow(SETTINGS, data.training)
    verdict = evaluate(grown, data.validation)
    description = model_files.describe(
        grown, SETTINGS, data, verdict, code_digest="c" * 64, training_job_name="job-1", run_id="unknown"
    )
    return Trained(grown, verdict, data, description)


@pytest.fixture
def env(mlflow_server: str) -> Environment:
    """The environment of a scheduled job, with an experiment and a registered model of this test's own."""
    name = f"m-{uuid4().hex[:8]}"
    environ = {
        "SM_CHANNEL_TRAINING": "/nowhere",
        "TRAINING_JOB_NAME": "job-1",
        "MLFLOW_TRACKING_URI": mlflow_server,
        "MLFLOW_EXPERIMENT_NAME": name,
        "REGISTERED_MODEL_NAME": name,
    }
    return environment.read([], environ | SCHEDULED)[0]


def other_job(env: Environment, name: str) -> Environment:
    return replace(env, job=replace(env.job, name=name))


def record_of(  # noqa: PLR0917
    env: Environment,
    trained: Trained,
    run_id: str,
    directory: Path,
    gate: Gate = OPEN_GATE,
    champion: Champion = NO_CHAMPION,
) -> Record:
    description = replace(trained.description, run_id=run_id)
    return record.make(
        directory, env, trained.forest, description, trained.verdict, trained.data.example, gate=gate, champion=champion
    )


def deliver(env: Environment, trained: Trained, gate: Gate = OPEN_GATE) -> tuple[str, StandingVersion]:
    tracker = Tracker(env, {})
    with tracker.run(None) as run_id, tempfile.TemporaryDirectory() as directory:
        champion = tracker.champion_on(lambda model: evaluate(model, trained.data.validation).metrics)
        return run_id, tracker.deliver(record_of(env, trained, run_id, Path(directory) / "record", gate, champion))


def client_of(env: Environment) -> MlflowClient:
    import mlflow

    return mlflow.MlflowClient(env.tracking_uri)


def versions_of(env: Environment) -> list[str]:
    found = client_of(env).search_model_versions(f"name = '{env.registered_model_name}'")
    return sorted(str(each.version) for each in found)


def test_run_and_version_carry_everything_and_point_at_each_other(env: Environment, trained: Trained) -> None:
    run_id, standing = deliver(env, trained)
    client = client_of(env)
    run = client.get_run(run_id)
    version = client.get_model_version_by_alias(env.registered_model_name, CHAMPION)

    assert standing == StandingVersion("1", "job-1")
    assert (run.info.status, run.info.run_name) == ("FINISHED", "job-1")
    assert run.data.params["n_estimators"] == "5"
    assert run.data.params.keys() == trained.description.hyperparameters.keys()
    for name, value in trained.verdict.metrics.items():
        assert run.data.metrics[name] == pytest.approx(value)
        assert version.tags[name] == f"{value:.6f}"
    assert run.data.metrics["class 1/recall"] == trained.verdict.classes[1].recall
    about_the_job = {
        "training_job_name": "job-1",
        "schedule_arn": SCHEDULED["SCHEDULE_ARN"],
        "scheduled_time": SCHEDULED["SCHEDULED_TIME"],
        "idempotency_key": env.job.idempotency_key,
        "source_bundle_digest": "c" * 64,
        "training_image": SCHEDULED["TRAINING_IMAGE"],
        "data_digest": trained.data.digest,
        "code_digest": "c" * 64,
        "trees_digest": trained.description.trees_digest,
        "predictions_digest": trained.description.predictions_digest,
    }
    assert about_the_job.items() <= run.data.tags.items()
    assert about_the_job.items() <= version.tags.items()
    assert run.data.tags["model_version"] == version.version == "1"
    assert version.run_id == version.tags["run_id"] == run_id
    assert "schedule_execution_id" not in run.data.tags
    assert sorted(each.path for each in client.list_artifacts(run_id)) == [
        "confusion_matrix.png",
        "feature_importances.png",
        "model.json",
        "roc_curve.png",
    ]


def test_the_registered_model_predicts_the_same_and_knows_its_columns(env: Environment, trained: Trained) -> None:
    import mlflow

    deliver(env, trained)
    address = f"models:/{env.registered_model_name}@{CHAMPION}"
    rows = trained.data.validation.features
    loaded = mlflow.sklearn.load_model(address)
    assert numpy.array_equal(loaded.predict_proba(rows), trained.forest.predict_proba(rows))
    served = mlflow.pyfunc.load_model(address)
    assert served.metadata.get_input_schema().input_names() == ["b", "a"]
    assert served.metadata.saved_input_example_info is not None
    assert served.predict(rows.astype("float64")).tolist() == trained.forest.predict(rows).tolist()
    requirements = mlflow.pyfunc.get_model_dependencies(address)
    assert Path(requirements).read_text().splitlines() == [
        f"{name}=={trained.description.versions[name]}"
        for name in ("mlflow-skinny", "scikit-learn", "skops", "numpy", "pandas")
    ]


def test_a_second_delivery_finds_what_stands(env: Environment, trained: Trained) -> None:
    assert Tracker(env, {}).standing_version() is None
    deliver(env, trained)
    assert Tracker(other_job(env, "job-2"), {}).standing_version() == StandingVersion("1", "job-1")
    tomorrow = replace(env, job=replace(env.job, scheduled_time="2026-11-24T06:00:00Z"))
    assert Tracker(tomorrow, {}).standing_version() is None


def test_a_delivery_that_comes_too_late_registers_nothing(env: Environment, trained: Trained) -> None:
    deliver(env, trained)
    run_id, standing = deliver(other_job(env, "job-2"), trained)
    assert standing == StandingVersion("1", "job-1")
    assert versions_of(env) == ["1"]
    run = client_of(env).get_run(run_id)
    assert (run.info.status, run.data.tags["duplicate_of"]) == ("KILLED", "job-1")
    assert "model_version" not in run.data.tags


def test_a_duplicate_that_is_started_again_and_trains_after_all_is_nobodys_duplicate(env: Environment) -> None:
    late, client = other_job(env, "job-2"), client_of(env)
    with pytest.raises(AlreadyClaimedError), Tracker(late, {}).run(None) as run_id:
        raise AlreadyClaimedError("job-1 works on it", "job-1")
    closed = client.get_run(run_id)
    assert (closed.info.status, closed.data.tags["duplicate_of"]) == ("KILLED", "job-1")
    with Tracker(late, {}).run(None) as again:
        run = client.get_run(again)
    assert again == run_id
    assert run.info.status == "RUNNING"
    assert "duplicate_of" not in run.data.tags


def test_the_next_invocation_gets_a_version_and_the_alias(env: Environment, trained: Trained) -> None:
    deliver(env, trained)
    tomorrow = replace(env, job=replace(env.job, name="job-2", scheduled_time="2026-11-24T06:00:00Z"))
    assert deliver(tomorrow, trained)[1] == StandingVersion("2", "job-2")
    assert client_of(env).get_model_version_by_alias(env.registered_model_name, CHAMPION).version == "2"


def test_a_version_that_does_not_pass_the_gate_is_the_challenger_and_says_why(
    env: Environment, trained: Trained
) -> None:
    deliver(env, trained)
    tomorrow = replace(env, job=replace(env.job, name="job-2", scheduled_time="2026-11-24T06:00:00Z"))
    deliver(tomorrow, trained, Gate({"validation:accuracy": 1.1}))
    client, name = client_of(env), env.registered_model_name
    first = client.get_model_version_by_alias(name, CHAMPION)
    second = client.get_model_version_by_alias(name, CHALLENGER)
    accuracy = trained.verdict.metrics["validation:accuracy"]
    assert first.version == "1"
    assert first.tags[PROMOTION] == "champion: it keeps all limits, and there was no champion"
    assert second.version == "2"
    assert second.tags[PROMOTION] == (
        f"challenger: validation:accuracy is {accuracy:.6f}, less than the minimum of 1.1"
    )


def test_a_version_is_compared_with_the_champion_on_the_same_rows(env: Environment, trained: Trained) -> None:
    deliver(env, trained)
    tomorrow = replace(env, job=replace(env.job, name="job-2", scheduled_time="2026-11-24T06:00:00Z"))
    deliver(tomorrow, trained)
    accuracy = trained.verdict.metrics["validation:accuracy"]
    champion = client_of(env).get_model_version_by_alias(env.registered_model_name, CHAMPION)
    assert champion.version == "2"
    assert champion.tags[PROMOTION] == (
        "champion: not worse than champion version 1 on the same held-out rows (margin 0): "
        f"validation:accuracy {accuracy:.6f} against {accuracy:.6f}"
    )


def test_a_champion_that_cannot_judge_the_rows_stays(env: Environment, trained: Trained) -> None:
    deliver(env, trained)

    def other_columns(_model: object) -> dict[str, float]:
        raise ValueError("other columns")

    champion = Tracker(env, {}).champion_on(other_columns)
    assert champion == Champion("1", problem="ValueError: other columns")


def test_a_champion_that_cannot_be_loaded_here_stays_and_fails_no_job(
    env: Environment, trained: Trained, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(env, trained)

    def of_a_package_that_is_not_here(_source: str) -> None:
        raise ModuleNotFoundError("No module named 'theirs'")

    monkeypatch.setattr("mlflow.sklearn.load_model", of_a_package_that_is_not_here)
    capsys.readouterr()
    problem = "ModuleNotFoundError: No module named 'theirs'"
    assert Tracker(env, {}).champion_on(lambda _: {}) == Champion("1", problem=problem)
    assert capsys.readouterr().out == f"promotion: the champion cannot be compared with: {problem}\n"
    tomorrow = replace(env, job=replace(env.job, name="job-2", scheduled_time="2026-11-24T06:00:00Z"))
    deliver(tomorrow, trained)
    second = client_of(env).get_model_version_by_alias(env.registered_model_name, CHALLENGER)
    assert second.tags[PROMOTION] == (
        f"challenger: champion version 1 cannot be evaluated on the held-out rows: {problem}"
    )


def test_a_job_started_again_keeps_its_version(env: Environment, trained: Trained) -> None:
    deliver(env, trained)
    assert deliver(env, trained)[1] == StandingVersion("1", "job-1")
    assert versions_of(env) == ["1"]


def test_a_job_killed_after_its_run_was_closed_goes_on_with_that_run(env: Environment, trained: Trained) -> None:
    first, _ = deliver(env, trained)
    again, standing = deliver(env, trained)
    assert (again, standing) == (first, StandingVersion("1", "job-1"))
    (run,) = client_of(env).search_runs([client_of(env).get_run(first).info.experiment_id])
    assert (run.info.run_id, run.info.status) == (first, "FINISHED")


def test_a_job_started_again_does_not_take_the_alias_from_a_later_version(env: Environment, trained: Trained) -> None:
    deliver(env, trained)
    tomorrow = replace(env, job=replace(env.job, name="job-2", scheduled_time="2026-11-24T06:00:00Z"))
    deliver(tomorrow, trained)
    assert deliver(env, trained)[1] == StandingVersion("1", "job-1")
    assert client_of(env).get_model_version_by_alias(env.registered_model_name, CHAMPION).version == "2"


def test_a_duplicate_of_an_earlier_version_is_taken_back(env: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    client = client_of(env)
    client.create_registered_model(env.registered_model_name)
    for name, key in (("job-0", "another"), ("job-1", env.job.idempotency_key), ("job-2", env.job.idempotency_key)):
        tags = {"training_job_name": name, "idempotency_key": key}
        client.create_model_version(env.registered_model_name, source="s3://nowhere/model", tags=tags)
    assert Tracker(other_job(env, "job-2"), {}).standing_version() == StandingVersion("2", "job-1")
    assert versions_of(env) == ["1", "2"]
    assert "registering: took back version 3, version 2 came first\n" in capsys.readouterr().out


def test_of_deliveries_at_the_same_time_one_stands(env: Environment, trained: Trained, tmp_path: Path) -> None:
    together = threading.Barrier(3)
    standing: list[StandingVersion] = []

    def register(name: str) -> None:
        job = other_job(env, name)
        tracker = Tracker(job, {})
        with tracker.run(None) as run_id:
            made = record_of(job, trained, run_id, tmp_path / name)
            together.wait()
            standing.append(tracker.deliver(made))

    threads = [threading.Thread(target=register, args=(name,)) for name in ("job-1", "job-2", "job-3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(standing) == 3
    assert len(set(standing)) == 1
    assert versions_of(env) == [standing[0].version]


def test_a_run_that_fails_is_closed_as_failed_and_gone_on_with(
    env: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    tracker = Tracker(env, {})
    with pytest.raises(ZeroDivisionError), tracker.run(None) as first:
        raise ZeroDivisionError
    assert client_of(env).get_run(first).info.status == "FAILED"
    capsys.readouterr()
    with tracker.run(first) as again:
        assert client_of(env).get_run(again).info.status == "RUNNING"
    assert again == first
    experiment = client_of(env).get_run(first).info.experiment_id
    assert capsys.readouterr().out == (
        f"tracking: going on with run {first} at {env.tracking_uri}/#/experiments/{experiment}/runs/{first}\n"
    )
    client_of(env).set_terminated(first, status="FINISHED")
    with tracker.run(first) as new:
        assert new != first


@pytest.fixture
def losing_the_answer(env: Environment) -> Iterator[str]:
    """The address of a way to MLflow on which the answer to the first request for a new run gets lost."""
    lost = []

    class Way(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            there, kind = env.tracking_uri + self.path, {"Content-Type": "application/json"}
            answer = requests.request(self.command, there, data=body, headers=kind, timeout=60)
            if self.path.endswith("/runs/create") and not lost:
                lost.append(answer)
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_PATCH = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Way) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
    assert lost


def test_a_run_that_was_made_twice_because_an_answer_got_lost_is_not_left_open(
    env: Environment, losing_the_answer: str
) -> None:
    with Tracker(replace(env, tracking_uri=losing_the_answer), {}).run(None) as run_id:
        client = client_of(env)
        runs = client.search_runs([client.get_run(run_id).info.experiment_id])
    assert len(runs) == 2
    assert {each.info.run_id: each.info.status for each in runs}.pop(run_id) == "RUNNING"
    (double,) = (each for each in runs if each.info.run_id != run_id)
    assert (double.info.status, double.data.tags["duplicate_of"]) == ("KILLED", "job-1")
    with Tracker(env, {}).run(None) as again:
        assert again == run_id


def test_the_run_of_another_job_is_left_alone(env: Environment) -> None:
    with Tracker(env, {}).run(None) as first, Tracker(other_job(env, "job-2"), {}).run(first) as second:
        assert second != first


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
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    started = time.monotonic()
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
