"""Registered models for programs: one JSON document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from operations.models.alias_history import before, standing
from operations.models.asking import TrackedModel
from operations.models.versions import RegisteredModel, Version

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""


def as_document(stack: str, told: Iterable[tuple[TrackedModel, RegisteredModel]], shown: int) -> dict[str, Any]:
    """The newest `shown` versions of each model, and those with an alias, with their lineage."""
    return {
        "version": JSON_VERSION,
        "stack": stack,
        "models": [_model(tracked, model, shown) for tracked, model in told],
    }


def _model(tracked: TrackedModel, model: RegisteredModel, shown: int) -> dict[str, Any]:
    how, earlier = standing(model), before(model)
    return {
        "model": model.name,
        "training_job": tracked.job,
        "aliases": dict(model.aliases),
        "champion": {
            "version": model.champion or None,
            "by": how.how,
            "recorded": how.expected or None,
            "before": earlier.version or None,
        },
        "number_of_versions": len(model.versions),
        "versions": [_version(model, each) for each in newest(model, shown)],
    }


def newest(model: RegisteredModel, shown: int) -> list[Version]:
    """The newest versions, and those with an alias."""
    named = set(model.aliases.values())
    return [each for number, each in enumerate(model.versions) if number < shown or each.number in named]


def _version(model: RegisteredModel, version: Version) -> dict[str, Any]:
    run = model.runs.get(version.run_id)
    return {
        **{name: value for name, value in version.told.items() if name not in {"created"}},
        "created": version.created.isoformat(),
        "aliases": model.aliases_of(version.number),
        "run": None
        if run is None
        else {
            "name": run["name"],
            "status": run["status"],
            "commit": run["tags"].get("mlflow.source.git.commit"),
            "datasets": run["datasets"],
            "channels": {
                name.removeprefix("channel_uri."): value
                for name, value in run["tags"].items()
                if name.startswith("channel_uri.")
            },
        },
    }
