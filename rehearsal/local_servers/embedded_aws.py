"""The embedded AWS: moto's server on loopback, with training jobs that last until their end is reported.

`python -m rehearsal.local_servers.embedded_aws --port 0 --ready-file FILE` binds a free port of 127.0.0.1 and writes
`{"pid": ..., "port": ...}` to FILE. Beside AWS's own operations it answers

- `GET /_rehearsal/health`: `{"status": "ok"}`;
- `PUT /_rehearsal/training-jobs/NAME`: takes a JSON object of members of DescribeTrainingJob and answers with the job's
  status, see `training_job_reports`. No bucket can have a name with an underscore, so the path is free.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from rehearsal.local_servers.server_process import listening_socket, stop_when_stdin_closes

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    WsgiApplication = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

_CONTROL_PATH = "/_rehearsal/"
_JOBS_PATH = _CONTROL_PATH + "training-jobs/"


def application() -> WsgiApplication:
    """Build moto's application with our training jobs and the control routes in front; loads moto."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from rehearsal.local_servers import embedded_training_jobs

    embedded_training_jobs.install()
    aws = DomainDispatcherApplication(create_backend_app)

    def dispatch(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(_CONTROL_PATH):
            answer: Iterable[bytes] = aws(environ, start_response)
            return answer
        status, body = _control(environ)
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(body, default=str).encode()]

    return dispatch


def _control(environ: WSGIEnvironment) -> tuple[str, dict[str, Any]]:
    from rehearsal.local_servers.embedded_training_jobs import report_training_job
    from rehearsal.local_servers.training_job_state import ReportError

    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    if (method, path) == ("GET", _CONTROL_PATH + "health"):
        return "200 OK", {"status": "ok"}
    if method != "PUT" or not path.startswith(_JOBS_PATH):
        return "404 Not Found", {"error": f"no {method} {path} here; there is PUT {_JOBS_PATH}NAME"}
    try:
        report = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        if not isinstance(report, dict):
            return "400 Bad Request", {"error": f"a report is a JSON object, got {type(report).__name__}"}
        job = report_training_job(unquote(path.removeprefix(_JOBS_PATH)), report)
    except json.JSONDecodeError as error:
        return "400 Bad Request", {"error": f"a report is a JSON object: {error}"}
    except ReportError as error:
        return f"{error.status} Refused", {"error": str(error)}
    return "200 OK", {name: job[name] for name in ("TrainingJobName", "TrainingJobStatus", "SecondaryStatus")}


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal.local_servers.embedded_aws", description="The embedded AWS."
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--port", type=int, default=0, help="port of 127.0.0.1; 0 (default) takes a free one")
    where.add_argument("--fd", type=int, help="file descriptor of a socket that listens already")
    parser.add_argument("--ready-file", type=Path, help="where to write pid and port as JSON, once it answers")
    parser.add_argument("--stop-when-stdin-closes", action="store_true", help="end with whoever started this")
    options = parser.parse_args(arguments)

    listener = listening_socket(options.fd if options.fd is not None else options.port, is_fd=options.fd is not None)
    if options.stop_when_stdin_closes:
        stop_when_stdin_closes()
    gc.disable()  # nothing of what is loaded is garbage
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    host, port = listener.getsockname()[:2]
    # moto puts its own address into some answers (queue URLs, for example).
    os.environ["MOTO_PORT"] = str(port)
    app = application()
    gc.freeze()
    gc.enable()
    server = make_server(host, port, app, threaded=True, request_handler=MotoRequestHandler, fd=listener.fileno())
    if options.ready_file is not None:
        draft = options.ready_file.with_name(options.ready_file.name + ".draft")
        draft.write_text(json.dumps({"pid": os.getpid(), "port": port}))
        draft.replace(options.ready_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
