"""The PyTorch example. Its packages for Linux are some 3 GB: it is rehearsed where they are already, or asked for."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from components.environment_building import ScriptEnvironment, is_made, provide_environment
from tests.examples.example_project import with_example
from tests.operations.projects import ROOT, require_container, training_jobs

TRAINING = ROOT / "examples" / "pytorch" / "training"
ENVIRONMENT = ScriptEnvironment(
    (TRAINING / "image-requirements.txt").read_text(), (TRAINING / "requirements.txt").read_text()
)


@pytest.mark.slow
def test_the_stack_passes(tmp_path: Path) -> None:
    checked = training_jobs(with_example(tmp_path / "project", "pytorch"), "check", "-s", "pytorch")

    assert checked.returncode == 0, checked.stdout
    assert "stack pytorch passes: 1 training job" in checked.stdout


@pytest.mark.slow
@pytest.mark.skipif(
    not is_made(ENVIRONMENT, os.environ) and not os.environ.get("REHEARSE_PYTORCH"),
    reason="PyTorch's packages, 3 GB, are not in the cache: set REHEARSE_PYTORCH=1 to fetch them",
)
def test_it_rehearses_and_registers(tmp_path: Path) -> None:
    require_container()
    provide_environment(ENVIRONMENT, os.environ, print)  # which may take minutes
    project = with_example(tmp_path / "project", "pytorch")

    ran = training_jobs(project, "rehearse", "-s", "pytorch")

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    told = " ".join(ran.stdout.split())
    assert "image-requirements.txt and requirements.txt in place of pytorch-training:2.6.0-cpu-py312" in told
    assert "training_loss=0." in ran.stdout
    assert re.search(r"metrics +validation:accuracy 0\.9\d+, validation:log_loss 0\.\d+", ran.stdout)
    assert "model version  pytorch version 1" in ran.stdout
