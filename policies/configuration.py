"""A rule's settings: defaults filled in, mistakes named.

The engine checks a configuration file against the JSON schema that the pack declares, but it lets misspelt names
through, and other clients of the pack check nothing at all: so the pack looks itself. Only the keywords that the rules'
schemas use are understood (type, enum, minimum, maximum, minLength, pattern, format date, items, minItems, properties,
required).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from findings import Finding, property_path

EXEMPTIONS: Mapping[str, Any] = {
    "type": "array",
    "default": [],
    "description": "Resources that this rule lets pass for a while, each with a reason and an expiry date.",
    "items": {
        "type": "object",
        "properties": {
            "resource": {"type": "string", "minLength": 1, "description": "logical name or URN of the resource"},
            "path": {"type": "string", "minLength": 1, "description": "only findings at this property path"},
            "reason": {"type": "string", "minLength": 10, "description": "why; shown in every report"},
            "expires": {
                "type": "string",
                "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
                "format": "date",
                "description": "last day on which it counts, YYYY-MM-DD",
            },
        },
        "required": ["resource", "reason", "expires"],
    },
}

UNRELATED: Mapping[str, Any] = {
    "type": "array",
    "default": [],
    "items": {"type": "string", "minLength": 1},
    "description": "logical names (* and ? are wildcards) of roles, policies and schedules with an unknown target that "
    "have nothing to do with training",
}

_CURE = "correct the policy pack's configuration file"
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": Mapping,
    "string": str,
}


def with_defaults(schema: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in defaults: what is given, else the default."""
    return {name: given.get(name, entry.get("default")) for name, entry in schema.items()} | dict(given)


def mistakes(schema: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> list[Finding]:
    """List what is wrong with a rule's settings; paths start with ``config``."""
    return list(_object_mistakes({"properties": schema}, given, "config"))


def _object_mistakes(schema: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[Finding]:
    known: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    for name, item in value.items():
        here = property_path(path, name)
        if name in known:
            yield from _mistakes(known[name], item, here)
        else:
            yield Finding(here, "this rule has no such setting", f"use one of: {', '.join(sorted(known)) or 'none'}")
    for name in schema.get("required", ()):
        if name not in value:
            yield Finding(property_path(path, name), "the setting is required", "add it")


def _mistakes(schema: Mapping[str, Any], value: object, path: str) -> Iterator[Finding]:
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield Finding(path, f"the setting must be of type {kind}", _CURE, value)
        return
    allowed = _allowed(schema, value)
    if allowed:
        yield Finding(path, f"the setting must {allowed}", _CURE, value)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _mistakes(schema["items"], item, property_path(path, index))
    if isinstance(value, Mapping):
        yield from _object_mistakes(schema, value, path)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _allowed(schema: Mapping[str, Any], value: object) -> str | None:
    """Say the first keyword that ``value`` violates, in words."""
    if "enum" in schema and value not in schema["enum"]:
        return f"be one of: {', '.join(map(str, schema['enum']))}"
    if isinstance(value, int | float):
        if value < schema.get("minimum", value):
            return f"be at least {schema['minimum']}"
        if value > schema.get("maximum", value):
            return f"be at most {schema['maximum']}"
    if isinstance(value, list) and len(value) < schema.get("minItems", 0):
        return f"have at least {schema['minItems']} item"
    return _allowed_text(schema, value) if isinstance(value, str) else None


def _allowed_text(schema: Mapping[str, Any], value: str) -> str | None:
    if len(value) < schema.get("minLength", 0):
        return f"have at least {schema['minLength']} characters"
    if not re.search(schema.get("pattern", ""), value):
        return f"match {schema['pattern']}"
    return "be a day that there is" if schema.get("format") == "date" and not _is_date(value) else None
