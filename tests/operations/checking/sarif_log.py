"""The part of SARIF 2.1.0 that a check writes, as a JSON schema.

It is narrower than the schema of the standard, whose names, types, levels and required members it keeps: every member
is named, so that a misspelt one is noticed at any depth, and what code-scanning pages ask for beyond it is required.
"""

from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    members = {**required, **(optional or {})}
    return {"type": "object", "properties": members, "required": list(required), "additionalProperties": False}


def _list(items: Schema, **bounds: int) -> Schema:
    return {"type": "array", "items": items, **bounds}


_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_ADDRESS: Final[Schema] = {"type": "string", "pattern": "^https://[^\\s]+$"}
_URI_IN_A_REPOSITORY: Final[Schema] = {"type": "string", "pattern": r"^[^/\s\\][^\s\\]*$"}
_MESSAGE: Final = _object({"text": _TEXT})
_RULE: Final = _object(
    {
        "id": _TEXT,
        "name": _TEXT,
        "shortDescription": _MESSAGE,
        "fullDescription": _MESSAGE,
        "help": _object({"text": _TEXT, "markdown": _TEXT}),
        "defaultConfiguration": _object({"level": {"enum": ["error", "warning"]}}),
    },
    {
        "helpUri": _ADDRESS,
        "properties": _object(
            {"tags": _list(_TEXT, minItems=1), "security-severity": {"type": "string", "pattern": r"^\d+\.\d$"}}
        ),
    },
)
_LOCATION: Final = _object(
    {
        "physicalLocation": _object(
            {
                "artifactLocation": _object({"uri": _URI_IN_A_REPOSITORY}),
                "region": _object({"startLine": {"type": "integer", "minimum": 1}}),
            }
        ),
        "logicalLocations": _list(
            _object({"name": _TEXT, "fullyQualifiedName": _TEXT, "kind": {"enum": ["resource", "member"]}}), minItems=1
        ),
    }
)
_RESULT: Final = _object(
    {
        "ruleId": _TEXT,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["error", "warning", "note"]},
        "message": _MESSAGE,
        "locations": _list(_LOCATION, minItems=1, maxItems=1),
        "partialFingerprints": _object({"finding/v1": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}),
        "properties": _object({}, {"path": _TEXT, "value": _TEXT, "cure": _TEXT}),
    }
)
_DRIVER: Final = _object({"name": _TEXT, "version": _TEXT, "semanticVersion": _TEXT, "rules": _list(_RULE)})
_NOTE: Final = _object({"level": {"const": "note"}, "message": _object({"text": _TEXT})})
_RUN: Final = _object(
    {
        "tool": _object({"driver": _DRIVER}),
        "automationDetails": _object({"id": _TEXT}),
        "invocations": _list(
            _object({"executionSuccessful": {"type": "boolean"}}, {"toolExecutionNotifications": _list(_NOTE)}),
            minItems=1,
            maxItems=1,
        ),
        "columnKind": {"const": "unicodeCodePoints"},
        "results": _list(_RESULT),
    }
)
SARIF_LOG: Final = _object(
    {"$schema": _ADDRESS, "version": {"const": "2.1.0"}, "runs": _list(_RUN, minItems=1, maxItems=1)}
)
