"""Runs, versions and kept records of earlier versions of this code, whose tags had no prefix, against a real server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from options.environment import Environment
from scheduled_job.claims import AlreadyClaimedError
from scheduled_job.record import load
from scheduled_job.registry import StandingVersion
from tests.training_code.tracked import MARKS, Trained, client_of, deliver, other_job, record_of, versions_of
from tracking.tracker import Tracker

pytestmark = MARKS

KEY = "2f2d8e5f9a" * 6 + "0000"


def old_tags(env: Environment, name: str) -> dict[str, str]:
    """What a run and a version of the first version of this code said of their job."""
    return {
        "training_job_name": name,
        "idempotency_key": KEY,
        "schedule_arn": env.job.schedule_arn,
        "scheduled_time": env.job.scheduled_time,
        "source_bundle_digest": env.job.source_bundle_digest,
    }


def begin_old_run(env: Environment, name: str, ticket: str) -> str:
    client = client_of(env)
    tags = old_tags(env, name) | {"claim_ticket": ticket, "claim_heartbeat": "a-1"}
    experiment_id = client.get_experiment_by_name(env.experiment_name).experiment_id
    return str(client.create_run(experiment_id, tags=tags, run_name=name).info.run_id)


def test_a_version_of_before_stands_for_its_invocation(env: Environment) -> None:
    client = client_of(env)
    client.create_registered_model(env.registered_model_name)
    tags = old_tags(env, "job-0")
    client.create_model_version(env.registered_model_name, source="s3://nowhere/model", tags=tags)

    assert Tracker(env, {}).standing_version() == StandingVersion("1", "job-0")
    tomorrow = replace(env, job=replace(env.job, scheduled_time="2026-11-24T06:00:00Z"))
    assert Tracker(tomorrow, {}).standing_version() is None


def test_a_living_run_of_before_is_left_the_work(env: Environment) -> None:
    env = replace(env, lease_seconds=1.5)
    tracker = Tracker(env, {})
    first = begin_old_run(env, "job-0", "1")
    client = client_of(env)
    beats = 0

    def beat_and_look() -> StandingVersion | None:
        nonlocal beats
        beats += 1
        client.set_tag(first, "claim_heartbeat", f"b-{beats}")
        return None

    with tracker.run(None) as run_id, pytest.raises(AlreadyClaimedError) as caught:
        tracker._claims.take(run_id, beat_and_look)
    assert caught.value.training_job_name == "job-0"


def test_a_dead_run_of_before_is_taken_over(env: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    env = replace(env, lease_seconds=1.5)
    tracker = Tracker(env, {})
    first = begin_old_run(env, "job-0", "1")
    with tracker.run(None) as run_id:
        tracker.claim(run_id)
    assert "claiming: training job job-0 claimed this invocation and gives no sign of life" in capsys.readouterr().out
    assert client_of(env).get_run(first).info.status == "KILLED"


def test_a_run_of_before_is_gone_on_with_by_its_own_job(env: Environment) -> None:
    tracker = Tracker(env, {})
    first = begin_old_run(env, "job-1", "1")
    with tracker.run(None) as run_id:
        assert run_id == first


def test_a_record_that_was_kept_before_is_sent_without_datasets(
    env: Environment, trained: Trained, tmp_path: Path
) -> None:
    tracker = Tracker(env, {})
    with tracker.run(None) as run_id:
        record_of(env, trained, run_id, tmp_path / "kept")
        path = tmp_path / "kept" / "record.json"
        kept = json.loads(path.read_text())
        del kept["datasets"], kept["job"]["git_commit"]
        path.write_text(json.dumps(kept))
        assert tracker.deliver(load(tmp_path / "kept")) == StandingVersion("1", "job-1")
    assert list(client_of(env).get_run(run_id).inputs.dataset_inputs) == []
    assert deliver(other_job(env, "job-2"), trained)[1] == StandingVersion("1", "job-1")
    assert versions_of(env) == ["1"]
