"""Several processes that bring in one training job's record at the same moment, or one that broke off and goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from failure import TrainingError
from options.environment import Environment, TrainingJob
from scheduled_job import afterwards
from scheduled_job.promotion import OPEN_GATE, Champion
from scheduled_job.registry import CHALLENGER, CHAMPION, PROMOTION, Registry, StandingVersion
from scheduled_job.tags import ALIAS_MOVED, DUPLICATE_OF, MODEL_VERSION, job_tags
from scheduled_job.tracker import JobTracker
from tests.training_code.interleaved import Interleaved
from tests.training_code.tracked import MARKS, Trained, client_of, record_of, versions_of
from tracking.moving import move

pytestmark = MARKS
ACCURACY = {"validation:accuracy": 0.9}
BETTER = Champion("1", {"validation:accuracy": 0.8}, is_recorded=True)


def with_doubles(env: Environment) -> Any:  # noqa: ANN401  # MlflowClient
    """A client of a server on which one training job has two versions."""
    client = client_of(env)
    client.create_registered_model(env.registered_model_name)
    for _ in range(2):
        client.create_model_version(env.registered_model_name, source="s3://bucket/model", tags=job_tags(env.job))
    return client


def test_a_double_that_another_process_has_just_taken_back_is_no_failure(env: Environment) -> None:
    client = with_doubles(env)
    other = Registry(client, env.registered_model_name, env.job)

    standing = Registry(
        Interleaved(client, "delete_model_version", other.settle), env.registered_model_name, env.job
    ).settle()

    assert standing == StandingVersion("1", env.job.name)
    assert versions_of(env) == ["1"]


def champion_and_a_better_version(env: Environment) -> Any:  # noqa: ANN401  # MlflowClient
    client, name = client_of(env), env.registered_model_name
    client.create_registered_model(name)
    for _ in range(2):
        client.create_model_version(name, source="s3://bucket/model")
    client.set_registered_model_alias(name, CHAMPION, "1")
    return client


class BrokenOffError(Exception):
    """The process ends here."""


@pytest.mark.parametrize("meanwhile", ["it breaks off", "another process does the same"])
def test_a_decision_that_is_made_twice_is_the_same_both_times(env: Environment, meanwhile: str) -> None:
    client, name = champion_and_a_better_version(env), env.registered_model_name

    def promote(through: Any) -> None:  # noqa: ANN401
        Registry(through, name, TrainingJob("job-2")).promote("2", OPEN_GATE, ACCURACY, BETTER)

    def break_off() -> None:
        raise BrokenOffError

    if meanwhile == "it breaks off":
        with pytest.raises(BrokenOffError):
            promote(Interleaved(client, "set_registered_model_alias", break_off, after=True))
        promote(client)
    else:
        promote(Interleaved(client, "get_registered_model", lambda: promote(client)))

    assert client.get_registered_model(name).aliases == {CHAMPION: "2"}
    version = client.get_model_version(name, "2")
    assert version.tags[PROMOTION].startswith("champion: not worse than champion version 1 on ")
    assert version.description.count("**Champion**") == 1
    assert CHALLENGER.capitalize() not in version.description


BRING_IN_MOMENTS = [
    ("create_run", "before"),
    ("log_outputs", "before"),
    ("create_model_version", "after"),
]
"""Where one is when the other comes and brings the record in."""


@pytest.fixture
def bring_in(env: Environment, trained: Trained, tmp_path: Path) -> Callable[..., StandingVersion]:
    """Brings in a copy of one record, as a process of its own would: `bring_in("name of the process", surround)`."""

    def do(name: str, surround: Callable[[Any], Any] = lambda client: client) -> StandingVersion:
        made = replace(record_of(env, trained, "", tmp_path / name), run_id="")
        tracker = JobTracker(env, {})
        client = surround(tracker._client)
        tracker._client = tracker._registry._client = client
        return afterwards.bring_in(tracker, made)

    return do


@pytest.mark.parametrize(("method", "when"), BRING_IN_MOMENTS)
def test_a_record_that_two_bring_in_at_the_same_moment_gives_one_version_of_one_finished_run(
    env: Environment, bring_in: Callable[..., StandingVersion], method: str, when: str
) -> None:
    found = list[StandingVersion]()

    def surround(client: Any) -> Any:  # noqa: ANN401
        return Interleaved(client, method, lambda: found.append(bring_in("other")), after=when == "after")

    found.append(bring_in("one", surround))

    assert found == [StandingVersion("1", env.job.name)] * 2
    check_one(env)


def test_two_that_take_each_others_run_for_a_double_leave_one_finished_run(
    env: Environment, bring_in: Callable[..., StandingVersion]
) -> None:
    has_begun, may_go_on = threading.Event(), threading.Event()

    def let_the_other_begin() -> None:
        other.start()
        assert has_begun.wait(120)

    def wait_for_its_closing() -> None:
        has_begun.set()
        assert may_go_on.wait(120)

    def begin(client: Any) -> Any:  # noqa: ANN401
        return Interleaved(client, "create_run", wait_for_its_closing, after=True)

    other = threading.Thread(target=bring_in, args=("other", begin))

    def surround(client: Any) -> Any:  # noqa: ANN401
        # Both have a run before either looks; the other goes on, and ends, when this one has closed its run as double.
        first = Interleaved(client, "create_run", let_the_other_begin)
        return Interleaved(first, "set_tag", may_go_on.set, after=True)

    bring_in("one", surround)
    other.join(120)

    check_one(env)


def check_one(env: Environment) -> None:
    client = client_of(env)
    (version,) = client.search_model_versions(f"name = '{env.registered_model_name}'")
    experiment = client.get_experiment_by_name(env.experiment_name)
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    (finished,) = [each for each in runs if each.info.status == "FINISHED"]
    assert (finished.info.run_id, finished.data.tags[MODEL_VERSION]) == (version.run_id, version.version)
    assert DUPLICATE_OF not in finished.data.tags
    others = [(each.info.status, each.data.tags.get(DUPLICATE_OF)) for each in runs if each is not finished]
    assert others in ([], [("KILLED", env.job.name)])
    assert client.get_registered_model(env.registered_model_name).aliases == {CHAMPION: "1"}
    models = client.search_logged_models([experiment.experiment_id])
    of_run = [each for each in models if each.source_run_id == version.run_id]
    assert [f"models:/{each.model_id}" for each in of_run if str(each.status) == "READY"] == [version.source]


def test_a_move_by_hand_gives_the_alias_back_to_a_version_that_a_job_has_promoted_meanwhile(env: Environment) -> None:
    client, name = champion_and_a_better_version(env), env.registered_model_name
    client.create_model_version(name, source="s3://bucket/model")

    def promote() -> None:
        Registry(client, name, TrainingJob("job-3")).promote("3", OPEN_GATE, ACCURACY, BETTER)

    moved = {"by": "an ARN", "at": "2026-11-27T12:00:00Z", "how": "promote", "from": "1", "before": ""}
    with pytest.raises(TrainingError, match="champion is version 3 now, not version 1: somebody, or a job, has moved"):
        move(Interleaved(client, "set_registered_model_alias", promote), name, "2", moved)

    assert client.get_registered_model(name).aliases == {CHAMPION: "3"}
    assert ALIAS_MOVED not in client.get_model_version(name, "2").tags
