"""What MLflow knows of a registered model: its aliases, its versions, and the runs that they are from. It reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scheduled_job import tags as names
from scheduled_job.connection import if_there
from scheduled_job.registry import CHALLENGER, CHAMPION
from tracking.recorded import run_facts

_PAGE = 200
_METRIC = re.compile(r"-?\d+\.\d{6}|nan|-?inf")
"""How a metric is written as a tag of a version."""
_OVER = re.compile(r"champion version (\d+)")
_NO_CHAMPION = "there was no champion"
"""What the gate's words say of the champion that it saw. Source: scheduled_job/promotion.py, by a test."""
_DIGESTS = ("source_bundle_digest", "code_digest", "data_digest", "trees_digest", "predictions_digest")


def versions(client: Any, model: str, newest: int = 0, also: Sequence[str] = ()) -> dict[str, Any]:  # noqa: ANN401
    """`aliases` (name -> version), `versions` (the newest first), and `runs` by their ids.

    Runs are those of the `newest` versions, of those with an alias, and of those that are named; one that is gone is
    null. A model that is not registered has none of all that.
    """
    aliases = aliases_of(client, model)
    found = sorted(_searched(client, f"name = '{model}'"), key=lambda each: -int(each.version))
    wanted = {*aliases.values(), *also}
    shown = [each for number, each in enumerate(found) if number < newest or str(each.version) in wanted]
    run_ids = dict.fromkeys(each.run_id for each in shown if each.run_id)
    return {
        "model": model,
        "aliases": aliases,
        "versions": [_facts(each) for each in found],
        "runs": {run_id: run_facts(client, run_id) for run_id in run_ids},
    }


def aliases_of(client: Any, model: str) -> dict[str, str]:  # noqa: ANN401  # MlflowClient
    """Aliases with the numbers of their versions; empty where the model is not registered, or no more."""
    found = if_there(lambda: client.get_registered_model(model).aliases)
    return {name: str(number) for name, number in (found or {}).items()}


def _searched(client: Any, wanted: str) -> Iterator[Any]:  # noqa: ANN401  # MlflowClient
    token = None
    while True:
        page = client.search_model_versions(wanted, max_results=_PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _facts(version: Any) -> dict[str, Any]:  # noqa: ANN401  # MLflow's ModelVersion
    tags: dict[str, str] = dict(version.tags)
    return {
        "version": str(version.version),
        "run_id": str(version.run_id or ""),
        "created": int(version.creation_timestamp or 0),
        "status": str(version.status),
        "source": str(version.source or ""),
        "training_job": tags.get(names.TRAINING_JOB_NAME, ""),
        "schedule_arn": tags.get(names.SCHEDULE_ARN, ""),
        "scheduled_time": tags.get(names.SCHEDULED_TIME, ""),
        "training_image": tags.get(names.TRAINING_IMAGE, ""),
        "data_checks": tags.get(names.DATA_CHECKS, ""),
        "metrics": {name: value for name, value in tags.items() if _METRIC.fullmatch(value)},
        "digests": {name: found for name in _DIGESTS if (found := names.read(tags, names.PREFIX + name))},
        "gate": decision(tags.get(names.PROMOTION, "")),
        "moved": _moved(tags.get(names.CHAMPION_MOVED, "")),
    }


def decision(promotion: str) -> dict[str, Any] | None:
    """What the gate decided: `alias`, its `words`, and the champion that it saw as `over`.

    `over` is "" where there was none, and null where the words do not say. None where no gate has decided.
    """
    alias, _, words = promotion.partition(": ")
    if alias not in (CHAMPION, CHALLENGER):
        return None
    over = _OVER.search(words)
    return {"alias": alias, "words": words, "over": over[1] if over else "" if _NO_CHAMPION in words else None}


def _moved(text: str) -> Mapping[str, Any] | None:
    """What `moving.move` has left; nothing of somebody else's."""
    try:
        told = json.loads(text or "null")
    except ValueError:
        return None
    return told if isinstance(told, Mapping) else None


def of_jobs(client: Any, prefixes: Sequence[str], models: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401
    """`versions` of training jobs whose names begin so and a `-`, whatever model they are of, and of models by name.

    What each needs: its training job, its invocation and its source bundle.
    """
    wanted = [f"tags.{names.TRAINING_JOB_NAME} LIKE '{prefix}-%'" for prefix in prefixes]
    wanted += [f"name = '{model}'" for model in models]
    found = {(each.name, str(each.version)): each for filter_ in wanted for each in _searched(client, filter_)}
    return {"versions": [{"model": model, **_needs(each)} for (model, _), each in found.items()]}


def _needs(version: Any) -> dict[str, str]:  # noqa: ANN401  # MLflow's ModelVersion
    tags: dict[str, str] = dict(version.tags)
    return {
        "version": str(version.version),
        "training_job": tags.get(names.TRAINING_JOB_NAME, ""),
        "schedule_arn": tags.get(names.SCHEDULE_ARN, ""),
        "scheduled_time": tags.get(names.SCHEDULED_TIME, ""),
        "bundle_digest": names.read(tags, f"{names.PREFIX}source_bundle_digest"),
    }
