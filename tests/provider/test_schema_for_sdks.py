"""What the makers of SDKs need of the schema, language by language, without any of them at hand."""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from components.job_args import ScheduledTrainingJobArgs
from components.model_fields import models_in
from provider.schema import package_schema
from tests.provider.engine_stand_in import COMPONENT
from tests.provider.kept_names import KEYWORDS, OF_C_SHARP, OF_GO, OF_JAVA, OF_RESOURCES, OF_SDKS
from tests.provider.test_schema import PROPERTIES, SCHEMA

NAMES: Final = [token.rpartition(":")[2] for token in SCHEMA["types"]]
ENUMS: Final = {token: spec["enum"] for token, spec in SCHEMA["types"].items() if "enum" in spec}
OBJECTS: Final = {token: spec for token, spec in SCHEMA["types"].items() if "enum" not in spec}
RESOURCE: Final = SCHEMA["resources"][COMPONENT]
DESCRIPTIONS: Final = [
    *(spec["description"] for _, _, spec in PROPERTIES),
    *(spec["description"] for spec in [*OBJECTS.values(), *RESOURCE["properties"].values(), RESOURCE]),
]
GO_MAKES: Final = ("", "Array", "Map", "Ptr")
"""What Pulumi's generator for Go puts behind a type's name, before `Input` or `Output`."""
LANGUAGES: Final = {
    "nodejs": "types/input.ts",
    "python": "_inputs.py",
    "go": "pulumiTypes.go",
    "dotnet": "TrainingJobResourcesArgs.cs",
    "java": "TrainingJobResourcesArgs.java",
}
"""Language -> a file of its SDK that says what inputs are; the plugins of the first two come with the tests' CLI."""


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
    of_the_component = {*RESOURCE["inputProperties"], *RESOURCE["properties"]}
    names = {name for _, name, _ in PROPERTIES} | of_the_component

    assert of_the_component & OF_RESOURCES == set()
    assert names & (OF_JAVA | OF_C_SHARP | OF_GO | KEYWORDS) == set()
    assert [name for name in names if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name)] == []


def test_no_type_has_a_name_that_an_sdk_has_already() -> None:
    assert OF_SDKS & {*NAMES, COMPONENT.rpartition(":")[2]} == set()
    assert {f"{name}Args" for name in NAMES} & set(NAMES) == set()


@pytest.mark.parametrize("token", OBJECTS)
def test_no_two_properties_of_a_type_differ_in_their_case_alone(token: str) -> None:
    names = OBJECTS[token]["properties"]

    assert len({name.lower() for name in names}) == len(names)


def test_no_property_has_the_name_of_its_type_which_c_sharp_refuses() -> None:
    found = [(token, name) for token, spec in OBJECTS.items() for name in spec["properties"] if named_like(token, name)]

    assert found == []


def test_no_union_is_plain_and_none_has_a_choice_in_it() -> None:
    """C# begins a required plain union with `= null!`, which does not compile; Go makes text of one with a choice."""
    unions = [spec for _, _, spec in PROPERTIES if "oneOf" in spec]

    assert len(unions) == 2  # tracking, of the job and of a further schedule
    assert [spec for spec in unions if spec.get("plain")] == []
    assert [
        part for spec in unions for part in spec["oneOf"] if part.get("$ref", "").removeprefix("#/types/") in ENUMS
    ] == []


def test_no_description_ends_the_comment_that_it_becomes() -> None:
    # Java reads \\u in comments too.
    assert [text for text in DESCRIPTIONS if any(mark in text for mark in ("*/", "\\u", '"""', "\n"))] == []


@pytest.mark.parametrize("spec", [*OBJECTS.values(), RESOURCE], ids=[*OBJECTS, COMPONENT])
def test_what_is_required_is_there_has_no_default_and_is_named_once(spec: dict[str, Any]) -> None:
    properties = spec.get("inputProperties", spec["properties"])
    needed = spec.get("requiredInputs", spec["required"])

    assert len(set(needed)) == len(needed)
    assert set(needed) <= set(properties)
    assert [name for name in needed if "default" in properties[name]] == []


def test_go_fills_in_no_defaults_of_objects_which_would_not_compile() -> None:
    assert SCHEMA["language"]["go"]["disableObjectDefaults"] is True


def test_a_default_is_of_its_propertys_type() -> None:
    kinds = {"string": str, "boolean": bool, "integer": int, "number": float}
    wrong = []
    for owner, name, spec in PROPERTIES:
        if "default" in spec and "$ref" in spec:
            choices = [each["value"] for each in ENUMS[spec["$ref"].removeprefix("#/types/")]]
            wrong += [] if spec["default"] in choices else [(owner, name)]
        elif "default" in spec and type(spec["default"]) is not kinds[spec["type"]]:
            wrong.append((owner, name))

    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cli_makes_an_sdk_of_it(language: str, tmp_path: Path) -> None:
    (inputs,) = made_sdk(language, tmp_path).rglob(LANGUAGES[language])

    assert "How many machines; several grow one forest together, with Dask. 1 to 100. Default: 1." in inputs.read_text()


@pytest.mark.slow
def test_names_in_python_are_those_of_the_settings(tmp_path: Path) -> None:
    text = "".join(file.read_text() for file in made_sdk("python", tmp_path).rglob("*.py"))

    for model in models_in(ScheduledTrainingJobArgs):
        assert [name for name in model.model_fields if f"    def {name}(self)" not in text] == []


@pytest.mark.slow
def test_the_sdk_for_go_compiles(tmp_path: Path) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.skip("go is not on PATH: nothing to compile with")
    sdk = made_sdk("go", tmp_path)
    environ = {**os.environ, "GOFLAGS": "-mod=mod"}
    tidied = subprocess.run([go, "mod", "tidy"], cwd=sdk, capture_output=True, text=True, check=False, env=environ)
    if tidied.returncode:
        pytest.skip(f"Go's modules are not to be had: {tidied.stderr.strip()[-200:]}")
    done = subprocess.run([go, "vet", "./..."], cwd=sdk, capture_output=True, text=True, check=False, env=environ)

    assert done.returncode == 0, done.stderr


def made_sdk(language: str, directory: Path) -> Path:
    cli, plugin = shutil.which("pulumi"), shutil.which(f"pulumi-language-{language}")
    if cli is None or plugin is None:
        pytest.skip(f"pulumi and pulumi-language-{language} are not on PATH: no SDK to make")
    (directory / "schema.json").write_text(json.dumps(package_schema("0.1.0")))
    command = [cli, "package", "gen-sdk", "schema.json", "--language", language, "--out", "sdks"]
    path = f"{Path(cli).parent}:{Path(plugin).parent}"
    environ = {"PATH": path, "HOME": str(directory), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False, timeout=120, env=environ)

    said = [line for line in (done.stdout + done.stderr).splitlines() if "using pulumi-language-" not in line]

    if done.returncode and "dial tcp" in done.stderr:
        pytest.skip(f"what makes SDKs for {language} fetches a picture for them, and there is no network")
    assert done.returncode == 0, done.stderr
    assert [line for line in said if "warning" in line.lower()] == []
    return directory / "sdks" / language
