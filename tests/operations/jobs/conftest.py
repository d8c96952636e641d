"""What the tests of commands about training jobs share: a stack whose training jobs run as a test reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from operations.jobs.operated_stack import OperatedStack
from operations.named_stack import Named
from operations.places import Place
from tests.operations.deployed_stack import DeployedStack
from tests.operations.jobs.ending import end

NO_MLFLOW = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}


@pytest.fixture
def stack(deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> OperatedStack:
    """The stack as on AWS: nothing runs its training jobs but what a test reports."""
    monkeypatch.chdir(deployed.project)
    place = Place(deployed.clients.client, deployed.clients.region, NO_MLFLOW)
    return OperatedStack(deployed.project, Named("staging"), place, deployed.jobs)


@pytest.fixture
def in_progress(deployed: DeployedStack) -> Iterator[str]:
    """A training job that has begun and is ended after the test."""
    name = deployed.create_job()
    deployed.report(name, SecondaryStatus="Training", TrainingStartTime=datetime.now(UTC))
    yield name
    end(deployed, name)
