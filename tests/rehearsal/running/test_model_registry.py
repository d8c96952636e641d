import http.server
import json
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rehearsal.running.model_registry import ModelRegistryError, ModelVersion, experiment_of, model_versions

NOWHERE = "http://127.0.0.1:9"


class Registry(http.server.ThreadingHTTPServer):
    """Answers with what a test put there, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status = 200
        self.answer: Any = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(http.server.BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.answer).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def version(number: str, **more: object) -> dict[str, object]:
    return {"name": "forest", "version": number, **more}


def test_versions_come_in_the_order_of_their_numbers(registry: Registry) -> None:
    tags = [{"key": "scheduled_time", "value": "2026-01-01T03:00:00Z"}, {"key": "empty"}]
    registry.answer = {"model_versions": [version("10"), version("9", run_id="r", tags=tags)]}

    assert model_versions(registry.url, "forest") == [
        ModelVersion("forest", 9, "r", {"scheduled_time": "2026-01-01T03:00:00Z", "empty": ""}),
        ModelVersion("forest", 10, "", {}),
    ]
    (asked,) = registry.asked
    assert urlsplit(asked).path == "/api/2.0/mlflow/model-versions/search"
    assert parse_qs(urlsplit(asked).query)["filter"] == ["name = 'forest'"]


def test_a_model_that_is_not_registered_has_no_versions(registry: Registry) -> None:
    assert model_versions(registry.url, "forest") == []


def test_a_run_tells_its_experiment(registry: Registry) -> None:
    registry.answer = {"run": {"info": {"run_id": "1a", "experiment_id": "3"}}}

    assert experiment_of(registry.url, "1a") == "3"
    assert registry.asked == ["/api/2.0/mlflow/runs/get?run_id=1a"]


def test_a_proxy_of_the_persons_environment_is_not_asked(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, NOWHERE)
    monkeypatch.setattr(urllib.request, "_opener", None)  # which remembers the proxies of its first use
    monkeypatch.setenv("no_proxy", "")

    assert model_versions(registry.url, "forest") == []


def test_a_server_that_is_away_is_reported() -> None:
    with pytest.raises(ModelRegistryError) as raised:
        model_versions(NOWHERE, "forest")
    assert str(raised.value) == (
        f"MLflow at {NOWHERE} did not tell the versions of 'forest': [Errno 111] Connection refused"
    )


def test_a_server_that_fails_is_reported(registry: Registry) -> None:
    registry.status = 500
    with pytest.raises(ModelRegistryError) as raised:
        model_versions(registry.url, "forest")
    assert str(raised.value) == (
        f"MLflow at {registry.url} did not tell the versions of 'forest': 500 Internal Server Error"
    )


@pytest.mark.parametrize("uri", ["https://mlflow.example.com:443", "http://192.0.2.1:5000"])
def test_only_a_server_of_this_machine_is_asked(uri: str) -> None:
    with pytest.raises(ValueError, match="is not on this machine"):
        model_versions(uri, "forest")
