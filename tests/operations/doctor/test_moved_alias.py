"""An alias that somebody moves by hand in MLflow's pages: on a deployed stack with a real MLflow, alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.doctor.diagnosis import findings
from operations.doctor.examining import examine
from operations.doctor.finding import Finding
from operations.models import asking
from tests.operations.deployed_stack import STACK, DeployedStack
from tests.operations.night import JOB, kept_outputs, set_schedule
from tests.operations.seeded_models import answer_here, seed_versions

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType")]
MODEL = "model-whose-alias-moves"


@pytest.fixture
def outputs(deployed: DeployedStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Of the stack, with versions of a model, and a training job that completed."""
    monkeypatch.setattr(asking, "run_training_script", answer_here)
    told, path = json.loads(kept_outputs(deployed).read_text()), tmp_path / "outputs.json"
    before = deployed.clients.scheduler.get_schedule(GroupName=deployed.job.group_name, Name=deployed.job.schedule_name)
    request = json.loads(told[JOB]["target_input"])
    request["Environment"] |= {"REGISTERED_MODEL_NAME": MODEL, "MLFLOW_EXPERIMENT_NAME": MODEL}
    told[JOB]["target_input"] = json.dumps(request)
    path.write_text(json.dumps(told))
    set_schedule(deployed, before["State"], told[JOB]["target_input"])
    seed_versions(deployed.place.environment["MLFLOW_TRACKING_URI"], MODEL)
    completed = deployed.run_job()
    try:
        yield path
    finally:
        set_schedule(deployed, before["State"], before["Target"]["Input"])
        deployed.clients.sagemaker.delete_training_job(TrainingJobName=completed)


def test_an_alias_that_is_moved_or_taken_away_by_hand_is_the_one_thing_that_is_named(
    deployed: DeployedStack, outputs: Path
) -> None:
    from mlflow import MlflowClient

    def found() -> list[Finding]:
        return findings(examine(deployed.project, STACK, deployed.place, lambda *_: None, outputs=outputs))

    mlflow = MlflowClient(deployed.place.environment["MLFLOW_TRACKING_URI"])
    assert found() == []

    mlflow.set_registered_model_alias(MODEL, "champion", "3")
    (moved,) = found()
    mlflow.delete_registered_model_alias(MODEL, "champion")
    (gone,) = found()
    mlflow.set_registered_model_alias(MODEL, "champion", "2")

    assert (moved.check, gone.check) == ("alias-moved", "alias-moved")
    assert moved.what == f"champion of {MODEL} is version 3, and what gates and commands recorded ends at version 2"
    assert gone.what == f"champion of {MODEL} is no version, and what gates and commands recorded ends at version 2"
    assert "training-jobs promote gives it back" in moved.cure
    assert found() == []
