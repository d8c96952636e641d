"""Read an MLflow server's registry over its REST API: a rehearsal need not load MLflow for one question."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from rehearsal.aws_clients import require_loopback
from rehearsal.errors import RehearsalError

_SEARCH: Final = "/api/2.0/mlflow/model-versions/search"


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
    address = urlsplit(require_loopback(tracking_uri))
    # Not urllib: it would go to the proxy of the person's environment, even for loopback.
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    try:
        connection.request("GET", f"{_SEARCH}?{query}")
        response = connection.getresponse()
        answer = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise ModelRegistryError(f"MLflow at {tracking_uri} did not tell the versions of {name!r}: {error}") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        fault = f"{response.status} {response.reason}"
        raise ModelRegistryError(f"MLflow at {tracking_uri} did not tell the versions of {name!r}: {fault}")
    found = json.loads(answer).get("model_versions", [])
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
