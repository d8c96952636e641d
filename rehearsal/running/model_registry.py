"""Read an MLflow server's registry over its REST API: a rehearsal need not load MLflow for two questions."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from rehearsal.aws_clients import require_loopback
from rehearsal.errors import RehearsalError

_SEARCH: Final = "/api/2.0/mlflow/model-versions/search"
_RUN: Final = "/api/2.0/mlflow/runs/get"


class ModelRegistryError(RehearsalError):
    """The MLflow server did not answer; the message has its address and the reason."""


@dataclass(frozen=True)
class ModelVersion:
    """A version of a registered model."""

    name: str
    version: int
    run_id: str
    tags: Mapping[str, str]


def model_versions(tracking_uri: str, name: str) -> list[ModelVersion]:
    """All versions of a registered model, the first one first; none where the model is not registered.

    Raises:
        ModelRegistryError: the server did not answer, or not as it should.
    """
    query = urlencode({"filter": f"name = '{name}'", "max_results": 1000})
    answer = _asked(tracking_uri, f"{_SEARCH}?{query}", f"the versions of {name!r}")
    found = answer.get("model_versions", [])
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


def experiment_of(tracking_uri: str, run_id: str) -> str:
    """The id of the experiment that a run stands in.

    Raises:
        ModelRegistryError: the server did not answer, or knows no such run.
    """
    answer = _asked(tracking_uri, f"{_RUN}?{urlencode({'run_id': run_id})}", f"the experiment of run {run_id!r}")
    return str(answer["run"]["info"]["experiment_id"])


def _asked(tracking_uri: str, path: str, what: str) -> dict[str, Any]:
    address = urlsplit(require_loopback(tracking_uri))
    # Not urllib: it would go to the proxy of the person's environment, even for loopback.
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        answer = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise ModelRegistryError(f"MLflow at {tracking_uri} did not tell {what}: {error}") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        fault = f"{response.status} {response.reason}"
        raise ModelRegistryError(f"MLflow at {tracking_uri} did not tell {what}: {fault}")
    told: dict[str, Any] = json.loads(answer)
    return told
