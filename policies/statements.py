"""Statements of IAM policy documents, whatever way they are written, in one shape.

Statements may be an object or a list; actions and resources text or a list; actions are case-insensitive and may have
wildcards anywhere; a document may be JSON text or an object. Nothing here judges: rules do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from findings import UNKNOWN, property_path
from target_input import UnreadableError, read_object

Json: TypeAlias = Any
_ITSELF = re.compile(r"\$\{[*?$]\}")
# ${*}, ${?} and ${$} are the character itself: IAM User Guide, "IAM policy elements: Variables and tags".
_TOKEN = re.compile(r"\$\{([*?$])\}|.", re.DOTALL)
_WILDCARDS = {"*": ".*", "?": "."}


@dataclass(frozen=True)
class Element:
    """One value of a statement's element and its property path."""

    path: str
    value: str

    def may_be_in(self, *services: str) -> bool:
        """Tell whether this, a resource, can be one of ``services``; a statement may name those of several."""
        service = self.value.split(":", 3)[2:3]
        return not service or not is_literal(service[0]) or service[0] in services


@dataclass(frozen=True)
class Condition:
    """One line of a condition block; the operator in lower case without its set prefix and ``IfExists``."""

    path: str
    operator: str
    quantifier: str
    if_exists: bool
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One statement; everything but an exact ``Deny`` counts as a grant, which errs on the strict side."""

    path: str
    allows: bool
    actions: tuple[Element, ...]
    not_actions: tuple[Element, ...]
    resources: tuple[Element, ...]
    not_resources: tuple[Element, ...]
    principals: tuple[Element, ...]
    conditions: tuple[Condition, ...]

    def grants(self, action: str) -> Element | None:
        """Find the element that allows ``action``, None when the statement does not allow it."""
        return self.names(action) if self.allows else None

    def names(self, action: str) -> Element | None:
        """Find the element that covers ``action``, whatever the statement's effect."""
        wanted = action.lower()
        if wanted in self._literal_actions:
            return self._literal_actions[wanted]
        for pattern, element in self._action_patterns:
            if matches(pattern, wanted):
                return element
        if not self.not_actions or any(matches(element.value.lower(), wanted) for element in self.not_actions):
            return None
        return self.not_actions[0]

    @cached_property
    def _literal_actions(self) -> Mapping[str, Element]:
        return {element.value.lower(): element for element in reversed(self.actions) if is_literal(element.value)}

    @cached_property
    def _action_patterns(self) -> tuple[tuple[str, Element], ...]:
        return tuple((element.value.lower(), element) for element in self.actions if not is_literal(element.value))

    def bound(self, key: str, *operators: str) -> Condition | None:
        """Find the condition that binds ``key``, None where none does.

        A condition binds when its operator is one of ``operators`` (lower case), it applies to every value of the key
        and it fails for a request that has no such key: so not with ``IfExists``, not with ``ForAnyValue``, and with
        ``ForAllValues``, which holds for an absent key, only together with ``Null: false``.
        """
        for condition in self.conditions:
            if condition.key != key.lower() or condition.operator not in operators or condition.if_exists:
                continue
            if not condition.quantifier or (condition.quantifier == "forallvalues" and self._requires_presence(key)):
                return condition
        return None

    def _requires_presence(self, key: str) -> bool:
        return any(
            condition.operator == "null" and condition.key == key.lower() and condition.values == ("false",)
            for condition in self.conditions
        )


def read_statements(value: object, path: str) -> tuple[Statement, ...]:
    """Normalise a document.

    Raises:
        UnreadableError: neither a JSON object nor a mapping, or one without statements, or with an unknown inside.
    """
    if isinstance(value, str):
        return _statements_of_text(value, path)
    if isinstance(value, Mapping):
        if _contains_unknown(value):
            raise UnreadableError("has a value that is unknown at preview")
        return _statements(value, path)
    raise UnreadableError("is not a policy document")


def is_literal(text: str) -> bool:
    """Tell whether ``text`` stands for itself: no wildcard, and no policy variable, whose value somebody else sets."""
    text = _ITSELF.sub("", text) if "${" in text else text
    return not ("*" in text or "?" in text or "${" in text)


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Tell whether an IAM pattern covers ``text``: ``*`` is any text, ``?`` one character, ``${*}`` a ``*`` itself."""
    if ignore_case:
        pattern, text = pattern.lower(), text.lower()
    # Nearly all patterns are literal, or so but for a * at the end; a stack has too many to compile each.
    start = pattern.removesuffix("*")
    if "*" in start or "?" in start or "${" in start:
        return _compiled(pattern).fullmatch(text) is not None
    return text == pattern if start == pattern else text.startswith(start)


@lru_cache(maxsize=8192)
def _statements_of_text(text: str, path: str) -> tuple[Statement, ...]:
    return _statements(read_object(text), path)


def _statements(document: Mapping[str, Any], path: str) -> tuple[Statement, ...]:
    _refuse_repeated_names(document)
    raw = _element(document, "Statement")
    if isinstance(raw, Mapping):
        return (_statement(raw, property_path(path, "Statement")),)
    if not isinstance(raw, list) or not all(isinstance(item, Mapping) for item in raw):
        raise UnreadableError("has no Statement that is an object or a list of objects")
    return tuple(_statement(item, property_path(path, "Statement", index)) for index, item in enumerate(raw))


def _statement(raw: Mapping[str, Any], path: str) -> Statement:
    _refuse_repeated_names(raw)

    def elements(name: str) -> tuple[Element, ...]:
        return tuple(_flatten(_element(raw, name), property_path(path, name)))

    return Statement(
        path=path,
        allows=_element(raw, "Effect") != "Deny",
        actions=elements("Action"),
        not_actions=elements("NotAction"),
        resources=elements("Resource"),
        not_resources=elements("NotResource"),
        principals=elements("Principal"),
        conditions=tuple(_conditions(_element(raw, "Condition"), property_path(path, "Condition"))),
    )


def _conditions(block: object, path: str) -> Iterator[Condition]:
    for operator, lines in block.items() if isinstance(block, Mapping) else ():
        quantifier, _, plain_operator = operator.lower().rpartition(":")
        if_exists = plain_operator.endswith("ifexists")
        for key, values in lines.items() if isinstance(lines, Mapping) else ():
            yield Condition(
                path=property_path(path, operator, key),
                operator=plain_operator.removesuffix("ifexists"),
                quantifier=quantifier,
                if_exists=if_exists,
                key=key.lower(),
                values=tuple(element.value for element in _flatten(values, path)),
            )


def _flatten(value: object, path: str) -> Iterator[Element]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flatten(item, property_path(path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _flatten(item, property_path(path, index))
    elif isinstance(value, bool):
        yield Element(path, str(value).lower())
    elif value is not None:
        yield Element(path, str(value))


def _element(mapping: Mapping[str, Any], name: str) -> Json:
    if name in mapping:
        return mapping[name]
    # IAM does not care about the case of element names.
    return next((value for key, value in mapping.items() if key.lower() == name.lower()), None)


def _refuse_repeated_names(mapping: Mapping[str, Any]) -> None:
    names = [key.lower() for key in mapping]
    if len(set(names)) < len(names):
        repeated = min(name for name in names if names.count(name) > 1)
        raise UnreadableError(f"names {repeated} twice in one object, in different case")


def _contains_unknown(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(_contains_unknown(item) for item in value)
    return value is UNKNOWN


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = [
        re.escape(token[1]) if token[1] else _WILDCARDS.get(token[0], re.escape(token[0]))
        for token in _TOKEN.finditer(pattern)
    ]
    return re.compile("".join(pieces), re.DOTALL)
