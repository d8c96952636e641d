"""The package's schema: every setting is in it as the models have it, and it keeps Pulumi's rules."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

from components.job_args import ScheduledTrainingJobArgs
from components.job_settings import ScheduledJobSettings
from components.model_fields import bare, is_model, models_in
from components.scheduled_training_job import OUTPUTS
from provider.property_names import property_name, settings_by_property
from provider.schema import package_schema
from tests.provider.engine_stand_in import COMPONENT, Plugin, schema_of

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
SCHEMA = package_schema(PROJECT["version"])
RESOURCE = SCHEMA["resources"][COMPONENT]
OBJECTS = {"component": RESOURCE["inputProperties"]} | {
    token: spec["properties"] for token, spec in SCHEMA["types"].items() if spec["type"] == "object"
}
PROPERTIES = [(owner, name, spec) for owner, found in OBJECTS.items() for name, spec in found.items()]
TOKEN = re.compile(r"[a-zA-Z][-a-zA-Z0-9_]*:([^0-9][a-zA-Z0-9._/-]*)?:[^0-9][a-zA-Z0-9._/]*")
"""Source: Pulumi's metaschema, `token`."""
ANY = "pulumi.json#/Any"
RESERVED = {"id", "urn", "pulumi", "provider", "version", "parent", "__meta"}


def types_in(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield spec
    for key in ("items", "additionalProperties"):
        if key in spec:
            yield from types_in(spec[key])
    for part in spec.get("oneOf", ()):
        yield from types_in(part)


def objects_by_model() -> dict[type, dict[str, Any]]:
    """Each model's object type, which has as many properties as the model has fields, under their names."""
    found: dict[type, dict[str, Any]] = {ScheduledTrainingJobArgs: OBJECTS["component"]}
    for model in models_in(ScheduledTrainingJobArgs):
        for name, field in model.model_fields.items():
            if property_name(name) in found[model]:
                spec, inner = found[model][property_name(name)], bare(field.annotation)
                if get_origin(inner) is dict:
                    spec, inner = spec["additionalProperties"], bare(get_args(inner)[1])
                elif get_origin(inner) is tuple:
                    spec, inner = spec["items"], bare(get_args(inner)[0])
                if is_model(inner):
                    references = [part.get("$ref", "").removeprefix("#/types/") for part in types_in(spec)]
                    (reference,) = [each for each in references if each in OBJECTS]
                    found.setdefault(inner, OBJECTS[reference])
    return found


BY_MODEL = {model: spec for model, spec in objects_by_model().items() if model is not ScheduledJobSettings}
FIELDS = [
    pytest.param(model, name, spec[property_name(name)], id=f"{model.__name__}.{name}")
    for model, spec in BY_MODEL.items()
    for name in model.model_fields  # type: ignore[attr-defined] # a model, of which the type is not told
]
CHANGES = {token: spec for token, spec in SCHEMA["types"].items() if ":FurtherSchedule" in token}


def test_every_model_is_an_object_with_its_fields_and_no_others() -> None:
    models = set(models_in(ScheduledTrainingJobArgs)) - {ScheduledJobSettings}

    assert {model: set(spec) for model, spec in BY_MODEL.items()} == {
        model: set(settings_by_property(model)) for model in models
    }
    assert len(BY_MODEL) + len(CHANGES) == len(OBJECTS)


def test_what_a_further_schedule_changes_needs_nothing_and_has_no_defaults() -> None:
    own = SCHEMA["types"]["scheduled-training:index:FurtherScheduleJob"]["properties"]

    of_the_job = {"source", "executionRoleArn", "permissionsBoundaryArn", "alarms"}
    assert set(own) == set(settings_by_property(ScheduledJobSettings)) - of_the_job
    assert len(CHANGES) > 5
    for spec in CHANGES.values():
        assert spec["required"] == []
        assert [name for name, each in spec["properties"].items() if "default" in each] == []


@pytest.mark.parametrize(("model", "name", "spec"), FIELDS)
def test_a_property_has_the_default_and_the_choices_of_its_field(
    model: type[Any], name: str, spec: dict[str, Any]
) -> None:
    field = model.model_fields[name]
    choices = get_args(bare(field.annotation)) if get_origin(bare(field.annotation)) is Literal else None
    enum = SCHEMA["types"].get(spec.get("$ref", "").removeprefix("#/types/"), {}).get("enum")
    plain_default = field.default if isinstance(field.default, str | int | float) else None

    assert spec.get("default") == plain_default
    told = f" Default: {json.dumps(plain_default)}."
    assert spec["description"].endswith(told) is (plain_default is not None)
    assert (tuple(entry["value"] for entry in enum) if enum else None) == choices


@pytest.mark.parametrize(("model", "name", "spec"), FIELDS)
def test_a_property_says_what_it_is(model: type[Any], name: str, spec: dict[str, Any]) -> None:
    text = spec["description"]

    assert len(text) > 15
    assert text.endswith((".", "?"))
    assert not [setting for setting in model.model_fields if "_" in setting and re.search(rf"\b{setting}\b", text)]


def test_limits_are_part_of_a_description() -> None:
    assert OBJECTS["scheduled-training:index:TrainingJobResources"]["volumeSizeInGb"]["description"] == (
        "The storage of each machine. 1 to 16384. Default: 30."
    )


def test_what_a_model_needs_is_required_and_nothing_else() -> None:
    required = {COMPONENT: RESOURCE["requiredInputs"]}
    assert required[COMPONENT] == [
        *("trainingImage", "resources", "channels", "output", "tracking", "schedule", "bucket"),
    ]
    assert SCHEMA["types"]["scheduled-training:index:TrainingJobSchedule"]["required"] == ["expression"]


def test_every_type_is_of_one_kind_and_every_reference_leads_somewhere() -> None:
    for owner, name, spec in PROPERTIES:
        for part in types_in(spec):
            kinds = {"$ref", "oneOf"} & part.keys() or {"type"} & part.keys()
            assert len(kinds) == 1, f"{owner} {name}"
            if part.get("$ref", ANY) != ANY:
                assert part["$ref"].removeprefix("#/types/") in SCHEMA["types"], f"{owner} {name}"
            if part.get("type") == "array":
                assert "items" in part


def test_names_are_those_that_pulumi_takes() -> None:
    assert [token for token in [*SCHEMA["types"], *SCHEMA["resources"]] if not TOKEN.fullmatch(token)] == []
    assert [name for _, name, _ in PROPERTIES if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", name)] == []
    assert RESERVED.isdisjoint(name for name in [*OBJECTS["component"], *RESOURCE["properties"]])
    enums = [spec["enum"] for spec in SCHEMA["types"].values() if "enum" in spec]
    assert [each["name"] for enum in enums for each in enum if not re.fullmatch(r"[A-Z]\w*", each["name"])] == []


def test_tracking_is_an_object_or_the_word_none() -> None:
    assert OBJECTS["component"]["tracking"]["oneOf"] == [
        {"$ref": "#/types/scheduled-training:index:TrainingJobTracking", "plain": True},
        {"type": "string", "plain": True},
    ]


def test_all_inputs_are_plain_at_every_depth() -> None:
    open_ones = [
        (name, part.keys()) for _, name, spec in PROPERTIES for part in types_in(spec) if not part.get("plain")
    ]

    assert open_ones == [("tracking", {"oneOf", "description"})] * 2  # whose parts are plain


def test_all_outputs_are_those_of_the_component() -> None:
    assert set(RESOURCE["properties"]) == {*map(property_name, OUTPUTS), "furtherSchedules"}
    assert set(RESOURCE["properties"]) - set(RESOURCE["required"]) == {
        *("artifactStore", "experimentName", "registeredModelName", "trackingUri", "furtherSchedules"),
        *("alarmTopicArn", "alarmMachineArn", "dashboardName"),
    }


@pytest.mark.slow
def test_the_plugin_serves_this_schema(plugin: Plugin) -> None:
    assert schema_of(plugin) == SCHEMA
    assert (SCHEMA["name"], SCHEMA["version"]) == ("scheduled-training", PROJECT["version"])
