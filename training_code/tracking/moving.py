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
    version that never got it would be a lie.

    Raises:
        TrainingError: another has moved it meanwhile.
    """
    present, expected = versions(client, model)["aliases"].get(CHAMPION, ""), moved["from"]
    if present != expected:
        raise TrainingError(
            f"registered model {model}: {CHAMPION} is {_named(present)} now, not {_named(expected)}: somebody, or a "
            "job, has moved it meanwhile; look again"
        )
    client.set_registered_model_alias(model, CHAMPION, version)
    words = f"{CHAMPION} by {moved['by']} at {moved['at']}, from {_named(expected)} ({moved['how']})"
    client.set_model_version_tag(model, version, CHAMPION_MOVED, json.dumps(dict(moved)))
    client.set_model_version_tag(model, version, ALIAS_MOVED, words)
    return {"model": model, "from": expected, "to": version}


def _named(version: str) -> str:
    return f"version {version}" if version else "no version"
