"""The XGBoost example: rehearsed as a person would, and killed in the middle."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from components.environment_building import ScriptEnvironment, image_lock, provide_environment
from rehearsal.running.sample_data import sample_csv_files
from tests.examples.example_project import with_example
from tests.operations.projects import ROOT, change, require_container, training_jobs

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "examples" / "xgboost"


def test_the_stack_passes_rehearses_and_registers_once_though_it_is_delivered_twice(tmp_path: Path) -> None:
    require_container()
    project = with_example(tmp_path / "project", "xgboost")

    ran = training_jobs(project, "rehearse", "-s", "xgboost", "--deliveries", "2")

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "train in the container (requirements.txt over the image's packages, Python 3.12) (Completed)" in ran.stdout
    assert "boosting: 100 of 100 rounds" in ran.stdout
    assert "validation:accuracy=0.9" in ran.stdout
    assert "delivered again: version 1 of xgboost by training job" in ran.stdout
    assert "promotion: version 1 is champion: it keeps all limits, and there was no champion" in ran.stdout
    assert re.search(r"metrics +validation:accuracy 0\.9\d+, validation:log_loss 0\.\d+", ran.stdout)


def test_in_an_image_of_ones_own_the_image_is_all_that_changes(tmp_path: Path) -> None:
    project = with_example(tmp_path / "project", "xgboost")
    uri = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/boosting@sha256:{'a' * 64}"
    change(project, "xgboost", "scikit_learn_version: 1.9-0", f"uri: {uri}")

    checked = training_jobs(project, "check", "-s", "xgboost")

    assert checked.returncode == 0, checked.stdout
    assert "stack xgboost passes: 1 training job" in checked.stdout


def test_a_job_that_is_killed_goes_on_to_the_model_that_another_image_gives_at_once(tmp_path: Path) -> None:
    requirements, own_image = (
        (EXAMPLE / "training" / name).read_text() for name in ("requirements.txt", "image-requirements.txt")
    )
    of_aws, own = (
        provide_environment(ScriptEnvironment(base, requirements), os.environ, print)
        for base in (image_lock(), own_image)
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.csv").write_bytes(sample_csv_files()["training"])

    def start(name: str, image: Path) -> subprocess.Popen[str]:
        (tmp_path / name / "model").mkdir(parents=True, exist_ok=True)
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "training_code"),
            "SAGEMAKER_BASE_DIR": str(tmp_path / name),
            "SM_CHANNEL_TRAINING": str(tmp_path / "data"),
            "SM_MODEL_DIR": str(tmp_path / name / "model"),
            "CHECKPOINT_LOCAL_PATH": str(tmp_path / name / "checkpoints"),
        }
        return subprocess.Popen(
            [image / "bin" / "python", EXAMPLE / "training" / "train.py"],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    with start("killed", of_aws) as process:
        assert process.stdout is not None
        assert any(line.startswith("boosting: 60 of 100") for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    again, _ = (process := start("killed", of_aws)).communicate(timeout=120)
    assert process.returncode == 0, again
    whole, _ = (process := start("whole", own)).communicate(timeout=120)

    assert re.match(r"checkpoints: going on from step (60|80) in ", again), again
    assert "boosting: 40 of 100" not in again
    assert re.findall("validation:.*", again)[-2:] == re.findall("validation:.*", whole)[-2:]
