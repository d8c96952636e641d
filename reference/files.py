"""The files that are generated, and what belongs into them."""

import json
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, Final

import yaml

from reference import command_line_page, configuration_page
from reference.editor_schema import stack_schema
from reference.training_code import described

PROJECT: Final = Path(__file__).parents[1]


def written_files() -> dict[Path, str]:
    """Path -> content of each generated file."""
    schema = stack_schema(described()["hyperparameters"], given_by(_project()))
    return {
        PROJECT / "docs" / "command-line.md": command_line_page.page(),
        PROJECT / "docs" / "configuration.md": configuration_page.page(),
        PROJECT / "schemas" / "pulumi-stack.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n",
    }


def given_by(project: Mapping[str, Any]) -> Set[str]:
    """Keys that a Pulumi.yaml gives values to for every stack, so that no stack has to."""
    declared = project.get("config") or {}
    keys = [key for key, each in declared.items() if not isinstance(each, dict) or {"value", "default"} & {*each}]
    return {key if ":" in key else f"{project['name']}:{key}" for key in keys}


def _project() -> Mapping[str, Any]:
    project: Mapping[str, Any] = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"))
    return project
