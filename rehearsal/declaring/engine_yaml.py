"""YAML as the Pulumi engine's reader takes it: its scalars, and no key twice.

Source: gopkg.in/yaml.v3, with which the engine reads project and stack files.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

from rehearsal.declaring.engine_scalars import as_name, number, tag_of, timestamp

_FLOAT: Final = "tag:yaml.org,2002:float"
_MERGE: Final = "tag:yaml.org,2002:merge"


def load_yaml(text: str, name: str) -> Any:  # noqa: ANN401 - whatever the text holds
    """The one document of a text; `name` is what messages call it.

    Raises:
        yaml.YAMLError: it is no YAML, a key stands twice in a mapping, or a value lies inside itself.
        RecursionError: it is nested deeper than Python can follow.
    """
    loader = _Loader(text)
    loader.name = name
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


class _Loader(yaml.SafeLoader):
    """Scalars as the engine takes them: `on` and `12:30` are texts, `1e3` is a number, `2026-01-31` a date of Go's."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:  # noqa: ANN401 - as PyYAML has it
        if kind is yaml.ScalarNode and implicit[0]:
            return tag_of(value)
        return str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call] # PyYAML's

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002 - below
        """Names as texts; refuse one that stands twice, of which PyYAML would take the last."""
        first: dict[str, yaml.ScalarNode] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            name = as_name(_key(self, key))
            if name in first:
                line = first[name].start_mark.line + 1
                problem = f"{name!r} stands already in line {line}; keep one of the two"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            first[name] = key
        # Deep, whatever the caller says: then PyYAML notices a value that lies inside itself.
        made = super().construct_mapping(node, deep=True)
        return {as_name(key): value for key, value in made.items()}


def _key(loader: _Loader, node: yaml.ScalarNode) -> object:
    return float(number(node.value) or 0) if node.tag == _FLOAT else loader.construct_object(node)


def _number(loader: _Loader, node: yaml.ScalarNode) -> int | float:
    value = number(loader.construct_scalar(node))
    if value is None or value - value != 0:
        problem = f"{node.value!r} is no number that the engine hands over; put it in quotes, if it is a text"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
    return float(value) if node.tag == _FLOAT else value


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> str:
    text = loader.construct_scalar(node)
    return timestamp(text) or str(text)


def _binary(loader: _Loader, node: yaml.ScalarNode) -> str:
    return loader.construct_yaml_binary(node).decode("utf-8", "replace")


def _set(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    return loader.construct_mapping(node)


_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor(_FLOAT, _number)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)
_Loader.add_constructor("tag:yaml.org,2002:binary", _binary)
_Loader.add_constructor("tag:yaml.org,2002:set", _set)
