"""Whether waiting helps: told from what real clients raise at real servers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.local_servers.servers import start_servers
from scheduled_job.connection import UnreachableError, prepare, reaching

pytestmark = pytest.mark.slow
TOLD = '{{"error_code": "BAD_REQUEST", "message": "{}"}}'
"""How MLflow hands on what its database says, other than that it is away."""
PAGE = "(Background on this error at: https://sqlalche.me/e/21/{})"


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """The address of a server that has one answer, as AWS's front ends do to whom they do not let in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "passing"),
    [
        (403, '{"Message": "User is not authorized to perform: sagemaker-mlflow:GetExperimentByName"}', False),
        (403, "not authorized", False),
        (400, '{"error_code": "INVALID_PARAMETER_VALUE", "message": "no"}', False),
        (400, '{"error_code": "INTERNAL_ERROR", "message": "the database is locked"}', True),
        (400, TOLD.format("(sqlite3.IntegrityError) UNIQUE constraint failed: registered_model_aliases.name"), True),
        (400, TOLD.format("(psycopg2.errors.UniqueViolation) doppelter Schl\u00fcsselwert verletzt Constraint"), True),
        (400, TOLD.format("(pymysql.err.IntegrityError) (1062, 'Doppelter Eintrag')"), True),
        (400, TOLD.format("UPDATE statement on table 'tags' expected to update 1 row(s); 0 were matched."), True),
        (400, TOLD.format(f"QueuePool limit of size 5 overflow 10 reached {PAGE.format('3o7r')}"), True),
        (400, TOLD.format(f"(psycopg2.InterfaceError) connection already closed {PAGE.format('rvf5')}"), True),
        (400, TOLD.format(f"(sqlite3.IntegrityError) NOT NULL constraint failed {PAGE.format('gkpj')}"), False),
        (400, TOLD.format("Changing param values is not allowed."), False),
        (503, "busy", True),
        (503, '{"message": "Service Unavailable"}', True),
        (429, '{"message": "Too Many Requests"}', True),
    ],
)
def test_a_refusal_of_mlflow_or_of_aws_before_it_is_not_waited_for(
    status: int, body: str, passing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with answering(status, body) as address:
        prepare(address)
        with pytest.raises(UnreachableError) as caught, reaching(address, "reached", {}):
            MlflowClient(address).get_experiment_by_name("e")
    assert caught.value.passing is passing


def test_a_refusal_of_the_artifact_store_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with start_servers(tmp_path / "servers", region="us-east-1", artifact_root=None) as servers:
        servers.wait_until_ready()
        s3 = AwsClients(servers.endpoint_url, "us-east-1").s3
        with pytest.raises(UnreachableError) as caught, reaching("http://m", "used to record the run", {}):
            s3.upload_file(str(tmp_path / "file"), "a-bucket-that-is-not-there", "key")
    assert not caught.value.passing
