"""The JSON schema of stack files, for editors and for whoever has no Python at hand.

Pydantic writes what its models say: types, limits, patterns, choices. Here are added: the texts below the fields, the
hyperparameters of the training code, the file around the settings, encrypted values, and what may be left out because
it is laid over something else.

Of stack files in the form that Pulumi writes, the schema refuses nothing that the models accept. What follows from
several settings together it does not know.
"""

import copy
import re
from collections.abc import Iterator, Mapping, Set
from typing import Any, Final

from pydantic import BaseModel

from components import job_defaults
from components.further_schedules import FIELD, OF_THE_JOB
from components.model_fields import descriptions_of, models_in
from reference.training_code import Entries
from settings import PROJECT_NAMESPACE, Settings

Json = dict[str, Any]
SECURE: Final = "EncryptedValue"
CHANGE: Final = "Change"
"""End of the name of a form in which nothing is required: it is laid over another, and `null` takes something out."""
_JOB: Final = "TrainingJobSettings"
_FURTHER: Final = "ScheduledJobSettings"
_REGION: Final = "aws:region"
_DEFAULTS: Final = f"{PROJECT_NAMESPACE}:{job_defaults.FIELD}"
_JOBS: Final = f"{PROJECT_NAMESPACE}:training_jobs"
_WORDS: Final = r"A-Za-z0-9_\u0080-\uffff"
"""What `\\w` means to the models, inside of brackets: to JavaScript, in which editors match, it means ASCII only."""


def stack_schema(hyperparameters: Entries, given: Set[str] = frozenset()) -> Json:
    """The schema of `Pulumi.<stack>.yaml`; `given` are the keys that the project has values of for every stack."""
    told = Settings.model_json_schema()
    definitions = {name: _cleaned(part) for name, part in told["$defs"].items()}
    models = {model.__name__: model for model in models_in(Settings)}
    for name, part in definitions.items():
        _describe(part, models[name])
    settings = _cleaned({"properties": told["properties"], "required": told["required"]})
    _describe(settings, Settings)
    definitions[_JOB]["properties"]["hyperparameters"]["properties"] = {
        each["name"]: {"description": _of_hyperparameter(each)} for each in hyperparameters
    }
    definitions |= _changes(definitions)
    for part in definitions.values():
        _allow_encrypted(part)
    definitions[SECURE] = _ENCRYPTED
    keys = {f"{PROJECT_NAMESPACE}:{name}": part for name, part in settings["properties"].items() if name != "stack"}
    keys[_REGION] = keys.pop(f"{PROJECT_NAMESPACE}:region")
    keys[_DEFAULTS] = {"description": keys[_DEFAULTS]["description"], "allOf": [_reference(_JOB + CHANGE)]}
    _allow_encrypted({"properties": keys})
    required = {_REGION, *(f"{PROJECT_NAMESPACE}:{name}" for name in settings["required"])} & keys.keys()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A stack of scheduled training jobs",
        "description": "Pulumi.<stack>.yaml of the project scheduled-training.",
        "type": "object",
        "properties": {
            "config": {
                "description": "The stack's settings, by namespace and name.",
                "type": "object",
                "properties": keys,
                "required": sorted(required - given),
                **_forms_of_jobs(keys, is_shared=_DEFAULTS in given),
                "patternProperties": {rf"^(?!{PROJECT_NAMESPACE}:|{_REGION}$)[^:]+:.+$": {"description": _OTHERS}},
                "additionalProperties": False,
            },
            **_OF_PULUMI,
        },
        "required": [] if required <= given else ["config"],
        "additionalProperties": False,
        "definitions": dict(sorted(definitions.items())),
    }


def _forms_of_jobs(keys: Json, *, is_shared: bool) -> Json:
    """Where there are defaults, a job needs to say nothing; `is_shared`: where every stack has them."""
    whole = keys[_JOBS]
    changes = copy.deepcopy(whole) | {
        "patternProperties": {pattern: _reference(_JOB + CHANGE) for pattern in whole["patternProperties"]}
    }
    if is_shared:
        keys[_JOBS] = changes
        return {}
    keys[_JOBS] = {"description": whole["description"], "type": "object"}
    return {
        "if": {"required": [_DEFAULTS]},
        "then": {"properties": {_JOBS: changes}},
        "else": {"properties": {_JOBS: whole}},
    }


def _reference(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


_OTHERS: Final = "A setting of another namespace, which its provider or library reads."
_ENCRYPTED: Final = {
    "description": "A value that Pulumi has encrypted (`pulumi config set --secret --path`).",
    "type": "object",
    "properties": {"secure": {"description": "The encrypted value.", "type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}
_OF_PULUMI: Final = {
    name: {"description": text} | ({"type": "string"} if name != "environment" else {})
    for name, text in {
        "secretsprovider": "What encrypts the stack's secrets; Pulumi writes it.",
        "encryptedkey": "The key of the stack's secrets, encrypted; Pulumi writes it.",
        "encryptionsalt": "The salt of the stack's passphrase; Pulumi writes it.",
        "environment": "Environments of Pulumi ESC whose values the stack takes; a check cannot read them.",
    }.items()
}
"""Source: Pulumi's `ProjectStack`, sdk/go/common/workspace/project.go."""


def _cleaned(part: Any) -> Any:  # noqa: ANN401 - any JSON
    """What pydantic wrote, as editors like it: no titles, no `null` to be filled in, no name that slips through."""
    if isinstance(part, list):
        return [_cleaned(each) for each in part]
    if not isinstance(part, dict):
        return part
    cleaned: Json = {
        key: {name: _cleaned(each) for name, each in value.items()} if key == "properties" else _cleaned(value)
        for key, value in part.items()
        if key != "title" and not (key == "default" and value in (None, {}, []))
    }
    if "$ref" in cleaned:  # what stands beside a reference, draft 7 does not see
        reference = {"$ref": cleaned.pop("$ref").replace("#/$defs/", "#/definitions/")}
        cleaned = {"allOf": [reference], **cleaned} if cleaned else reference
    if "patternProperties" in cleaned:
        patterns = cleaned["patternProperties"].items()
        cleaned["patternProperties"] = {_portable(pattern): value for pattern, value in patterns}
        cleaned["additionalProperties"] = False
    if isinstance(cleaned.get("pattern"), str):
        cleaned["pattern"] = _portable(cleaned["pattern"])
    return cleaned


def _portable(pattern: str) -> str:
    """The same for Python, Rust and JavaScript."""
    inside = re.sub(r"\[[^\]]*\]", lambda found: found[0].replace(r"\w", _WORDS), pattern)
    return inside.replace(r"\w", f"[{_WORDS}]")


def _describe(part: Json, model: type[BaseModel]) -> None:
    """Give each property the text of its field, and the object its model's."""
    part["description"] = " ".join((model.__doc__ or "").split())
    for name, text in descriptions_of(model).items():
        part["properties"][name] = {"description": text} | _referring(part["properties"][name])


def _referring(spec: Json) -> Json:
    return {"allOf": [spec]} if "$ref" in spec else spec


def _of_hyperparameter(entry: Mapping[str, Any]) -> str:
    default = "none" if entry["default"] is None else str(entry["default"])
    return f"{entry['text']} Allowed: {entry['allowed']}. Default: {default}. Of the training code that comes along."


def _changes(definitions: Mapping[str, Json]) -> dict[str, Json]:
    """The forms in which parts of a job are laid over another."""
    found: dict[str, Json] = {}
    for name in _reached(definitions, _JOB):
        part = copy.deepcopy(definitions[name])
        part.pop("required", None)
        part["properties"] = {
            setting: _or_null(_renamed(spec))
            for setting, spec in part["properties"].items()
            if name != _FURTHER or setting not in OF_THE_JOB
        }
        found[name + CHANGE] = part
    further = {"required": ["schedule"], "properties": {"schedule": {"required": ["expression"]}}}
    by_name = definitions[_JOB]["properties"][FIELD]["patternProperties"]
    for pattern in by_name:
        by_name[pattern] = {"allOf": [_reference(_FURTHER + CHANGE), further]}
    return found


def _reached(definitions: Mapping[str, Json], start: str) -> list[str]:
    found = [start]
    for name in found:  # which grows meanwhile
        found += [each for each in _references(definitions[name]) if each not in found]
    return found


def _references(part: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)


def _renamed(part: Any) -> Any:  # noqa: ANN401 - any JSON
    """References to changes of the same parts, and no defaults: what is not said is the other's."""
    if isinstance(part, list):
        return [_renamed(each) for each in part]
    if not isinstance(part, dict):
        return part
    renamed = {key: _renamed(value) for key, value in part.items() if key != "default"}
    return renamed | ({"$ref": f"{part['$ref']}{CHANGE}"} if "$ref" in part else {})


def _or_null(spec: Json) -> Json:
    text = {"description": spec["description"]} if "description" in spec else {}
    own = {key: value for key, value in spec.items() if key != "description"}
    return {**text, "anyOf": [own, {"type": "null"}]}


def _allow_encrypted(part: Json) -> None:
    """Any text may be an encrypted one."""
    for key in ("properties", "patternProperties"):
        for name, spec in part.get(key, {}).items():
            part[key][name] = _or_encrypted(spec)
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), dict):
            part[key] = _or_encrypted(part[key])
    for key in ("anyOf", "allOf"):
        for spec in part.get(key, ()):
            _allow_encrypted(spec)


def _or_encrypted(spec: Json) -> Json:
    _allow_encrypted(spec)
    if spec.get("type") != "string":
        texts = [each for each in spec.get("anyOf", ()) if each.get("type") == "string"]
        if texts:
            spec["anyOf"].append(_reference(SECURE))
        return spec
    kept: Json = {key: spec.pop(key) for key in ("description", "default") if key in spec}
    return {**kept, "anyOf": [spec, _reference(SECURE)]}
