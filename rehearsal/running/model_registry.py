"""Read an MLflow server's registry over its REST API: a rehearsal need not load MLflow for one question."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.aws_clients import require_loopback


@dataclass(frozen=True)
class ModelVersion:
    """A version of a registered model."""

    name: str
    version: int
    run_id: str
    tags: Mapping[str, str]


def model_versions(tracking_uri: str, name: str) -> list[ModelVersion]:
    """All versions of a registered model, the first one first; none where the model is not registered."""
    query = urllib.parse.urlencode({"filter": f"name = '{name}'", "max_results": 1000})
    url = f"{require_loopback(tracking_uri)}/api/2.0/mlflow/model-versions/search?{query}"
    with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - an http URL of loopback
        found = json.load(response).get("model_versions", [])
    versions = [
        ModelVersion(
            name=version["name"],
            version=int(version["version"]),
            run_id=version.get("run_id", ""),
            tags={tag["key"]: tag.get("value", "") for tag in version.get("tags", [])},
        )
        for version in found
    ]
    return sorted(versions, key=lambda version: version.version)
