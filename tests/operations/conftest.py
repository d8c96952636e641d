from pathlib import Path

import pytest

from tests.operations.projects import copy_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of this project, in which a command is typed."""
    project = copy_project(tmp_path / "project")
    monkeypatch.chdir(project)
    return project
