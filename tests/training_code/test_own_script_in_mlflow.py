"""Scripts of a team's own against a real MLflow server: one version for each invocation, whatever happens to them."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scheduled_job.job import TrackingSettings
from scheduled_job.record import load
from scheduled_job.tracker import JobTracker
from tests.training_code.breaking_way import Moment, breaking
from tests.training_code.own_scripts import SCHEDULED, OwnScript

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

    from tests.training_code.conftest import MlflowServer

pytestmark = pytest.mark.slow
FITTING = """
import os, pathlib, sys
import scheduled_job
scheduled_job.claim()
print("training", flush=True)
if os.environ.get("WAIT"): sys.stdin.readline()
for step in range(3):
    scheduled_job.report(loss=1.0 / (step + 1), step=step)
for step in range(int(os.environ.get("MANY", "0"))):
    scheduled_job.report(many=step, step=step)
scheduled_job.report(rmse=float(os.environ.get("RMSE", "2.5")))
model = pathlib.Path(os.environ["SM_MODEL_DIR"])
(model / "weights.txt").write_text("0.5")
if os.environ.get("UNREGISTERED"): sys.exit()
standing = scheduled_job.register_once(model, parameters={"depth": 5}, tags={"team": "forecast"}, description="Hourly.")
if scheduled_job.register_once(model) != standing: print("another")
print("stands", standing.version, standing.training_job_name, flush=True)
"""
MakeScript = Callable[..., OwnScript]


@pytest.fixture
def make_script(mlflow_server: str, tmp_path: Path) -> MakeScript:
    name = f"o-{uuid4().hex[:8]}"

    def make(job: str = "job-1", text: str = FITTING, uri: str = "", **environ: str) -> OwnScript:
        own = {
            "TRAINING_JOB_NAME": job,
            "MLFLOW_TRACKING_URI": uri or mlflow_server,
            "MLFLOW_EXPERIMENT_NAME": name,
            "REGISTERED_MODEL_NAME": name,
        }
        (tmp_path / job).mkdir(exist_ok=True)
        return OwnScript(tmp_path / job, text, SCHEDULED | own | environ, (sys.executable,))

    return make


def client(script: OwnScript) -> MlflowClient:
    import mlflow

    return mlflow.MlflowClient(script.environ["MLFLOW_TRACKING_URI"])


def versions(script: OwnScript) -> list[ModelVersion]:
    name = script.environ["REGISTERED_MODEL_NAME"]
    return sorted(client(script).search_model_versions(f"name = '{name}'"), key=lambda each: int(each.version))


def runs(script: OwnScript) -> list[tuple[str, str]]:
    """Training job and status of each."""
    experiment = client(script).get_experiment_by_name(script.environ["MLFLOW_EXPERIMENT_NAME"])
    found = client(script).search_runs([experiment.experiment_id])
    return sorted((each.data.tags["training_job_name"], each.info.status) for each in found)


def test_a_script_has_a_run_with_all_it_reported_and_a_version_with_its_files(make_script: MakeScript) -> None:
    import mlflow

    script = make_script(PROMOTION_MAXIMUM_METRICS=json.dumps({"validation:rmse": 3}))

    done = script.run()

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("put several models into one directory\nstands 1 job-1\n")
    (version,) = versions(script)
    assert version.tags["team"] == "forecast"
    assert version.tags["scheduled_time"] == "2026-11-23T06:00:00Z"
    assert version.tags["validation:rmse"] == "2.500000"
    assert version.tags["promotion"] == "champion: it keeps all limits, and there was no champion"
    promoted, _, description = version.description.partition("\n\n")
    assert promoted == "**Champion**: it keeps all limits, and there was no champion."
    assert description.startswith("Hourly.\n\nTraining job [job-1](")
    run = client(script).get_run(version.run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "2026-11-23 06:00 UTC · fit · ob-1")
    assert run.data.params == {"depth": "5"}
    assert run.data.metrics == {"loss": pytest.approx(1 / 3), "validation:rmse": 2.5}
    assert [each.step for each in client(script).get_metric_history(version.run_id, "loss")] == [0, 1, 2]
    mlflow.set_tracking_uri(script.environ["MLFLOW_TRACKING_URI"])
    files = Path(mlflow.artifacts.download_artifacts(f"models:/{version.name}/1"))
    assert (files / "weights.txt").read_text() == "0.5"


def test_two_deliveries_at_once_give_one_version_and_one_of_them_trains(make_script: MakeScript) -> None:
    both = [make_script("job-1", WAIT="1"), make_script("job-2", WAIT="1")]

    started = [each.start() for each in both]
    # The one that trains waits for a line, and gets it when the other has ended.
    with ThreadPoolExecutor() as pool:
        wait([pool.submit(process.wait, 120) for process in started], return_when=FIRST_COMPLETED)
        ended = list(pool.map(lambda process: process.communicate("go on\n", timeout=120), started))

    assert [process.returncode for process in started] == [0, 0], ended
    assert len(versions(both[0])) == 1
    assert sorted("training\n" in out for out, _ in ended) == [False, True]
    assert sorted(status for _, status in runs(both[0])) == ["FINISHED", "KILLED"]


def test_a_script_that_is_killed_between_its_steps_and_started_again_registers_once(make_script: MakeScript) -> None:
    """Killed at one request after the other: the next start finds what the last one left."""
    script = make_script()
    there = script.environ["MLFLOW_TRACKING_URI"]
    moments = [
        Moment("POST", r"/runs/create", arrives=True),
        Moment("POST", r"/logged-models\n", arrives=True),
        Moment("PUT", r"weights\.txt", arrives=False),
        Moment("POST", r"/model-versions/create", arrives=True),
        Moment("POST", r"/runs/update", arrives=False),
    ]
    for moment in moments:
        with breaking(there, moment, holds=True) as way:
            script.environ["MLFLOW_TRACKING_URI"] = way.address
            with script.start() as process:
                assert way.reached.wait(300), moment
                process.send_signal(signal.SIGKILL)
    script.environ["MLFLOW_TRACKING_URI"] = there

    done = script.run()

    assert (done.returncode, done.stderr) == (0, "")
    (version,) = versions(script)
    assert [version.run_id] == [
        each.info.run_id for each in client(script).search_runs([_experiment(script)]) if each.info.status == "FINISHED"
    ]
    assert runs(script).count(("job-1", "FINISHED")) == 1


def _experiment(script: OwnScript) -> str:
    return str(client(script).get_experiment_by_name(script.environ["MLFLOW_EXPERIMENT_NAME"]).experiment_id)


def test_a_dead_first_job_is_taken_over_and_its_restart_finds_what_stands(make_script: MakeScript) -> None:
    lease = {"INVOCATION_LEASE_SECONDS": "3"}
    first, second = make_script("job-1", WAIT="1", **lease), make_script("job-2", **lease)
    with first.start() as dying:
        assert dying.stdout is not None
        assert any(line == "training\n" for line in dying.stdout)
        dying.send_signal(signal.SIGKILL)

    taken_over, again = second.run(), first.run()

    assert (
        "training job job-1 claimed this invocation and gives no sign of life for 3 s; taking over" in taken_over.stdout
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("delivered again: version 1 of ")
    assert [each.tags["training_job_name"] for each in versions(first)] == ["job-2"]


def test_the_champion_is_held_against_what_it_recorded_of_itself(make_script: MakeScript) -> None:
    limits = {"PROMOTION_MAXIMUM_METRICS": json.dumps({"validation:rmse": 9})}
    for number, rmse in enumerate(("2.5", "2.75", "2.25"), 1):
        due = {"SCHEDULED_TIME": f"2026-11-2{number}T06:00:00Z"}
        assert make_script(f"job-{number}", RMSE=rmse, **limits, **due).run().returncode == 0

    told = [each.tags["promotion"] for each in versions(make_script())]

    assert told[1:] == [
        "challenger: validation:rmse is 2.750000, and champion version 1 has 2.500000 on its own held-out rows "
        "(margin 0)",
        "champion: not worse than champion version 1 on its own held-out rows (margin 0): validation:rmse 2.250000 "
        "against 2.500000",
    ]


def test_a_model_that_the_script_logged_with_mlflow_is_registered_from_the_same_run(make_script: MakeScript) -> None:
    text = """
import mlflow, scheduled_job
scheduled_job.claim()
class Doubles(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[float]) -> list[float]:
        return [2 * each for each in model_input]
with mlflow.start_run():
    logged = mlflow.pyfunc.log_model(name="doubles", python_model=Doubles(), pip_requirements=[])
print(scheduled_job.register_once(logged.model_uri))
"""
    script = make_script(text=text)

    done = script.run()

    assert done.returncode == 0, done.stderr
    (version,) = versions(script)
    assert runs(script) == [("job-1", "FINISHED")]
    assert client(script).get_logged_model(version.source.removeprefix("models:/")).source_run_id == version.run_id


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("'nowhere'", "register_once: got 'nowhere', where there is no model; save it there before"),
        (
            "'runs:/0/model'",
            "register_once: got 'runs:/0/model'; allowed: a directory, a file, or a logged model such as",
        ),
    ],
)
def test_no_model_is_one_line_and_a_failed_run(make_script: MakeScript, model: str, told: str) -> None:
    script = make_script(text=f"import scheduled_job\nscheduled_job.claim()\nscheduled_job.register_once({model})\n")

    done = script.run()

    assert (done.returncode, done.stderr) == (1, "")
    assert f"training failed: {told}" in done.stdout
    assert runs(script) == [("job-1", "FAILED")]


def test_a_script_that_registers_nothing_has_a_finished_run_with_its_metrics(make_script: MakeScript) -> None:
    script = make_script(UNREGISTERED="1", MANY="1500")

    assert script.run().returncode == 0

    (run,) = client(script).search_runs([_experiment(script)])
    assert (run.info.status, run.data.metrics["validation:rmse"]) == ("FINISHED", 2.5)
    # More than MLflow takes with one request, and more than have been sent meanwhile.
    history = client(script).get_metric_history(run.info.run_id, "many")
    assert sorted(each.step for each in history) == list(range(1500))
    assert versions(script) == []


def test_an_outage_keeps_the_model_and_it_is_registered_afterwards(
    make_script: MakeScript, own_server: MlflowServer
) -> None:
    script = make_script(uri=own_server.address, WAIT="1", TRACKING_PATIENCE_SECONDS="1")
    with script.start() as process:
        assert process.stdout is not None
        assert any(line == "training\n" for line in process.stdout)
        own_server.stop()
        out, err = process.communicate("go on\n", timeout=120)
    assert process.returncode == 1, err
    assert "kept with its record in output.tar.gz: `training-jobs register job-1` completes this job" in out
    assert "is kept" not in script.failure.read_text()
    own_server.start()

    kept = load(script.base / "output" / "data" / "unregistered")
    settings = TrackingSettings(own_server.address, kept.experiment_name, kept.registered_model_name, kept.job)
    for _ in range(2):
        assert JobTracker(settings, {}).deliver(kept).version == "1"

    (version,) = versions(script)
    assert client(script).get_run(version.run_id).data.metrics["loss"] == pytest.approx(1 / 3)
