r"""What a rule found, and the one line in which it travels.

The engine carries a violation as text: ``<the rule's description>\n<our message>``. Our message is one line, stable,
meant for people and for programs alike:

    PATH: FAULT. Cure: CURE.
    PATH is VALUE: FAULT. Cure: CURE.

PATH    property path inside the resource, in Pulumi's notation; it goes on inside ``target.input`` and inside policy
        documents although these are text to the engine: ``target.input.StoppingCondition.MaxWaitTimeInSeconds``,
        ``policy.Statement[0].Action[1]``. Never contains a space.
VALUE   JSON (``3600``, ``"ml.m5.large"``), or one of the words ``missing`` and ``unknown``. Left out where the value
        could be a secret: rules show numbers, names, ARNs and actions only.
FAULT   what is wrong; CURE what to do about it. Neither contains ``. Cure: ``.

The rule is the diagnostic's ``policyName`` (``SG16-spot-max-wait``, the id is what stands before the first ``-``), the
resource is the URN that was asked about, or the diagnostic's ``urn`` where a stack policy reports. `parse` gives the
parts back.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache

_SEPARATOR = ". Cure: "
_LINE = re.compile(r"(?P<path>\S+?)(?P<rest>(?: is |: ).+)", re.DOTALL)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Word:
    """A value that JSON cannot say, shown by its word."""

    def __init__(self, word: str) -> None:
        self._word = word

    def __repr__(self) -> str:
        return self._word


MISSING = Word("missing")
UNKNOWN = Word("unknown")
_NOT_SHOWN = Word("")
_WORDS = {"missing": MISSING, "unknown": UNKNOWN}


@dataclass(frozen=True)
class Finding:
    """One fault in one place.

    Args:
        path: where, see the module; build it with `property_path`.
        fault: what is wrong, without a full stop at the end.
        cure: what to do, without a full stop at the end.
        value: the value at ``path`` when it is safe to show and helps; any JSON value, `MISSING` or `UNKNOWN`.
    """

    path: str
    fault: str
    cure: str
    value: object = _NOT_SHOWN

    @property
    def shows_value(self) -> bool:
        """Whether the line contains the value."""
        return self.value is not _NOT_SHOWN

    def line(self) -> str:
        """Write the message line; `parse` is its inverse."""
        shown = f" is {_render(self.value)}" if self.shows_value else ""
        return f"{self.path}{shown}: {self.fault}{_SEPARATOR}{self.cure}."


def parse(line: str) -> Finding:
    """Read the finding of a message line.

    Raises:
        ValueError: the line was not written by `Finding.line`.
    """
    head, separator, cure = line.partition(_SEPARATOR)
    match = _LINE.fullmatch(head)
    try:
        if not separator or not match or not cure.endswith("."):
            raise ValueError("parts are missing")
        fault, *value = _fault_and_value(match["rest"])
    except ValueError as error:
        expected = "expected 'PATH[ is VALUE]: FAULT. Cure: CURE.'"
        raise ValueError(f"not a message of this policy pack: {line!r}; {expected}") from error
    return Finding(match["path"], fault, cure[:-1], *value)


def _fault_and_value(rest: str) -> tuple[str] | tuple[str, object]:
    if rest.startswith(": "):
        return (rest[2:],)
    rest = rest.removeprefix(" is ")
    for word, value in _WORDS.items():
        if rest.startswith(f"{word}: "):
            return rest.removeprefix(f"{word}: "), value
    shown, end = json.JSONDecoder().raw_decode(rest)
    return rest[end + 2 :], shown


def property_path(*segments: str | int) -> str:
    """Join names and indices: ``property_path("a", 0, "b.c")`` is ``a[0]["b.c"]``.

    A string segment that already is a path (``target.input``) may stand first.
    """
    path = str(segments[0])
    for segment in segments[1:]:
        path += f"[{segment}]" if isinstance(segment, int) else _step(segment)
    return path


@lru_cache(maxsize=4096)
def _step(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name):
        return f".{name}"
    # Names of hyperparameters and the like are free text: keep the path free of spaces, which end it.
    quoted = json.dumps(name).replace(" ", "\\u0020")
    return f"[{quoted}]"


def _render(value: object) -> str:
    if isinstance(value, Word):
        return repr(value)
    # A word inside a list or an object is written as text.
    return json.dumps(value, default=repr)
