from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy
import pytest
import requests

from options.environment import Environment
from scheduled_job.claims import AlreadyClaimedError
from scheduled_job.registry import CHAMPION, StandingVersion
from scheduled_job.tags import PREFIX, job_tags
from tests.training_code.tracked import MARKS, SCHEDULED, Trained, client_of, deliver, other_job, record_of, versions_of
from tracking.tracker import Tracker

pytestmark = MARKS


def test_run_and_version_carry_everything_and_point_at_each_other(env: Environment, trained: Trained) -> None:
    run_id, standing = deliver(env, trained, draws=True)
    client = client_of(env)
    run = client.get_run(run_id)
    version = client.get_model_version_by_alias(env.registered_model_name, CHAMPION)

    assert standing == StandingVersion("1", "job-1")
    assert (run.info.status, run.info.run_name) == ("FINISHED", "2026-11-23 06:00 UTC · ob-1")
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
        "training_image": SCHEDULED["TRAINING_IMAGE"],
        "scheduled_training.source_bundle_digest": "c" * 64,
        "scheduled_training.data_digest": trained.data.digest,
        "scheduled_training.code_digest": "c" * 64,
        "scheduled_training.trees_digest": trained.description.trees_digest,
        "scheduled_training.predictions_digest": trained.description.predictions_digest,
    }
    assert about_the_job.items() <= run.data.tags.items()
    assert about_the_job.items() <= version.tags.items()
    assert run.data.tags["model_version"] == version.version == "1"
    assert version.run_id == run_id
    assert "scheduled_training.schedule_execution_id" not in run.data.tags
    promoted, _, description = version.description.partition("\n\n")
    assert promoted == "**Champion**: it keeps all limits, and there was no champion."
    assert run.data.tags["mlflow.note.content"] == description
    assert description.startswith("**RandomForestClassifier** for `target`, trained on ")
    assert run.data.tags["mlflow.source.name"] == f"train.py of source bundle {'c' * 12}"
    assert run.data.tags["mlflow.user"] == "g/s"
    assert sorted(each.path for each in client.list_artifacts(run_id)) == [
        "calibration_curve.csv",
        "calibration_curve_plot.png",
        "confusion_matrix.csv",
        "confusion_matrix.png",
        "data_profile.json",
        "loss_by_trees.csv",
        "loss_by_trees.png",
        "model.json",
        "permutation_importance.csv",
        "permutation_importance.png",
        "precision_recall_curve.csv",
        "precision_recall_curve_plot.png",
        "roc_curve.csv",
        "roc_curve_plot.png",
    ]


def test_the_tags_that_stand_beside_mlflows_own_are_for_people(env: Environment, trained: Trained) -> None:
    run_id, _ = deliver(env, trained)
    client = client_of(env)
    machinery = ("mlflow.", PREFIX, "validation:", "training:")
    run_tags = client.get_run(run_id).data.tags
    version_tags = client.get_model_version(env.registered_model_name, "1").tags

    about_the_job = {"training_job_name", "schedule_arn", "scheduled_time", "training_image"}
    assert {name for name in run_tags if not name.startswith(machinery)} == about_the_job | {"model_version"}
    assert {name for name in version_tags if not name.startswith(machinery)} == about_the_job | {"promotion"}


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
    other = replace(env.job, name="job-0", scheduled_time="2026-11-22T06:00:00Z")
    for job in (other, env.job, replace(env.job, name="job-2")):
        client.create_model_version(env.registered_model_name, source="s3://nowhere/model", tags=job_tags(job))
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
        thread.join(120)
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
        f"tracking: going on with run {first} at {env.tracking_uri}/#/experiments/{experiment}/runs/{first}"
        "?workflowType=machine_learning\n"
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
