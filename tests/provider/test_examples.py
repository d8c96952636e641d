"""The examples in other languages say the same."""

from pathlib import Path
from typing import Any

import yaml

EXAMPLE = Path(__file__).parents[2] / "examples" / "typescript"


def test_the_typescript_example_has_the_inputs_of_the_yaml_example(inputs: dict[str, Any]) -> None:
    program = (EXAMPLE / "index.ts").read_text()

    literal = program.partition('"readmission", ')[2].partition(");")[0]

    assert yaml.safe_load(literal) == inputs  # an object literal of these values is a flow mapping in YAML


def test_both_name_the_plugin_of_this_repository() -> None:
    for language in ("typescript", "yaml"):
        project = yaml.safe_load((EXAMPLE.parent / language / "Pulumi.yaml").read_text())
        address = EXAMPLE.parent / language / project["packages"]["scheduled-training"]
        assert (address / "PulumiPlugin.yaml").is_file()
