"""YAML as the Pulumi engine's reader takes it: scalars of YAML 1.2, and no key twice.

Source: gopkg.in/yaml.v3, with which the engine reads project and stack files.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

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
    """Scalars as the engine takes them: `on`, `12:30`, `2026-01-31` are texts, `1e3` is a number."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002 - below
        """Refuse a key that stands twice, of which PyYAML would take the last."""
        first: dict[str, yaml.ScalarNode] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            if key.value in first:
                line = first[key.value].start_mark.line + 1
                problem = f"{key.value!r} stands already in line {line}; keep one of the two"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            first[key.value] = key
        # Deep, whatever the caller says: then PyYAML notices a value that lies inside itself.
        return super().construct_mapping(node, deep=True)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:null", _MERGE)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    (
        "int",
        r"[-+]?(?:0|[1-9][0-9_]*|0o?_*[0-7][0-7_]*|0x_*[0-9a-fA-F][0-9a-fA-F_]*|0b_*[01][01_]*)",
        "-+0123456789",
    ),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))
