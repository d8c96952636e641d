"""What versions.py answers of a registered model and of runs, and that it moves an alias, on a real MLflow server."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import versions
from options.environment import Environment
from scheduled_job.promotion import NO_CHAMPION, Champion, Gate, decide
from scheduled_job.registry import CHAMPION
from scheduled_job.tags import ALIAS_MOVED
from tests.training_code.tracked import MARKS, client_of, deliver, environment_at, forest_trained
from tracking.registered import decision

MOVED = {"by": "arn:aws:iam::1:user/me", "at": "2026-11-27T12:00:00Z", "how": "promote", "from": "1", "before": "1"}


def asked(uri: str, **question: object) -> tuple[int, Any]:
    """The exit code, and the answer or else the message."""
    answers = io.StringIO()
    code = versions.main(io.StringIO(json.dumps(question)), answers, {"MLFLOW_TRACKING_URI": uri})
    return code, json.loads(answers.getvalue()) if code == 0 else None


@pytest.fixture(scope="module")
def two(mlflow_server: str, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A registered model of two versions, of which the second did not pass; who changes something puts it back."""

    def channel(files: dict[str, str]) -> Path:
        directory = tmp_path_factory.mktemp("training")
        for name, content in files.items():
            (directory / name).write_text(content)
        return directory

    env, trained = environment_at(mlflow_server), forest_trained(channel)
    deliver(env, trained)
    tomorrow = replace(env, job=replace(env.job, name="job-2", scheduled_time="2026-11-24T06:00:00Z"))
    deliver(tomorrow, trained, Gate({"validation:accuracy": 1.1}))
    return env


class TestOnAServer:
    pytestmark = MARKS

    def test_versions_are_told_with_what_was_decided_of_them_and_where_they_come_from(self, two: Environment) -> None:
        name = two.registered_model_name

        code, answer = asked(two.tracking_uri, ask="versions", model=name, newest=1)

        assert code == 0
        assert answer["aliases"] == {"champion": "1", "challenger": "2"}
        second, first = answer["versions"]
        assert (first["version"], first["training_job"]) == ("1", two.job.name)
        assert first["gate"] == {
            "alias": "champion",
            "words": "it keeps all limits, and there was no champion",
            "over": "",
        }
        assert (second["gate"]["alias"], second["gate"]["over"], second["moved"]) == ("challenger", None, None)
        assert set(first["digests"]) >= {"source_bundle_digest", "data_digest", "trees_digest"}
        assert 0 <= float(first["metrics"]["validation:accuracy"]) <= 1
        assert set(answer["runs"]) == {first["run_id"], second["run_id"]}
        told = answer["runs"][first["run_id"]]
        assert [each["context"] for each in told["datasets"]] == ["training", "validation"]
        assert all(each["uri"] and each["rows"] for each in told["datasets"])

    def test_versions_are_found_by_their_training_jobs_whatever_model_they_are_of(self, two: Environment) -> None:
        name = two.registered_model_name

        _, by_job = asked(two.tracking_uri, ask="of_jobs", prefixes=["job"], models=[])
        _, by_model = asked(two.tracking_uri, ask="of_jobs", prefixes=["nobody"], models=[name])

        own = [each for each in by_job["versions"] if each["model"] == name]
        assert sorted(own, key=str) == sorted(by_model["versions"], key=str)
        (first,) = [each for each in own if each["version"] == "1"]
        assert first == {
            "model": name,
            "version": "1",
            "training_job": two.job.name,
            "schedule_arn": two.job.schedule_arn,
            "scheduled_time": two.job.scheduled_time,
            "bundle_digest": two.job.source_bundle_digest,
        }
        assert asked(two.tracking_uri, ask="of_jobs", prefixes=["ob", "nobody"], models=[]) == (0, {"versions": []})

    def test_a_model_that_is_not_registered_has_nothing(self, env: Environment) -> None:
        code, answer = asked(env.tracking_uri, ask="versions", model="nothing-here")

        assert (code, answer) == (0, {"model": "nothing-here", "aliases": {}, "versions": [], "runs": {}})

    def test_a_deleted_run_is_told_as_gone(self, two: Environment) -> None:
        client, name = client_of(two), two.registered_model_name
        run_id = str(client.get_model_version(name, "2").run_id)
        client.delete_run(run_id)

        _, answer = asked(two.tracking_uri, ask="versions", model=name)

        assert answer["runs"][run_id] is None
        client.restore_run(run_id)

    def test_the_alias_is_moved_once_and_the_version_says_who_did(
        self, two: Environment, capsys: pytest.CaptureFixture[str]
    ) -> None:
        client, name = client_of(two), two.registered_model_name
        question = {"ask": "move", "model": name, "version": "2", "moved": MOVED}

        assert asked(two.tracking_uri, **question) == (0, {"model": name, "from": "1", "to": "2"})

        assert client.get_model_version_by_alias(name, CHAMPION).version == "2"
        tags = client.get_model_version(name, "2").tags
        assert tags[ALIAS_MOVED] == (
            "champion by arn:aws:iam::1:user/me at 2026-11-27T12:00:00Z, from version 1 (promote)"
        )
        _, answer = asked(two.tracking_uri, ask="versions", model=name)
        assert answer["versions"][0]["moved"] == MOVED
        capsys.readouterr()
        assert asked(two.tracking_uri, **question) == (1, None)
        assert "champion is version 2 now, not version 1: somebody, or a job, has moved it" in capsys.readouterr().err
        client.set_registered_model_alias(name, CHAMPION, "1")

    def test_a_run_is_found_by_its_id_its_version_and_its_training_job(self, two: Environment) -> None:
        client, name = client_of(two), two.registered_model_name
        run_id = str(client.get_model_version(name, "1").run_id)
        named = [run_id, "1", two.job.name]

        code, answer = asked(two.tracking_uri, ask="runs", named=named, model=name, experiment=two.experiment_name)

        assert code == 0
        assert [each["run_id"] for each in answer["runs"]] == [run_id] * 3
        told = answer["runs"][0]
        assert {"model.json", "data_profile.json"} <= set(told["artifacts"])
        assert told["model"]["versions"]
        assert told["profile"]["rows"] >= 0

    @pytest.mark.parametrize(
        ("named", "reason"),
        [
            ("99", "has no version 99"),
            ("job-77", "has no run of a training job 'job-77'; name a run's id, a version's number, or the whole name"),
            ("a" * 32, f"run {'a' * 32} is not in MLflow, or is deleted"),
        ],
    )
    def test_a_run_that_is_not_there_is_named(
        self, env: Environment, named: str, reason: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, _ = asked(
            env.tracking_uri, ask="runs", named=[named], model=env.registered_model_name, experiment="nowhere"
        )

        assert code == 1
        assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("present", "judged", "over"),
    [
        (None, NO_CHAMPION, ""),
        ("3", Champion("3", {"validation:accuracy": 0.9}), "3"),
        ("12", Champion("12", {}, is_recorded=True), "12"),
    ],
)
def test_the_gates_own_words_tell_which_champion_it_saw(present: str | None, judged: Champion, over: str) -> None:
    metrics = {"validation:accuracy": 0.95} if judged.metrics or not present else {}
    made = decide(Gate(), metrics, present, judged)
    assert made.promoted

    told = decision(f"champion: {made.why}")

    assert told == {"alias": "champion", "words": made.why, "over": over}


@pytest.mark.parametrize("promotion", ["", "by hand", "winner: it is"])
def test_what_no_gate_has_said_is_no_decision(promotion: str) -> None:
    assert decision(promotion) is None


def test_without_an_address_the_message_names_the_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert versions.main(io.StringIO('{"ask": "versions", "model": "m"}'), io.StringIO(), {}) == 1

    assert capsys.readouterr().err == (
        "environment variable MLFLOW_TRACKING_URI: not set; set it to the MLflow server's address\n"
    )
