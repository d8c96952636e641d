"""What a policy pack says of its policies, and the one line in which a violation of our own pack travels.

The line's form is documented in policies/findings.py: `PATH: FAULT. Cure: CURE.` or `PATH is VALUE: FAULT. Cure: CURE.`
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from pulumi.runtime.proto import analyzer_pb2

_CURE: Final = ". Cure: "
_LINE: Final = re.compile(r"(?P<path>\S+?)(?P<rest>(?: is |: ).+)", re.DOTALL)
_WORDS: Final = ("missing", "unknown")
"""Values that JSON cannot say."""
_ID: Final = re.compile(r"[A-Z]+[0-9]+(?=-)")


@dataclass(frozen=True)
class PolicyDescription:
    """What a pack says of one of its policies; texts that it leaves out are empty.

    `level` is the one that is configured; `severity` is `low`, `medium`, `high` or `critical`.
    """

    name: str
    level: str
    description: str
    title: str = ""
    severity: str = ""
    tags: tuple[str, ...] = ()
    cure: str = ""
    url: str = ""


@dataclass(frozen=True)
class PolicyMessage:
    """The parts of a violation's line; `value` as the line shows it, empty where it does not."""

    fault: str
    path: str = ""
    value: str = ""
    cure: str = ""


def describe(policy: analyzer_pb2.PolicyInfo, level: str) -> PolicyDescription:
    """Read what a pack says of a policy that is configured to a level."""
    severity = analyzer_pb2.PolicySeverity.Name(policy.severity).removeprefix("POLICY_SEVERITY_").lower()
    return PolicyDescription(
        name=policy.name,
        level=level,
        description=policy.description,
        title=policy.displayName,
        severity="" if severity == "unspecified" else severity,
        tags=tuple(policy.tags),
        cure=policy.remediation_steps,
        url=policy.url,
    )


def policy_id(name: str) -> str:
    """The id in a policy's name, `SG16` of `SG16-spot-max-wait`; of a name without one the name itself."""
    match = _ID.match(name)
    return match[0] if match else name


def read_line(line: str) -> PolicyMessage:
    """Take a violation's line apart; one of another form (another pack's) is a fault as a whole."""
    head, separator, cure = line.partition(_CURE)
    match = _LINE.fullmatch(head)
    if not separator or match is None:
        return PolicyMessage(line)
    value, fault = _value_and_fault(match["rest"])
    return PolicyMessage(fault, match["path"], value, cure.removesuffix("."))


def _value_and_fault(rest: str) -> tuple[str, str]:
    if rest.startswith(": "):
        return "", rest[2:]
    rest = rest.removeprefix(" is ")
    for word in _WORDS:
        if rest.startswith(f"{word}: "):
            return word, rest.removeprefix(f"{word}: ")
    try:
        _, end = json.JSONDecoder().raw_decode(rest)
    except ValueError:
        return "", rest
    return rest[:end], rest[end:].removeprefix(": ")
