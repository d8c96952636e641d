"""The Python example, previewed by the real engine, with the package as a person installs it."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.declaring.property_values import UNKNOWN
from tests.engine.component_projects import EXAMPLES, request_in
from tests.engine.pulumi_cli import Engine, Project

pytestmark = pytest.mark.slow


@pytest.fixture
def project(engine: Engine, tmp_path: Path) -> Project:
    made = engine.project(tmp_path / "churn", EXAMPLES / "python")
    (made.directory / "venv").symlink_to(sys.prefix)
    assert made.pulumi("stack", "init", "dev").exit_code == 0
    return replace(made, environ={**made.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")})


def test_a_first_preview_in_python_knows_the_whole_job(project: Project) -> None:
    run = project.operate("preview", "dev")

    assert run.exit_code == 0, run.output
    assert request_in(run)["HyperParameters"]["trees"] == "200"
    assert UNKNOWN not in str(run.inputs)
    assert len(run.inputs) == 8


def test_every_mistake_is_shown_at_once_in_python(project: Project) -> None:
    program = project.directory / "__main__.py"
    text = program.read_text().replace("ml.m5.large", "m5.large").replace("cron(0 5 ? * MON *)", "every Monday")
    program.write_text(text)

    run = project.operate("preview", "dev")

    assert run.exit_code != 0
    assert "ScheduledTrainingJobArgs has 2 problems" in run.output
    assert "resources.instance_type: got 'm5.large'; allowed: " in run.output
    assert "schedule.expression: got 'every Monday'; " in run.output
    assert "Traceback" not in run.output
