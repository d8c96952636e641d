"""MLflow goes away at the very request that sends the model or registers it: whole jobs on a way that breaks."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
import pytest
from sklearn.datasets import load_breast_cancer

import inference
from tests.training_code.breaking_way import BreakingWay, Moment, breaking

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree

MakeJob = Callable[..., "JobTree"]

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SCHEDULE = "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s"
MODEL_FILE = r"^/api/2.0/mlflow-artifacts/artifacts/\S*/models/m-"
CREATE_MODEL = r"^/api/2.0/mlflow/logged-models\s"
FINALIZE = r"^/api/2.0/mlflow/logged-models/m-\w+\s"
CREATE_VERSION = r"^/api/2.0/mlflow/model-versions/create\s"
LOG_INPUTS = r"^/api/2.0/mlflow/runs/log-inputs\s"
CLOSE_RUN = r"^/api/2.0/mlflow/runs/update\s"


@pytest.fixture
def make(make: MakeJob) -> MakeJob:
    """A maker of small scheduled jobs with an experiment and a registered model of the test's own."""

    def make_on_server(job_name: str = "job-1", **environ: str) -> JobTree:
        own = {"SCHEDULE_ARN": SCHEDULE, "SCHEDULED_TIME": "2026-11-23T06:00:00Z"}
        # One try a request: what is tried again is then the job's doing, unless a test wants MLflow's client to.
        own |= {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
        job = make(job_name, **own | environ)
        job.hyperparameters |= {"n_estimators": "5", "n_jobs": "1"}
        return job

    return make_on_server


def start(job: JobTree, address: str) -> subprocess.Popen[str]:
    environ = job.process_environment() | {"MLFLOW_TRACKING_URI": address}
    return subprocess.Popen(
        job.command(), env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def run_over(way: BreakingWay, job: JobTree, mended_at: str = "trying again in") -> tuple[int, str]:
    """Run the job; the way is mended after a line that holds `mended_at`. Gives exit code and log."""
    log = []
    with start(job, way.address) as process:
        assert process.stdout is not None
        for line in process.stdout:
            log.append(line)
            if mended_at and mended_at in line and way.reached.is_set():
                way.mend()
    assert way.reached.is_set(), "".join(log)
    return process.returncode, "".join(log)


def client_of(job: JobTree) -> Any:  # noqa: ANN401  # MlflowClient, which is not imported for a type
    import mlflow

    mlflow.set_tracking_uri(job.environ["MLFLOW_TRACKING_URI"])
    return mlflow.MlflowClient()


def experiment_of(job: JobTree) -> str:
    return str(client_of(job).get_experiment_by_name(job.environ["MLFLOW_EXPERIMENT_NAME"]).experiment_id)


def check_whole(job: JobTree, model_directory: Path) -> None:
    """One run, one logged model, one version, which point at each other; the model is that of `model_directory`."""
    import mlflow

    client, name = client_of(job), job.environ["REGISTERED_MODEL_NAME"]
    (version,) = client.search_model_versions(f"name = '{name}'")
    (run,) = client.search_runs([experiment_of(job)])
    (model,) = client.search_logged_models([experiment_of(job)])
    assert (run.info.run_id, run.info.status) == (version.run_id, "FINISHED")
    assert run.data.tags["model_version"] == version.version
    assert [each.model_id for each in run.outputs.model_outputs] == [model.model_id]
    datasets = [(each.dataset.name, [tag.value for tag in each.tags]) for each in run.inputs.dataset_inputs]
    assert sorted(datasets) == [("held out from training", ["validation"]), ("training", ["training"])]
    assert (f"models:/{model.model_id}", model.source_run_id, str(model.status)) == (
        version.source,
        version.run_id,
        "READY",
    )
    (link,) = json.loads(model.tags["mlflow.modelVersions"])
    assert (link["name"], str(link["version"])) == (name, str(version.version))
    assert client.get_model_version_by_alias(name, "champion").version == version.version
    assert mlflow.models.Model.load(f"models:/{name}/{version.version}").model_id == model.model_id
    rows = load_breast_cancer(as_frame=True).data
    registered = mlflow.sklearn.load_model(f"models:/{name}/{version.version}")
    packed = inference.model_fn(str(model_directory)).estimator
    assert numpy.array_equal(registered.predict_proba(rows), packed.predict_proba(rows))


UPLOADS = {
    "creating the model": Moment("POST", CREATE_MODEL),
    "creating the model, answer lost": Moment("POST", CREATE_MODEL, arrives=True),
    "creating the model, asked again by the client": Moment("POST", CREATE_MODEL, arrives=True, once=True),
    "giving the run its model": Moment("POST", "^/api/2.0/mlflow/runs/outputs"),
    "giving the run its datasets, answer lost": Moment("POST", LOG_INPUTS, arrives=True),
    "first file": Moment("PUT", MODEL_FILE),
    "third file": Moment("PUT", MODEL_FILE, number=3, arrives=True),
    "finalizing": Moment("PATCH", FINALIZE),
    "finalizing, answer lost": Moment("PATCH", FINALIZE, arrives=True),
}
REGISTRATIONS = {
    "not arrived": Moment("POST", CREATE_VERSION),
    "answer lost": Moment("POST", CREATE_VERSION, arrives=True),
    "answer lost, asked again by the client": Moment("POST", CREATE_VERSION, arrives=True, once=True),
    "linking the model, answer lost": Moment("PATCH", FINALIZE.replace(r"\s", r"/tags\s"), arrives=True),
    "linking the model": Moment("PATCH", FINALIZE.replace(r"\s", r"/tags\s")),
    "closing the run, answer lost": Moment("POST", CLOSE_RUN, arrives=True),
}

UPLOADS_IN_EVERY_RUN = (
    "creating the model, asked again by the client",
    "giving the run its model",
    "giving the run its datasets, answer lost",
    "third file",
)
REGISTRATIONS_IN_EVERY_RUN = ("not arrived", "answer lost", "answer lost, asked again by the client")


def cases(moments: dict[str, Moment], quick: tuple[str, ...]) -> list[Any]:
    """Each moment under its name; those that are not `quick` take `make soak`: each is a whole job."""
    assert set(quick) <= set(moments)
    return [
        pytest.param(moment, id=name, marks=[] if name in quick else [pytest.mark.soak])
        for name, moment in moments.items()
    ]


@pytest.mark.parametrize("moment", cases(UPLOADS, quick=UPLOADS_IN_EVERY_RUN))
def test_mlflow_away_at_the_upload_of_the_model_leaves_one_whole_model(
    moment: Moment, make: MakeJob, mlflow_server: str
) -> None:
    job = make(MLFLOW_HTTP_REQUEST_MAX_RETRIES="1" if moment.once else "0")
    with breaking(mlflow_server, moment) as way:
        code, log = run_over(way, job)
    assert code == 0, log
    assert ("\ntracking: MLflow is away or busy (" in log) == (not moment.once)
    check_whole(job, job.model)


@pytest.mark.parametrize("moment", cases(REGISTRATIONS, quick=REGISTRATIONS_IN_EVERY_RUN))
def test_mlflow_away_at_the_registration_leaves_one_version(moment: Moment, make: MakeJob, mlflow_server: str) -> None:
    job = make(MLFLOW_HTTP_REQUEST_MAX_RETRIES="1" if moment.once else "0")
    with breaking(mlflow_server, moment) as way:
        code, log = run_over(way, job)
    assert code == 0, log
    check_whole(job, job.model)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(UPLOADS["third file"], id="third file"),
        pytest.param(UPLOADS["finalizing"], id="finalizing", marks=pytest.mark.soak),
        pytest.param(REGISTRATIONS["not arrived"], id="registering", marks=pytest.mark.soak),
        pytest.param(REGISTRATIONS["answer lost"], id="registering, answer lost"),
    ],
)
def test_mlflow_that_stays_away_fails_the_job_whose_kept_record_is_completed_later(
    moment: Moment, make: MakeJob, mlflow_server: str, tmp_path: Path
) -> None:
    job = make(TRACKING_PATIENCE_SECONDS="1")
    with breaking(mlflow_server, moment) as way:
        code, log = run_over(way, job, mended_at="")
    assert code == 1, log
    assert job.failure.read_text().startswith(
        "the model is trained but not registered, and kept with its record in output.tar.gz: `training-jobs register "
        f"job-1` completes this job without training again; MLflow at {way.address} (MLFLOW_TRACKING_URI) cannot be "
    )
    assert "Traceback" not in log
    kept = shutil.copytree(job.kept, tmp_path / "kept")
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, ROOT / "training_code" / "register.py", kept],
            env=job.process_environment(),
            text=True,
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith(f"registered: version 1 of {job.environ['REGISTERED_MODEL_NAME']} by job-1\n")
    check_whole(job, kept / "sagemaker_model")


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(
            Moment("POST", r"^/api/2.0/mlflow/runs/set-tag\s.*duplicate_of"),
            id="before its run is marked",
            marks=pytest.mark.soak,
        ),
        pytest.param(Moment("POST", CLOSE_RUN), id="before its run is closed"),
        pytest.param(Moment("POST", CLOSE_RUN, arrives=True), id="after its run is closed"),
    ],
)
def test_a_killed_duplicate_started_again_changes_nothing_and_leaves_no_run_open(
    moment: Moment, make: MakeJob, mlflow_server: str
) -> None:
    first, duplicate = make("job-1"), make("job-2")
    held_at = Moment("POST", CREATE_MODEL)
    with breaking(mlflow_server, held_at, holds=True) as held, breaking(mlflow_server, moment) as way:
        with start(first, held.address) as working:
            assert held.reached.wait(300)
            with start(duplicate, way.address) as dying:
                way.at_the_moment = dying.kill
                log, _ = dying.communicate(timeout=300)
            assert dying.returncode == -signal.SIGKILL, log
            held.mend()
            log, _ = working.communicate(timeout=300)
        assert working.returncode == 0, log
    client, experiment = client_of(first), experiment_of(first)
    (finished,) = client.search_runs([experiment], "attributes.status = 'FINISHED'")
    again = duplicate.run()
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.endswith(
        f"delivered again: version 1 of {first.environ['REGISTERED_MODEL_NAME']} by training job job-1 "
        "stands for this invocation; nothing to train\n"
    )
    check_only(first, finished)


def check_only(first: JobTree, finished: Any) -> None:  # noqa: ANN401  # MLflow's Run
    client, experiment = client_of(first), experiment_of(first)
    assert client.get_run(finished.info.run_id).to_dictionary() == finished.to_dictionary()
    (version,) = client.search_model_versions(f"name = '{first.environ['REGISTERED_MODEL_NAME']}'")
    assert version.run_id == finished.info.run_id
    assert len(client.search_logged_models([experiment])) == 1
    others = [each for each in client.search_runs([experiment]) if each.info.run_id != finished.info.run_id]
    assert [(each.info.status, each.data.tags.get("duplicate_of")) for each in others] == [("KILLED", "job-1")]
