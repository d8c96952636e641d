"""Whole runs of train.py, as a process of its own against a real MLflow server."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import numpy
import pandas
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from progress import METRIC_NAMES, metric_regex
from tests.training_code.told import SCHEDULED, without_reading

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree

pytestmark = pytest.mark.slow

MakeJob = Callable[..., "JobTree"]
ROOT = Path(__file__).parents[2]


def plain_scikit_learn(trees: int) -> tuple[RandomForestClassifier, pandas.DataFrame, NDArray[Any]]:
    frame = load_breast_cancer(as_frame=True).frame
    features, target = frame.drop(columns="target").astype("float32"), frame["target"].to_numpy()
    train, test, train_target, test_target = train_test_split(
        features, target, test_size=0.2, stratify=target, random_state=42
    )
    forest = RandomForestClassifier(n_estimators=trees, max_depth=5, max_features="sqrt", random_state=42)
    return forest.fit(train, train_target), test, test_target


def test_a_run_leaves_a_model_a_log_and_a_version(make: MakeJob) -> None:
    import mlflow

    job = make(SOURCE_BUNDLE_DIGEST="d" * 64, **SCHEDULED)
    mlflow.set_tracking_uri(job.environ["MLFLOW_TRACKING_URI"])
    job.hyperparameters["max_features"] = "auto"
    done = job.run()
    assert (done.returncode, done.stderr) == (0, "")
    forest, rows, target = plain_scikit_learn(30)
    accuracy = accuracy_score(target, forest.predict(rows))

    lines = done.stdout.splitlines()
    assert lines[0] == (
        "note: max_features=auto meant sqrt for classifiers until scikit-learn 1.3 removed the word: using sqrt"
    )
    assert lines[1].startswith("memory: about ")
    assert re.fullmatch(r"reading training: 2 files, 569 rows, 30 features, \d+\.\d\d s", lines[2])
    assert lines[3] == "holding out: 114 of 569 rows, stratified, seed 42"
    assert f"validation:accuracy={accuracy:.6f}" in lines
    for name in METRIC_NAMES:
        assert len(re.findall(metric_regex(name), done.stdout)) == 1
    assert f"registered: version 1 of {job.environ['REGISTERED_MODEL_NAME']} by job-1" in lines
    assert not job.failure.exists()

    saved = joblib.load(job.model / "model.joblib")
    assert numpy.array_equal(saved.predict_proba(rows), forest.set_params(n_jobs=1).predict_proba(rows))
    description = json.loads((job.model / "model.json").read_text())
    assert description["features"] == list(rows.columns)
    registered = mlflow.sklearn.load_model(f"models:/{job.environ['REGISTERED_MODEL_NAME']}/1")
    assert numpy.array_equal(registered.predict_proba(rows), saved.predict_proba(rows))
    (version,) = job.versions
    assert version.tags["validation:accuracy"] == f"{accuracy:.6f}"
    assert version.tags["scheduled_training.data_digest"] == description["data_digest"]
    assert version.tags["scheduled_training.source_bundle_digest"] == description["code_digest"] == "d" * 64
    assert version.run_id == description["run_id"]


def test_a_second_delivery_trains_nothing_and_registers_nothing(make: MakeJob) -> None:
    first, again = make("job-1", **SCHEDULED), make("job-2", **SCHEDULED)
    assert first.run().returncode == 0
    done = again.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert without_reading(done.stdout) == (
        f"delivered again: version 1 of {first.environ['REGISTERED_MODEL_NAME']} by training job job-1 "
        "stands for this invocation; nothing to train\n"
    )
    assert not again.model.exists()
    assert not again.failure.exists()
    assert [version.version for version in first.versions] == ["1"]
    assert len(first.runs) == 1


def test_a_crash_of_native_code_says_in_the_log_where_it_was(make: MakeJob) -> None:
    job = make()
    job.hyperparameters |= {"n_estimators": "400", "checkpoint_seconds": "0"}
    with subprocess.Popen(
        job.command(), env=job.process_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        # While modules are imported, more frames may lie above those of train.py than Python shows.
        while not process.stdout.readline().startswith("growing: "):
            assert process.poll() is None
        process.send_signal(signal.SIGSEGV)
        log = process.stdout.read()

    assert process.returncode == -signal.SIGSEGV
    assert "Fatal Python error: Segmentation fault" in log
    assert "train.py" in log


def test_a_job_killed_while_growing_goes_on_where_it_was(make: MakeJob, tmp_path: Path) -> None:
    job = make(CHECKPOINT_LOCAL_PATH=str(tmp_path / "checkpoints"))
    job.hyperparameters |= {"n_estimators": "400", "n_jobs": "40", "checkpoint_seconds": "0"}
    with subprocess.Popen(job.command(), env=job.process_environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("growing: 120 of 400"):
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    assert not job.model.exists()
    assert job.versions == []

    done = job.run()
    assert (done.returncode, done.stderr) == (0, "")
    found = re.search(r"^checkpoint: going on from (\d+) trees in ", done.stdout, re.MULTILINE)
    assert found is not None
    assert int(found[1]) >= 120 - 40
    grown = [int(each) for each in re.findall(r"^growing: (\d+) of", done.stdout, re.MULTILINE)]
    assert grown == list(range(int(found[1]) + 40, 401, 40))
    forest, rows, _ = plain_scikit_learn(400)
    saved = joblib.load(job.model / "model.joblib")
    assert numpy.array_equal(saved.predict_proba(rows), forest.predict_proba(rows))
    (run,) = job.runs
    assert run.info.status == "FINISHED"
    assert run.data.tags["model_version"] == "1"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            "a,b,target\n" + "".join(f"1,{i},{i % 2}\n" for i in range(12)) + "3,large,1\n",
            "training/bad.csv, line 14, column 'b': holds 'large' among 12 different numbers; "
            "name the column in categorical_columns or drop_columns, or the word in csv_null_values where it means a "
            "missing value, or take the line out where it is no row, such as a total",
        ),
        (
            "a,b,diagnosis\n1,2,0\n",
            "training/bad.csv: has no target column 'target'; its columns are 'a', 'b', 'diagnosis'; "
            "set the hyperparameter target_column",
        ),
    ],
)
def test_bad_data_gives_its_reason_and_no_model(make: MakeJob, content: str, reason: str) -> None:
    job = make()
    for path in job.training.iterdir():
        path.unlink()
    (job.training / "bad.csv").write_text(content)
    done = job.run()
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1] == f"training failed: {reason}"
    assert job.failure.read_text() == reason
    assert not job.model.exists()
    assert job.runs == []
    assert job.versions == []


def test_bad_settings_are_reported_together_before_anything_else(job: JobTree) -> None:
    job.hyperparameters["max_depth"] = "0"
    del job.environ["MLFLOW_TRACKING_URI"]
    done = job.run()
    reason = (
        "hyperparameter max_depth: got '0', allowed: a whole number from 1 to 10000, or none; "
        "environment variable MLFLOW_TRACKING_URI: not set; set it to the ARN of the MLflow tracking server, or to its "
        "http(s) address"
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, f"training failed: {reason}\n", "")
    assert job.failure.read_text() == reason


def test_without_mlflow_nothing_is_trained(make_job: MakeJob) -> None:
    job = make_job(tracking_uri="http://ann:hunter2@127.0.0.1:9", TRACKING_PATIENCE_SECONDS="1")
    done = job.run()
    assert done.returncode == 1
    assert without_reading(done.stdout) == (
        "training failed: MLflow at http://127.0.0.1:9 (MLFLOW_TRACKING_URI) cannot be reached: [Errno 111] Connection "
        "refused; check that the server runs, that the job's network reaches it and that the execution role may use "
        "it\n"
    )
    assert "hunter2" not in done.stdout + done.stderr + job.failure.read_text()
    assert not job.model.exists()


def test_an_unexpected_failure_keeps_its_traceback_and_closes_the_run(make: MakeJob) -> None:
    job = make()
    job.model.write_text("in the way")
    done = job.run()
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("training failed: unexpected FileExistsError: ")
    assert "Traceback (most recent call last):" in done.stderr
    assert job.failure.read_text().startswith("unexpected FileExistsError: ")
    assert job.failure.read_text().endswith(
        "; the model is trained but not registered, and kept without a record as unrecorded/model.joblib in "
        "output.tar.gz"
    )
    kept = joblib.load(job.kept.with_name("unrecorded") / "model.joblib")
    forest, rows, _ = plain_scikit_learn(30)
    assert numpy.array_equal(kept.predict_proba(rows), forest.predict_proba(rows))
    (run,) = job.runs
    assert run.info.status == "FAILED"
    assert job.versions == []


BROKEN_DELIVERY = """
import os, sys
import failure, train
from scheduled_job import delivery
def send(self):
    raise {kind}("an answer that nobody expects")
delivery.Delivery.send = send
sys.exit(train.main(sys.argv[1:], os.environ))
"""


@pytest.mark.parametrize(
    ("kind", "start"), [("KeyError", "unexpected KeyError: 'an answer"), ("failure.TrainingError", "an answer")]
)
def test_a_delivery_that_fails_in_any_way_keeps_the_record(make: MakeJob, kind: str, start: str) -> None:
    job = make()
    program, arguments = BROKEN_DELIVERY.format(kind=kind), job.command()
    arguments[arguments.index(str(ROOT / "training_code" / "train.py"))] = "-c"
    arguments.insert(arguments.index("-c") + 1, program)
    environ = job.process_environment() | {"PYTHONPATH": str(ROOT / "training_code")}
    done = subprocess.run(arguments, env=environ, text=True, capture_output=True, timeout=300, check=False)
    assert done.returncode == 1
    reason = job.failure.read_text()
    assert reason.startswith(start)
    assert reason.endswith(
        "; the model is trained but not registered, and kept with its record in output.tar.gz: `training-jobs register "
        "job-1` completes this job without training again"
    )
    command = [sys.executable, ROOT / "training_code" / "register.py", job.kept]
    completed = subprocess.run(command, env=job.process_environment(), text=True, capture_output=True, check=False)
    assert (completed.returncode, completed.stderr) == (0, "")
    (version,) = job.versions
    (run,) = job.runs
    assert (run.info.status, run.info.run_id) == ("FINISHED", version.run_id)
