"""Change one value in a YAML text, and nothing else of it: comments, quotes and line ends stay as they are.

The parser's own marks say where a value stands. What comes out is read again, and must be what went in but for the
one value: otherwise nothing is changed, and a person is told to do it by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from rehearsal.declaring.engine_yaml import load_yaml
from rehearsal.errors import RehearsalError

_INDENT: Final = 2
_NULL: Final = "tag:yaml.org,2002:null"
Path = Sequence[str]


class EditError(RehearsalError):
    """The text cannot be changed in this place by a command; the message says what to write there."""


def with_value(text: str, path: Path, *, value: bool, name: str) -> str:
    """The text with `value` at `path` (the keys that lead there), which is added where it is missing.

    Raises:
        EditError: an alias, an anchor or a form of YAML stands there in which more than this would change.
    """
    wanted = with_entry(load_yaml(text, name), path, value)
    try:
        changed = _changed(text, path, "true" if value else "false")
        if load_yaml(changed, name) == wanted:
            return changed
    except (yaml.YAMLError, _ShapeError):
        pass  # told below: whichever way it failed, the cure is the same
    keys = ".".join(path)
    raise EditError(
        f"{name}: {keys} cannot be changed there without touching something else (an alias, an anchor or an unusual "
        f"form of YAML stands in the way); write {keys.rpartition('.')[2]}: {str(value).lower()} there by hand"
    )


class _ShapeError(Exception):
    """Something else than a mapping lies on the way."""


def with_entry(data: object, path: Path, value: object) -> dict[Any, Any]:
    """A mapping with `value` at `path`, and all else as in `data`, which is left alone."""
    key, *rest = path
    own = data if isinstance(data, Mapping) else {}
    return {**own, key: with_entry(own.get(key), rest, value) if rest else value}


def _changed(text: str, path: Path, word: str) -> str:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is None:
        return f"{text.rstrip()}\n{_block(path, word, 0)}\n".lstrip()
    for depth, key in enumerate(path):
        if not isinstance(node, yaml.MappingNode):
            if node.tag != _NULL:
                raise _ShapeError
            return _replaced(text, node, _flow(path[depth:], word))
        found = next((child for name, child in node.value if name.value == key), None)
        if found is None:
            return _added(text, node, path[depth:], word)
        node = found
    return _replaced(text, node, word)


def _replaced(text: str, node: yaml.Node, word: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    return f"{text[:start]}{' ' if start == end else ''}{word}{text[end:]}"


def _added(text: str, node: yaml.MappingNode, path: Path, word: str) -> str:
    if node.flow_style:
        start = node.start_mark.index + 1
        return f"{text[:start]}{_inner_flow(path, word)}{', ' if node.value else ''}{text[start:]}"
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    first, last = node.value[0][0], node.value[-1][1]
    indent = first.start_mark.column
    block = _block(path, word, indent).replace("\n", end_of_line)
    if isinstance(last, yaml.ScalarNode) and last.style not in {"|", ">"} and last.start_mark.index < len(text):
        end = text.find(end_of_line, last.end_mark.index)
        end = len(text) if end < 0 else end
        return f"{text[:end]}{end_of_line}{' ' * indent}{block}{text[end:]}"
    start = first.start_mark.index
    return f"{text[:start]}{block}{end_of_line}{' ' * indent}{text[start:]}"


def _block(path: Path, word: str, indent: int) -> str:
    key, *rest = path
    if not rest:
        return f"{key}: {word}"
    return f"{key}:\n{' ' * (indent + _INDENT)}{_block(rest, word, indent + _INDENT)}"


def _flow(path: Path, word: str) -> str:
    return f"{{{_inner_flow(path, word)}}}"


def _inner_flow(path: Path, word: str) -> str:
    key, *rest = path
    return f"{key}: {_flow(rest, word) if rest else word}"
