"""The log of a training job: what each of its hosts wrote, put in order of time."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""
_STREAM: Final = re.compile(r".+/(?P<host>[^/]+?)-(?P<epoch>\d+)")
"""JOB/algo-1-1700000000: a host has another stream when it is started again."""


@dataclass(frozen=True)
class LogLine:
    """One line, of one host."""

    timestamp: int
    """Milliseconds since 1970."""
    host: str
    message: str

    @property
    def moment(self) -> datetime:
        """When it was written, in UTC."""
        return datetime.fromtimestamp(self.timestamp / 1000, UTC)


def host_of(stream_name: str) -> str:
    """`algo-1`, from the name of a log stream."""
    found = _STREAM.fullmatch(stream_name)
    return found["host"] if found else stream_name.rpartition("/")[2]


def in_order(streams: Iterable[Iterable[LogLine]]) -> Iterable[LogLine]:
    """The lines of several hosts by time; those of one host stay in the order in which it wrote them."""
    return heapq.merge(*streams, key=lambda line: line.timestamp)


def as_document(training_job: str, lines: Iterable[LogLine]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "version": JSON_VERSION,
        "training_job": training_job,
        "lines": [
            {
                "time": line.moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "host": line.host,
                "message": line.message,
            }
            for line in lines
        ],
    }
