"""A value that AWS takes and settings refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """A value, the setting it stands in (below the job's; with `/` the stack's), and why it is refused.

    `reason` is a part of the message. `why` is for the page, where the message states a form alone. `beside` are the
    job's other settings.
    """

    setting: str
    value: Any
    reason: str
    why: str = ""
    beside: Values | None = None
