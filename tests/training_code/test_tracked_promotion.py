"""A gate decides which version becomes the champion, on a real MLflow server."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from options.environment import Environment
from scheduled_job.promotion import Champion, Gate
from scheduled_job.registry import CHALLENGER, CHAMPION, PROMOTION
from tests.training_code.breaking_way import NEVER, breaking
from tests.training_code.tracked import MARKS, Trained, client_of, deliver
from tracking.tracker import Tracker

pytestmark = MARKS


def test_a_version_that_does_not_pass_the_gate_is_the_challenger_and_says_why(
    env: Environment, trained: Trained
) -> None:
    deliver(env, trained)
    tomorrow = replace(env, job=replace(env.job, name="job-2", scheduled_time="2026-11-24T06:00:00Z"))
    deliver(tomorrow, trained, Gate({"validation:accuracy": 1.1}))
    client, name = client_of(env), env.registered_model_name
    first = client.get_model_version_by_alias(name, CHAMPION)
    second = client.get_model_version_by_alias(name, CHALLENGER)
    accuracy = trained.verdict.metrics["validation:accuracy"]
    assert first.version == "1"
    assert first.tags[PROMOTION] == "champion: it keeps all limits, and there was no champion"
    assert second.version == "2"
    assert second.tags[PROMOTION] == (
        f"challenger: validation:accuracy is {accuracy:.6f}, less than the minimum of 1.1"
    )
    assert first.description.startswith("**Champion**: it keeps all limits, and there was no champion.\n\n**Random")
    assert second.description.startswith(
        f"**Challenger**: validation:accuracy is {accuracy:.6f}, less than the minimum"
    )


def test_a_role_that_may_not_describe_a_version_leaves_the_words_to_its_tag(
    env: Environment, trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    with breaking(env.tracking_uri, NEVER, without="model-versions/update") as way:
        _, standing = deliver(replace(env, tracking_uri=way.address), trained)

    version = client_of(env).get_model_version(env.registered_model_name, standing.version)
    assert version.tags[PROMOTION] == "champion: it keeps all limits, and there was no champion"
    assert version.description.startswith("**Random")
    assert "note: the version's description will not say why: MLflow refuses it (" in capsys.readouterr().out


def test_a_version_is_compared_with_the_champion_on_the_same_rows(env: Environment, trained: Trained) -> None:
    deliver(env, trained)
    tomorrow = replace(env, job=replace(env.job, name="job-2", scheduled_time="2026-11-24T06:00:00Z"))
    deliver(tomorrow, trained)
    accuracy = trained.verdict.metrics["validation:accuracy"]
    champion = client_of(env).get_model_version_by_alias(env.registered_model_name, CHAMPION)
    assert champion.version == "2"
    assert champion.tags[PROMOTION] == (
        "champion: not worse than champion version 1 on the same held-out rows (margin 0): "
        f"validation:accuracy {accuracy:.6f} against {accuracy:.6f}"
    )


def test_a_champion_that_cannot_judge_the_rows_stays(env: Environment, trained: Trained) -> None:
    deliver(env, trained)

    def other_columns(_model: object) -> dict[str, float]:
        raise ValueError("other columns")

    champion = Tracker(env, {}).champion_on(other_columns)
    assert champion == Champion("1", problem="ValueError: other columns")


class Harm:
    """What makes a directory when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self._place),)


def test_a_champion_that_is_a_pickle_is_not_unpickled_with_the_jobs_role(env: Environment, tmp_path: Path) -> None:
    client, harm = client_of(env), tmp_path / "harm"
    model = tmp_path / "model"
    model.mkdir()
    (model / "MLmodel").write_text("flavors:\n  sklearn: {pickled_model: model.pkl, serialization_format: pickle}\n")
    (model / "model.pkl").write_bytes(pickle.dumps(Harm(harm)))
    run = client.create_run(client.create_experiment(f"{env.experiment_name}-theirs"))
    client.log_artifacts(run.info.run_id, str(model), "model")
    client.create_registered_model(env.registered_model_name)
    theirs = client.create_model_version(env.registered_model_name, f"{run.info.artifact_uri}/model", run.info.run_id)
    client.set_registered_model_alias(env.registered_model_name, CHAMPION, theirs.version)

    champion = Tracker(env, {}).champion_on(lambda _: {})

    problem = "it is saved as pickle, which is not safe to load; allowed: skops, as this code saves it"
    assert champion == Champion("1", problem=problem)
    assert not harm.exists()


def test_a_champion_that_cannot_be_loaded_here_stays_and_fails_no_job(
    env: Environment, trained: Trained, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(env, trained)

    def of_a_package_that_is_not_here(_model: Path, _trusted: object) -> None:
        raise ModuleNotFoundError("No module named 'theirs'")

    monkeypatch.setattr("models.skops_files.load", of_a_package_that_is_not_here)
    capsys.readouterr()
    problem = "ModuleNotFoundError: No module named 'theirs'"
    assert Tracker(env, {}).champion_on(lambda _: {}) == Champion("1", problem=problem)
    assert capsys.readouterr().out == f"promotion: the champion cannot be compared with: {problem}\n"
    tomorrow = replace(env, job=replace(env.job, name="job-2", scheduled_time="2026-11-24T06:00:00Z"))
    deliver(tomorrow, trained)
    second = client_of(env).get_model_version_by_alias(env.registered_model_name, CHALLENGER)
    assert second.tags[PROMOTION] == (
        f"challenger: champion version 1 cannot be evaluated on the held-out rows: {problem}"
    )
