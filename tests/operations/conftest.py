from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.doctor import channels
from tests.operations.deployed_stack import DeployedStack, deployed_stack
from tests.operations.doctor.whole_stack import WholeStack, whole_stack
from tests.operations.projects import copy_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of this project, in which a command is typed."""
    project = copy_project(tmp_path / "project")
    monkeypatch.chdir(project)
    return project


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """One deployed stack for all tests of commands: who changes something there puts it back."""
    with deployed_stack(tmp_path_factory.mktemp("deployed"), mlflow=True) as stack:
        yield stack


@pytest.fixture(scope="session")
def shared_whole_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeStack]:
    """One for all tests."""
    with whole_stack(tmp_path_factory.mktemp("whole")) as whole:
        yield whole


@pytest.fixture
def whole(shared_whole_stack: WholeStack, monkeypatch: pytest.MonkeyPatch) -> WholeStack:
    """The prod stack with all that it needs: who changes something there puts it back."""
    shared_whole_stack.aws.reset()
    monkeypatch.setattr(channels, "ask_fault", shared_whole_stack.remembered)
    return shared_whole_stack
