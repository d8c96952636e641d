"""Moves the alias `champion` by hand, and leaves on the version who did it, when, and from where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from failure import TrainingError
from scheduled_job.registry import CHAMPION
from scheduled_job.tags import ALIAS_MOVED, CHAMPION_MOVED
from tracking.registered import versions


def move(client: Any, model: str, version: str, moved: Mapping[str, str]) -> dict[str, Any]:  # noqa: ANN401
    """Give `version` the alias, if it is where whoever decided saw it: at `from` of `moved`, "" for nowhere.

    `moved` has `by`, `at`, `how` and `before` besides, and stays on the version. The alias is moved first: a tag on a
    version that never got it would be a lie. MLflow moves none on a condition, so it is looked again afterwards: a
    version that a job has made champion meanwhile gets the alias back.

    Raises:
        TrainingError: another has moved it meanwhile.
    """
    seen, expected = versions(client, model), moved["from"]
    if (present := seen["aliases"].get(CHAMPION, "")) != expected:
        raise _moved_meanwhile(model, present, expected)
    client.set_registered_model_alias(model, CHAMPION, version)
    now = versions(client, model)
    if meanwhile := _by_a_gate(now) - _by_a_gate(seen) - {int(version)}:
        client.set_registered_model_alias(model, CHAMPION, str(max(meanwhile)))
        raise _moved_meanwhile(model, str(max(meanwhile)), expected)
    if (present := now["aliases"].get(CHAMPION, "")) != version:
        raise _moved_meanwhile(model, present, expected)
    words = f"{CHAMPION} by {moved['by']} at {moved['at']}, from {_named(expected)} ({moved['how']})"
    client.set_model_version_tag(model, version, CHAMPION_MOVED, json.dumps(dict(moved)))
    client.set_model_version_tag(model, version, ALIAS_MOVED, words)
    return {"model": model, "from": expected, "to": version}


def _by_a_gate(found: Mapping[str, Any]) -> set[int]:
    """The versions that a gate has made champion, whether or not they still are."""
    return {int(each["version"]) for each in found["versions"] if each["gate"] and each["gate"]["alias"] == CHAMPION}


def _moved_meanwhile(model: str, present: str, expected: str) -> TrainingError:
    return TrainingError(
        f"registered model {model}: {CHAMPION} is {_named(present)} now, not {_named(expected)}: somebody, or a job, "
        "has moved it meanwhile; look again"
    )


def _named(version: str) -> str:
    return f"version {version}" if version else "no version"
