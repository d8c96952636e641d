"""A stack whose job grows with the accelerator, rehearsed as a whole; one of two hosts is in `test_reproducing.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operations.projects import change, copy_project, draw_no_pictures, require_container, training_jobs


@pytest.mark.slow
def test_a_stack_with_the_accelerator_is_rehearsed_and_registers_one_version(tmp_path: Path) -> None:
    require_container()
    project = copy_project(tmp_path / "project")
    draw_no_pictures(project)
    change(project, "staging", "      hyperparameters:", "      accelerator: intelex\n      hyperparameters:")

    ran = training_jobs(project, "rehearse")

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "accelerator: scikit-learn-intelex grows the trees, 100 at a time" in ran.stdout
    assert ran.stdout.count("registered: version ") == 1
