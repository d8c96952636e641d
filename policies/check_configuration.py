"""Checks a configuration file of the pack: ``python policies/check_configuration.py policies/prod.json``.

The engine ignores a policy name that it does not know, and so a misspelt one leaves its rule at the default.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from configuration import mistakes
from findings import Finding, property_path
from resources import plain
from rule_settings import settings_schema
from rules import RULES

LEVELS = ("advisory", "disabled", "mandatory", "remediate")
_EXEMPTIONS = ("SG00-exemptions", "SG00-exemptions-of-the-stack")


def file_mistakes(config: object) -> Iterator[Finding]:
    """Find what is wrong with the content of a file in the engine's ``--policy-pack-config`` format."""
    if not isinstance(config, Mapping):
        yield Finding("config", "not a JSON object", "write {POLICY: LEVEL or {SETTINGS}}")
        return
    schemas: dict[str, dict[str, Any]] = {rule.policy_name: settings_schema(rule) for rule in RULES}
    schemas |= {name: {} for name in ("all", *_EXEMPTIONS)}
    for name, entry in config.items():
        if name == "environments":
            # Pulumi ESC environments, which the engine takes out.
            continue
        path = property_path("config", name)
        settings = {"enforcementLevel": entry} if isinstance(entry, str) else entry
        if name not in schemas:
            yield Finding(path, "the pack has no such policy", f"use one of: {', '.join(schemas)}")
        elif not isinstance(settings, Mapping):
            yield Finding(path, "neither a level nor settings", f"use one of: {', '.join(LEVELS)}, or an object")
        else:
            schema = schemas[name] | {"enforcementLevel": {"type": "string", "enum": list(LEVELS)}}
            for mistake in mistakes(schema, plain(settings, inputs=False)):
                yield Finding(mistake.path.replace("config", path, 1), mistake.fault, mistake.cure)


def main(arguments: list[str]) -> int:
    """Print a line per mistake in each file; the exit code says whether there are any."""
    wrong = 0
    for argument in arguments:
        try:
            found = list(file_mistakes(json.loads(Path(argument).read_text(encoding="utf-8"))))
        except (OSError, ValueError) as error:
            found = [Finding("config", f"cannot be read: {error}", "give the path of a JSON file")]
        wrong += len(found)
        for mistake in found:
            sys.stderr.write(f"{argument}: {mistake.line()}\n")
    return 1 if wrong or not arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
