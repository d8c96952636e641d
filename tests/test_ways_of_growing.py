"""Stacks whose jobs grow in another way than on one host with scikit-learn, rehearsed as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operations.projects import change, copy_project, require_container, training_jobs


@pytest.mark.slow
def test_a_stack_of_two_hosts_is_rehearsed_and_registers_one_version(tmp_path: Path) -> None:
    require_container()
    project = copy_project(tmp_path / "project")
    change(project, "staging", "instance_count: 1", "instance_count: 2")
    caps = project / "policies" / "staging.json"
    caps.write_text(caps.read_text().replace('"maxInstanceCount": 1', '"maxInstanceCount": 2'))

    ran = training_jobs(project, "rehearse")

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "growing on 2 of 2 hosts with" in ran.stdout
    assert ran.stdout.count("registered: version ") == 1
    assert "registered: version 1 of breast-cancer-staging" in ran.stdout


@pytest.mark.slow
def test_a_stack_with_the_accelerator_is_rehearsed_and_registers_one_version(tmp_path: Path) -> None:
    require_container()
    project = copy_project(tmp_path / "project")
    change(project, "staging", "      hyperparameters:", "      accelerator: intelex\n      hyperparameters:")

    ran = training_jobs(project, "rehearse")

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "accelerator: scikit-learn-intelex grows the trees, 100 at a time" in ran.stdout
    assert ran.stdout.count("registered: version ") == 1
