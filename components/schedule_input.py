"""From request to target input, and back: JSON with context attributes, and what the Scheduler makes of it.

EventBridge Scheduler replaces `<aws.scheduler.…>` anywhere in a target's input when it invokes the target; a misspelt
attribute stays in the text as it is. Source: EventBridge Scheduler User Guide, "Context attributes".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

SCHEDULE_ARN: Final = "<aws.scheduler.schedule-arn>"
SCHEDULED_TIME: Final = "<aws.scheduler.scheduled-time>"
EXECUTION_ID: Final = "<aws.scheduler.execution-id>"
ATTEMPT_NUMBER: Final = "<aws.scheduler.attempt-number>"
CONTEXT_ATTRIBUTES: Final = (SCHEDULE_ARN, SCHEDULED_TIME, EXECUTION_ID, ATTEMPT_NUMBER)

TARGET_INPUT_MAX_BYTES: Final = 256 * 1024
_ATTRIBUTE = re.compile(r"<aws\.scheduler\.[^<>]*>")
_JSON_WORDS: Final = {list: "an array", str: "a string", int: "a number", float: "a number", bool: "a boolean"}


@dataclass(frozen=True)
class InvocationContext:
    """What the Scheduler knows of one attempt at one invocation."""

    schedule_arn: str
    scheduled_time: datetime
    execution_id: str
    attempt_number: int

    def attributes(self) -> dict[str, str]:
        """Context attribute -> the text that replaces it."""
        return {
            SCHEDULE_ARN: self.schedule_arn,
            SCHEDULED_TIME: self.scheduled_time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            EXECUTION_ID: self.execution_id,
            ATTEMPT_NUMBER: str(self.attempt_number),
        }


def target_input(request: Mapping[str, Any]) -> str:
    """The JSON text of a request, with its context attributes still in it; the same request gives the same bytes.

    Raises:
        ValueError: longer than EventBridge Scheduler takes, or a context attribute that it does not know.
    """
    text = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    size = len(text.encode())
    if size > TARGET_INPUT_MAX_BYTES:
        raise ValueError(
            f"the target input has {size} bytes; allowed: {TARGET_INPUT_MAX_BYTES}; shorten hyperparameters"
        )
    _refuse_unknown_attributes(text)
    return text


def render(text: str, context: InvocationContext) -> dict[str, Any]:
    """What the target is called with: the input of a deployed schedule, its context attributes filled in.

    Raises:
        ValueError: not a JSON object, or it names a context attribute that does not exist.
    """
    _refuse_unknown_attributes(text)
    for attribute, value in context.attributes().items():
        text = text.replace(attribute, json.dumps(value)[1:-1])
    try:
        request = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"the target input is not JSON: {error}") from None
    if not isinstance(request, dict):
        kind = _JSON_WORDS.get(type(request), "null")
        raise ValueError(f"the target input is {kind} in JSON; allowed: an object, the API's request")
    return request


def unknown_attributes(text: str) -> list[str]:
    """What looks like a context attribute in a text, and is none."""
    return sorted(set(_ATTRIBUTE.findall(text)).difference(CONTEXT_ATTRIBUTES))


def _refuse_unknown_attributes(text: str) -> None:
    if unknown := unknown_attributes(text):
        raise ValueError(
            f"the target input names {', '.join(unknown)}, which EventBridge Scheduler does not replace; "
            f"allowed: {', '.join(CONTEXT_ATTRIBUTES)}"
        )
