"""A way to a real server that breaks at a chosen request: it arrives there, or not, and no answer comes back."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

_BETWEEN_TWO_HOPS = {"connection", "content-encoding", "content-length", "expect", "host", "transfer-encoding"}
LONGEST_HOLD = 300.0


@dataclass(frozen=True)
class Moment:
    """A request: the `number`-th with `method` whose path and body hold `pattern`.

    It `arrives` at the server although its answer gets lost; `once`, and the way is whole again for the next request.
    """

    method: str
    pattern: str
    number: int = 1
    arrives: bool = False
    once: bool = False


class BreakingWay:
    """Takes requests to `there` until its moment comes; from then on it answers nothing until it is mended."""

    def __init__(self, there: str, moment: Moment, *, holds: bool = False, without: str = "") -> None:
        self._there = there
        self.without = without
        self._moment = moment
        self._holds = holds
        self._matched = 0
        self._lock = threading.Lock()
        self._whole = threading.Event()
        self._whole.set()
        self.address = ""
        self.reached = threading.Event()
        """Set once the moment has come."""
        self.came_by: list[tuple[str, str]] = []
        """Method and path of every request so far."""
        self.at_the_moment: Callable[[], None] = lambda: None

    def mend(self) -> None:
        """Let everything through from now on; a request that is held goes on."""
        self._whole.set()

    def _is_now(self, method: str, request: str) -> bool:
        if method != self._moment.method or not re.search(self._moment.pattern, request):
            return False
        with self._lock:
            self._matched += 1
            return self._matched == self._moment.number

    def takes(self, method: str, request: str) -> tuple[bool, bool]:
        """Whether a request arrives, and whether its answer comes back."""
        if self._is_now(method, request):
            if self._holds or not self._moment.once:
                self._whole.clear()
            self.reached.set()
            if self._holds:
                return self._whole.wait(LONGEST_HOLD), True
            return self._moment.arrives, False
        if self._holds:
            return True, True  # a job that is held still shows that it is alive
        return self._whole.is_set(), self._whole.is_set()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        way = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # S3's client asks whether it may send

            def do_POST(self) -> None:
                self.close_connection = True
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                way.came_by.append((self.command, self.path.partition("?")[0]))
                if way.without and way.without in self.path:
                    self.send_error(404)
                    return
                arrives, comes_back = way.takes(self.command, self.path + "\n" + body.decode(errors="replace"))
                answer = self._forward(body) if arrives else None
                if not comes_back:
                    way.at_the_moment()
                if answer is None or not comes_back:
                    return
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() not in _BETWEEN_TWO_HOPS:
                        self.send_header(name, value)
                length = answer.headers.get("Content-Length", "0") if self.command == "HEAD" else len(answer.content)
                self.send_header("Content-Length", str(length))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815

            def _forward(self, body: bytes) -> requests.Response:
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _BETWEEN_TWO_HOPS}
                return requests.request(
                    self.command, way._there + self.path, data=body, headers=headers, timeout=60, allow_redirects=False
                )

            def log_message(self, *_: object) -> None: ...

        return Handler


NEVER = Moment("", "")
"""A way of this moment stays whole."""


@contextmanager
def breaking(there: str, moment: Moment, *, holds: bool = False, without: str = "") -> Iterator[BreakingWay]:
    """A way to the server at `there` that breaks at `moment`, or `holds` that one request until it is mended.

    A path that holds `without` is not found, as on a server that does not know it yet.
    """
    way = BreakingWay(there, moment, holds=holds, without=without)
    with ThreadingHTTPServer(("127.0.0.1", 0), way.handler()) as server:
        way.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield way
        finally:
            way.mend()
            server.shutdown()
