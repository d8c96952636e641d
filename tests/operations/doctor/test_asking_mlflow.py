"""MLflow by its address, as it is seen from this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from operations.doctor.asking.tracking import OutOfReachError, ask_address
from operations.doctor.facts import TrackingServer


@contextmanager
def server_that_answers(status: int, body: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body if self.path == "/prefix/version" else b"")

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/prefix/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "server"),
    [
        (200, TrackingServer("", "3.17.2")),
        (401, TrackingServer()),
        (403, TrackingServer()),
        (404, TrackingServer()),
        (503, TrackingServer("it answers 503 Service Unavailable")),
    ],
)
def test_an_mlflow_is_well_where_it_answers_whatever_it_asks_for(
    status: int, server: TrackingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # which a loopback address does not go by
    with server_that_answers(status, b"3.17.2\n") as uri:
        assert ask_address(uri) == server


def test_an_mlflow_that_does_not_answer_is_told_with_the_reason() -> None:
    with server_that_answers(200, b"") as uri:
        pass

    assert "it does not answer from this machine: [Errno" in ask_address(uri).status
    with pytest.raises(OutOfReachError, match="the job's own network may reach it"):
        ask_address(uri, from_elsewhere=True)
