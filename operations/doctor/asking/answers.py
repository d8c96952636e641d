"""Asks many questions side by side; what is refused, not offered or out of reach is said, and never raised."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import pulumi

from operations.aws_mistakes import cure_of
from operations.doctor.finding import Unseen
from rehearsal.errors import RehearsalError

T = TypeVar("T")
_AT_ONCE: Final = 8
"""Fewer than the ten connections that a client of boto3 keeps open."""
_REASON_MAX_LENGTH: Final = 300


def asked(what: str, ask: Callable[[], T]) -> T | Unseen:
    """An answer; Unseen where AWS, the way to it or we ourselves refuse it. Any other error is a defect, and raised."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - raised again where it is none of these
        return _not_seen(what, error)


def _not_seen(what: str, error: Exception) -> Unseen:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        said = _short(f"{error.operation_name}: {told.get('Code', 'Unknown')}: {told.get('Message', '')}")
        return Unseen(what, f"{said}{cure_of(error)}")
    if isinstance(error, BotoCoreError | ResponseParserError | RehearsalError | pulumi.RunError | OSError):
        return Unseen(what, f"{_short(str(error))}{cure_of(error)}")
    raise error


def code_of(error: Exception) -> str:
    """The code of AWS's error."""
    response: Mapping[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def _short(text: str) -> str:
    line = " ".join(text.split()).rstrip(": ")
    return line if len(line) <= _REASON_MAX_LENGTH else f"{line[:_REASON_MAX_LENGTH]}…"


@dataclass
class Questions:
    """What is to be asked, each by a key of its own, and asked once however many want to know."""

    _asked: dict[Hashable, tuple[str, Callable[[], Any]]] = field(default_factory=dict)

    def add(self, key: Hashable, what: str, ask: Callable[[], Any]) -> None:
        """Ask for `what`, in words for a person, unless that was added before."""
        self._asked.setdefault(key, (what, ask))

    def answers(self, told: Callable[[str, int, int], None]) -> dict[Hashable, Any]:
        """The answer to each: what was asked for, or Unseen; `told` hears which came, its number, and of how many."""
        found: dict[Hashable, Any] = {}
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="doctor") as threads:
            pending = {threads.submit(asked, what, ask): (key, what) for key, (what, ask) in self._asked.items()}
            try:
                for number, done in enumerate(as_completed(pending), 1):
                    key, what = pending[done]
                    found[key] = done.result()
                    told(what, number, len(pending))
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                raise
        return found
