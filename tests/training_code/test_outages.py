"""MLflow goes away while a job runs: whole jobs as processes, a real server that is killed and started again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from tests.training_code.conftest import JobTree, MlflowServer

MakeJob = Callable[..., "JobTree"]

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SCHEDULED = {
    "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s",
    "SCHEDULED_TIME": "2026-11-23T06:00:00Z",
    "INVOCATION_LEASE_SECONDS": "2",
}


def run_while_away(job: JobTree, server: MlflowServer, back_at: str = "") -> tuple[int, str]:
    """Run the job; the server goes away after the first batch and, if told, is back after a line that holds `back_at`.

    Gives exit code and log.
    """
    log = []
    command, environ = job.command(), job.process_environment()
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            log.append(line)
            if line.startswith("growing: ") and sum(each.startswith("growing: ") for each in log) == 1:
                server.stop()
            if back_at and back_at in line:
                server.start()
                back_at = ""
    return process.returncode, "".join(log)


def complete(directory: Path, address: str) -> subprocess.CompletedProcess[str]:
    """Register a kept record, as another machine would: with nothing but the directory and the server's address."""
    return subprocess.run(
        [sys.executable, ROOT / "training_code" / "register.py", directory],
        env={"PATH": os.environ["PATH"], "MLFLOW_TRACKING_URI": address},
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )


def client_of(server: MlflowServer) -> MlflowClient:
    import mlflow

    mlflow.set_tracking_uri(server.address)
    return mlflow.MlflowClient(server.address)


def test_training_goes_on_without_mlflow_and_what_was_logged_arrives_later(
    make_job: MakeJob, own_server: MlflowServer
) -> None:
    job = make_job(tracking_uri=own_server.address, **SCHEDULED)
    job.hyperparameters |= {"n_estimators": "300", "n_jobs": "30", "checkpoint_seconds": "0"}
    code, log = run_while_away(job, own_server, back_at="trying again in")
    assert code == 0, log
    assert "\ngrowing: 300 of 300 trees" in log
    assert "\ntracking: MLflow is away or busy (" in log
    assert "\nregistered: version 1 of breast-cancer by job-1\n" in log
    assert not job.kept.exists()
    client = client_of(own_server)
    (version,) = client.search_model_versions("name = 'breast-cancer'")
    run = client.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert [each.value for each in client.get_metric_history(version.run_id, "training:trees_grown")] == [
        float(trees) for trees in range(30, 301, 30)
    ]


def test_a_job_started_again_on_its_checkpoint_waits_as_long_as_one_that_has_trained(
    make_job: MakeJob, own_server: MlflowServer
) -> None:
    quick = {"TRACKING_PATIENCE_SECONDS": "100", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    job = make_job(tracking_uri=own_server.address, **SCHEDULED, **quick)
    job.environ["CHECKPOINT_LOCAL_PATH"] = str(job.base / "checkpoints")
    job.hyperparameters["checkpoint_seconds"] = "0"
    command, environ = job.command(), job.process_environment()
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        growing = (line for line in process.stdout if line.startswith("growing: "))
        next(growing), next(growing)  # when the second batch is told of, the first is saved
        process.kill()
    own_server.stop()
    log = []
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            log.append(line)
            if line.endswith("; trying again in 8 s\n"):  # after more than a tenth of its patience
                own_server.start()
    assert process.returncode == 0, "".join(log)
    assert any(line.startswith("checkpoint: going on from ") for line in log)
    assert log[-2] == "registered: version 1 of breast-cancer by job-1\n"


def test_if_mlflow_stays_away_the_model_is_kept_and_registered_later_without_training(
    make_job: MakeJob, own_server: MlflowServer, tmp_path: Path
) -> None:
    import mlflow

    job = make_job(tracking_uri=own_server.address, TRACKING_PATIENCE_SECONDS="2", **SCHEDULED)
    job.hyperparameters["pictures"] = "true"
    code, log = run_while_away(job, own_server)
    assert code == 1, log
    reason = job.failure.read_text()
    assert reason.startswith(
        "the model is trained but not registered, and kept with its record in output.tar.gz: `training-jobs register "
        "job-1` completes this job without training again; "
        f"MLflow at {own_server.address} (MLFLOW_TRACKING_URI) cannot be used to record the run and to register a "
        "version of breast-cancer: "
    )
    assert f"training failed: {reason}\n" in log
    assert "Traceback" not in log
    kept = sorted(str(path.relative_to(job.kept)) for path in job.kept.rglob("*") if path.is_file())
    assert {"record.json", "files/confusion_matrix.png", "files/model.json", "model/MLmodel"} <= set(kept)
    served = {"model.joblib", "code/inference.py", "code/endpoint/model.py"}
    assert {f"sagemaker_model/{name}" for name in served} <= set(kept)

    # Another machine has what SageMaker uploaded, and not the data.
    copies = [shutil.copytree(job.kept, tmp_path / name) for name in ("once", "twice")]
    shutil.rmtree(job.base)
    own_server.start()
    decided = "promotion: version 1 is champion: it keeps all limits, and there was no champion\n"
    for directory, first in zip(copies, (decided, ""), strict=True):
        done = complete(directory, own_server.address)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"{first}registered: version 1 of breast-cancer by job-1\n"
    client = client_of(own_server)
    (version,) = client.search_model_versions("name = 'breast-cancer'")
    description = json.loads((copies[0] / "files" / "model.json").read_text())
    assert version.tags["training_job_name"] == "job-1"
    assert version.tags["scheduled_time"] == SCHEDULED["SCHEDULED_TIME"]
    assert version.tags["validation:accuracy"] == f"{description['metrics']['validation:accuracy']:.6f}"
    (run,) = client.search_runs([client.get_experiment_by_name("breast-cancer").experiment_id])
    assert (run.info.status, run.info.run_id) == ("FINISHED", version.run_id)
    assert run.data.params["n_estimators"] == "30"
    assert run.data.metrics["validation:accuracy"] == pytest.approx(description["metrics"]["validation:accuracy"])
    assert "confusion_matrix.png" in [each.path for each in client.list_artifacts(run.info.run_id)]
    loaded = mlflow.sklearn.load_model("models:/breast-cancer@champion")
    assert len(loaded.estimators_) == 30


def test_a_kept_record_that_is_none_is_reported(mlflow_server: str, tmp_path: Path) -> None:
    done = complete(tmp_path, mlflow_server)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path}/record.json: is not there; name a directory that holds a kept record\n"
    (tmp_path / "record.json").write_text('{"format": 1, "job": {}}')
    assert complete(tmp_path, mlflow_server).stderr == f"{tmp_path}/record.json: is not the record of a training job\n"
