"""Two jobs that give an alias at the same moment, on a real MLflow server: what one is told, and who keeps it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from options.environment import Environment, TrainingJob
from scheduled_job.promotion import NO_CHAMPION, OPEN_GATE, Champion
from scheduled_job.registry import CHAMPION, PROMOTION, Registry
from tests.training_code.interleaved import Interleaved
from tests.training_code.tracked import MARKS, Trained, client_of, deliver, environment_at

if TYPE_CHECKING:
    from tests.training_code.conftest import MlflowServer

pytestmark = MARKS

LOSES_EVERY_RACE = """
CREATE TRIGGER quicker BEFORE INSERT ON registered_model_aliases BEGIN
    INSERT INTO registered_model_aliases VALUES (NEW.alias, NEW.version, NEW.name, NEW.workspace);
END
"""
"""Whoever writes an alias finds that its row has come between his look and his writing."""


def versions_without_alias(env: Environment, count: int) -> tuple[Any, str]:
    """A client, and the name of a registered model with so many versions, of which none has an alias yet."""
    client, name = client_of(env), env.registered_model_name
    client.create_registered_model(name)
    for _ in range(count):
        client.create_model_version(name, source="s3://bucket/model")
    return client, name


def promote(client: Any, name: str, version: str, judged: Champion = NO_CHAMPION) -> None:  # noqa: ANN401
    Registry(client, name, TrainingJob(f"job-{version}")).promote(version, OPEN_GATE, {}, judged)


def champion_of(client: Any, name: str) -> str:  # noqa: ANN401
    return str(client.get_model_version_by_alias(name, CHAMPION).version)


def test_a_job_that_was_too_late_to_write_the_row_of_an_alias_writes_it_the_next_time(
    own_server: MlflowServer, trained: Trained, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    env = replace(environment_at(own_server.address), patience_seconds=60)
    with closing(sqlite3.connect(own_server.database)) as database:
        database.execute(LOSES_EVERY_RACE)
    sleep = time.sleep

    def wait_until_the_other_has_gone(seconds: float) -> None:
        with closing(sqlite3.connect(own_server.database)) as database:
            database.execute("DROP TRIGGER IF EXISTS quicker")
        sleep(seconds)

    monkeypatch.setattr("scheduled_job.connection.time.sleep", wait_until_the_other_has_gone)
    _, standing = deliver(env, trained)

    told = "tracking: MLflow is away or busy (another job wrote the same at the same moment); trying again in 1 s\n"
    assert told in capsys.readouterr().out
    assert champion_of(client_of(env), env.registered_model_name) == standing.version == "1"


def test_a_later_version_that_became_champion_at_the_same_moment_gets_the_alias_back(env: Environment) -> None:
    client, name = versions_without_alias(env, 2)
    promote(Interleaved(client, "set_registered_model_alias", lambda: promote(client, name, "2")), name, "1")

    assert champion_of(client, name) == "2"
    assert all(client.get_model_version(name, each).tags[PROMOTION].startswith("champion: ") for each in "12")


def test_a_version_whose_alias_an_earlier_one_takes_before_its_tag_stands_takes_it_back(env: Environment) -> None:
    client, name = versions_without_alias(env, 2)

    def let_the_earlier_take_it() -> None:
        client.set_registered_model_alias(name, CHAMPION, "1")

    promote(Interleaved(client, "set_model_version_tag", let_the_earlier_take_it), name, "2")

    assert champion_of(client, name) == "2"


def test_a_champion_that_a_person_has_set_back_is_not_brought_again_by_a_late_job(env: Environment) -> None:
    client, name = versions_without_alias(env, 3)
    promote(client, name, "3")
    client.set_registered_model_alias(name, CHAMPION, "1")
    promote(client, name, "2", Champion("1", is_recorded=True))

    assert champion_of(client, name) == "2"
