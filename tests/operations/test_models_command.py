"""`training-jobs models`, `promote`, `rollback` and `compare` about a deployed stack and a real MLflow server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from operations.deployed_jobs import stack_jobs
from operations.models import asking
from operations.models.alias_history import before
from operations.models.asking import one_model, tracked_models
from tests.operations.deployed_stack import DeployedStack
from tests.operations.projects import require_container, typed
from tests.operations.seeded_models import answer_here, seed_versions

pytestmark = pytest.mark.slow
MODEL = "models-of-a-test"


@pytest.fixture(scope="module")
def outputs(deployed: DeployedStack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack's outputs, but of a job that registers a model of this module's own: others have that of the stack."""
    (kept,) = deployed.project.glob(".rehearsal/*/outputs.json")
    told = json.loads(kept.read_text())
    request = json.loads(told["breast-cancer"]["target_input"])
    request["Environment"] |= {"REGISTERED_MODEL_NAME": MODEL, "MLFLOW_EXPERIMENT_NAME": MODEL}
    told["breast-cancer"]["target_input"] = json.dumps(request)
    path = tmp_path_factory.mktemp("outputs") / "outputs.json"
    path.write_text(json.dumps(told))
    return path


@pytest.fixture(scope="module")
def registered(deployed: DeployedStack) -> DeployedStack:
    """The stack with three versions: two champions after each other, and one that did not pass."""
    require_container()
    seed_versions(deployed.place.environment["MLFLOW_TRACKING_URI"], MODEL)
    return deployed


@pytest.fixture
def command(registered: DeployedStack, outputs: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command in the project."""
    monkeypatch.chdir(registered.project)
    monkeypatch.setattr(asking, "run_training_script", answer_here)
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # MLflow's client of S3 reads them
        monkeypatch.setenv(name, registered.place.environment[name])

    return lambda *arguments: typed(*arguments, "--rehearsal", "--outputs", str(outputs))


@pytest.fixture
def run(command: Callable[..., Result]) -> Callable[..., Any]:
    """Runs a command, which is to end well, and gives its document."""

    def document(*arguments: str) -> Any:  # noqa: ANN401 - JSON
        done = command(*arguments, "--json")
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    return document


def test_the_question_is_asked_in_a_process_that_has_mlflow(registered: DeployedStack, outputs: Path) -> None:
    jobs = stack_jobs(registered.project, registered.stack, registered.place, outputs)
    (tracked,) = tracked_models(jobs.values())

    model = asking.registered_model(registered.project, registered.place, tracked, newest=1)

    assert one_model([tracked], MODEL) == one_model([tracked], "breast-cancer")
    assert [each.number for each in model.versions] == ["3", "2", "1"]
    assert (model.champion, before(model).version) == ("2", "1")


def test_an_alias_is_promoted_by_hand_and_rolled_back_and_both_are_told(run: Callable[..., Any]) -> None:
    moved = run("promote", "breast-cancer", "challenger", "--yes")

    assert (moved["from"], moved["to"], moved["how"]) == ("2", "3", "promote")
    assert moved["by"].startswith("arn:aws:sts::")
    assert [note.partition(":")[0] for note in moved["notes"]] == ["its gate decided otherwise"]
    (told,) = run("models", "-n", "2")["models"]
    assert told["champion"] == {"version": "3", "by": "by hand", "recorded": "3", "before": "2"}
    assert told["aliases"] == {"champion": "3", "challenger": "3"}
    assert [each["version"] for each in told["versions"]] == ["3", "2"]
    assert told["versions"][0]["moved"]["by"] == moved["by"]

    back = run("rollback", MODEL, "--yes")
    assert (back["from"], back["to"], back["how"], back["notes"]) == ("3", "2", "rollback", [])

    (told,) = run("models")["models"]
    assert told["champion"] == {"version": "2", "by": "by hand", "recorded": "2", "before": "1"}
    moved = told["versions"][1]["moved"]
    assert (moved["how"], moved["from"], moved["before"]) == ("rollback", "3", "1")


def test_versions_are_shown_with_what_was_decided_of_them_and_where_they_come_from(
    command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")

    done = command("models")

    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{MODEL}  job breast-cancer: 3 versions, champion version 2, ")
    (first,) = [line for line in lines if line.startswith("│ 1 ")]
    assert "accuracy 0.91" in first
    assert "champion: it keeps all limits, and there was no champion" in first
    assert f"training job  {MODEL}-2" in done.stdout
    assert lines[-2] == "note  training-jobs rollback leads to version 1"


def test_two_runs_are_compared_by_version_and_by_training_job(run: Callable[..., Any]) -> None:
    document = run("compare", "1", f"{MODEL}-3")

    assert [each["training_job"] for each in document["runs"]] == [f"{MODEL}-1", f"{MODEL}-3"]
    assert document["differences"]["settings"] == [{"name": "max_depth", "first": "1", "second": "3", "change": None}]
    (accuracy,) = document["differences"]["metrics"]
    assert (accuracy["first"], accuracy["second"]) == ("0.91", "0.93")
    assert accuracy["change"] == pytest.approx(0.02)


def test_without_anybody_to_ask_nothing_is_moved(command: Callable[..., Result]) -> None:
    done = command("promote", "breast-cancer", "1")

    assert (done.exit_code, done.stderr) == (1, "error: nobody is there to be asked; add --yes to do it\n")


def test_a_model_that_the_stack_does_not_have_is_answered_with_those_that_it_has(
    command: Callable[..., Result],
) -> None:
    done = command("rollback", "nothing", "--yes")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "error: the stack has no job and no registered model 'nothing'; it has: models-of-a-test (breast-cancer)\n"
    )
