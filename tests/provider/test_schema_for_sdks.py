"""What the makers of SDKs need of the schema, language by language, without any of them at hand."""

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from provider.schema import package_schema
from tests.provider.engine_stand_in import COMPONENT
from tests.provider.test_schema import PROPERTIES, SCHEMA

NAMES: Final = [token.rpartition(":")[2] for token in SCHEMA["types"]]
ENUMS: Final = {token: spec["enum"] for token, spec in SCHEMA["types"].items() if "enum" in spec}
OBJECTS: Final = {token: spec for token, spec in SCHEMA["types"].items() if "enum" not in spec}
RESOURCE: Final = SCHEMA["resources"][COMPONENT]
GO_MAKES: Final = ("", "Array", "Map", "Ptr")
"""What Pulumi's generator for Go puts behind a type's name, before `Input` or `Output`."""
OF_JAVAS_OBJECTS: Final = {"getClass", "hashCode", "equals", "toString", "notify", "notifyAll", "wait", "clone"}
LANGUAGES: Final = {"nodejs": "index.ts", "python": "pulumi_scheduled_training/__init__.py"}
"""Language whose plugin comes with the CLI -> a file of its SDK."""


def references(value: Any) -> list[str]:  # noqa: ANN401 - any part of a schema
    if isinstance(value, list):
        return [each for part in value for each in references(part)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [each for part in value.values() for each in references(part)]


def named_like(token: str, name: str) -> bool:
    return token.rpartition(":")[2] == name[0].upper() + name[1:]


def test_every_reference_leads_to_a_type_and_every_type_is_referred_to() -> None:
    own = {each.removeprefix("#/types/") for each in references(SCHEMA) if each.startswith("#/")}

    assert own == set(SCHEMA["types"])
    assert {each for each in references(SCHEMA) if not each.startswith("#/")} == {"pulumi.json#/Any"}


def test_names_of_types_differ_in_more_than_their_case() -> None:
    assert [name for name, count in Counter(map(str.lower, NAMES)).items() if count > 1] == []


def test_no_type_has_a_name_that_go_makes_of_another() -> None:
    ends = [kind + end for kind in GO_MAKES for end in ("Input", "Output")]
    made = {name + end for name in [*NAMES, "ScheduledTrainingJob"] for end in [*ends, "Args"]}

    assert made & set(NAMES) == set()


@pytest.mark.parametrize("token", ENUMS)
def test_a_choice_has_names_that_every_language_takes(token: str) -> None:
    names = [each["name"] for each in ENUMS[token]]

    assert len(set(map(str.lower, names))) == len(names)
    assert len({each["value"] for each in ENUMS[token]}) == len(names)
    assert [name for name in names if not re.fullmatch(r"([A-Z][A-Za-z0-9]*|V[0-9]+(_[0-9]+)*)", name)] == []


def test_a_choice_is_one_type_wherever_it_stands() -> None:
    choices = [tuple(each["value"] for each in spec) for spec in ENUMS.values()]

    assert [values for values, count in Counter(choices).items() if count > 1] == []


def test_no_property_has_a_name_that_a_language_keeps_for_itself() -> None:
    own = {*RESOURCE["inputProperties"], *RESOURCE["properties"]}

    assert own & {"id", "urn"} == set()
    assert {name for _, name, _ in PROPERTIES} & OF_JAVAS_OBJECTS == set()
    assert [name for _, name, _ in PROPERTIES if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name)] == []


def test_no_property_has_the_name_of_its_type_which_c_sharp_refuses() -> None:
    found = [(token, name) for token, spec in OBJECTS.items() for name in spec["properties"] if named_like(token, name)]

    assert found == []


@pytest.mark.parametrize("spec", [*OBJECTS.values(), RESOURCE], ids=[*OBJECTS, COMPONENT])
def test_what_is_required_is_there_has_no_default_and_is_named_once(spec: dict[str, Any]) -> None:
    properties = spec.get("inputProperties", spec["properties"])
    needed = spec.get("requiredInputs", spec["required"])

    assert len(set(needed)) == len(needed)
    assert set(needed) <= set(properties)
    assert [name for name in needed if "default" in properties[name]] == []


def test_no_sdk_is_told_to_fill_in_what_nobody_wrote() -> None:
    assert [(owner, name) for owner, name, spec in PROPERTIES if "default" in spec] == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cli_makes_an_sdk_of_it(language: str, tmp_path: Path) -> None:
    cli = shutil.which("pulumi")
    if cli is None or shutil.which(f"pulumi-language-{language}") is None:
        pytest.skip(f"pulumi and pulumi-language-{language} are not on PATH: no SDK to make")
    (tmp_path / "schema.json").write_text(json.dumps(package_schema("0.1.0")))
    command = [cli, "package", "gen-sdk", "schema.json", "--language", language, "--out", "sdks"]
    environ = {"PATH": str(Path(cli).parent), "HOME": str(tmp_path), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120, env=environ)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sdks" / language / LANGUAGES[language]).is_file()
    assert "warning" not in (done.stdout + done.stderr).lower()
