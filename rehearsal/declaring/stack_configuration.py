"""Read the configuration of a stack from `Pulumi.yaml` and `Pulumi.<stack>.yaml` as the Pulumi engine reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.declaring.engine_scalars import as_name, as_text, whole
from rehearsal.declaring.engine_yaml import load_yaml
from rehearsal.errors import RehearsalError
from rehearsal.sealed_environment import ACCOUNT_ID

_DECLARATION_KEYS: Final = frozenset({"type", "description", "secret", "default", "value", "items"})
_CURES_OF_YAML: Final = {
    r"found character '\t'": "YAML takes blanks alone in front of a line: replace each tab by blanks",
    "found undefined alias": "put a text that begins with '*' into quotes; or define the anchor, with '&', above it",
    "mapping values are not allowed here": "put a text that has ': ' in it into quotes; or indent the line like those "
    "beside it",
    "that cannot start any token": "put a text that begins with this character into quotes",
    "could not find expected ':'": "write NAME: VALUE, and indent the line like those beside it",
    "expected ',' or '}'": "put a text that has '?', ',' or a brace in it into quotes, where it stands in braces",
    "expected ',' or ']'": "put a text that has ',' or a bracket in it into quotes, where it stands in brackets",
    "expected <block end>": "indent the line like those beside it",
    "can't decode byte": "save the file as UTF-8",
}
"""What PyYAML says of a mistake -> what cures it."""
_EXECUTION_ROLE: Final = r'"execution_role_arn":"arn:[a-z-]+:iam::(\d{12}):role/'
"""In the engine's text of a setting. A role can be passed within its account only, so the stack is of that account."""


class StackConfigurationError(RehearsalError):
    """A project or stack file cannot be used; the message says which file, what is wrong and the cure."""


@dataclass(frozen=True)
class StackConfiguration:
    """What the engine tells a program: the names of project and stack, the folders, and `namespace:key` values.

    Values are texts; structured ones are JSON, as `pulumi.Config.require_object` expects.
    """

    project: str
    stack: str
    project_dir: Path
    program_dir: Path
    values: Mapping[str, str]

    @property
    def account_id(self) -> str:
        """The account that the stack is taken to be of: an existing execution role's, else the rehearsal's own."""
        told = [self.values.get(f"{self.project}:{setting}", "") for setting in ("training_jobs", "defaults")]
        found = re.search(_EXECUTION_ROLE, "\n".join(told))
        return found.group(1) if found else ACCOUNT_ID


def read_stack_configuration(project_dir: Path, stack: str) -> StackConfiguration:
    """Read the project in `project_dir` with the values of `stack` over its defaults.

    Raises StackConfigurationError for a file that is missing or no YAML mapping, for an environment or an encrypted
    value (neither can be had offline), and for a value that is declared without a default and not given.
    """
    project_path = project_dir / "Pulumi.yaml"
    project = _mapping(project_path)
    name = project.get("name")
    if not isinstance(name, str):
        raise StackConfigurationError(f"{project_path} has no project name: add `name: NAME`")
    stack_path = _stack_path(project_dir, project, stack)
    if not stack_path.exists():
        raise StackConfigurationError(
            f"there is no stack {stack!r} in {project_dir}: {stack_path.name} is missing; "
            f"stacks found: {', '.join(sorted(_stacks(stack_path.parent))) or 'none'}"
        )
    stack_file = _mapping(stack_path)
    if stack_file.get("environment"):
        raise StackConfigurationError(
            f"{stack_path} imports a Pulumi ESC environment, which cannot be read offline: "
            "write its values into the stack's `config:`"
        )
    _refuse_outside(stack_path, stack_file)
    defaults = dict(_declared(project, name))
    config = stack_file.get("config") or {}
    if not isinstance(config, dict):
        kind = "a list" if isinstance(config, list) else "a single value"
        raise StackConfigurationError(
            f"{stack_path} has {kind} as `config:`; allowed: a mapping, such as `aws:region: us-east-1` below it"
        )
    given = {_qualified(key, name): value for key, value in config.items()}
    values = {key: value for key, value in defaults.items() if value is not None} | given
    _refuse_secrets(stack_path, values)
    if missing := sorted(key for key in defaults if key not in values):
        raise StackConfigurationError(
            f"{stack_path} does not give {', '.join(missing)}, which {project_path} declares without a default: "
            "add it under `config:`"
        )
    program_dir = project_dir / str(project.get("main", "."))
    texts = {key: as_engine_text(value) for key, value in values.items()}
    return StackConfiguration(name, stack, project_dir, program_dir, texts)


def stack_file(project_dir: Path, stack: str) -> Path:
    """The file of a stack, which need not exist; raises StackConfigurationError for an unusable Pulumi.yaml."""
    return _stack_path(project_dir, _mapping(project_dir / "Pulumi.yaml"), stack)


def as_engine_text(value: object) -> str:
    """Turn a YAML value into the text that the engine hands to a program: JSON for a list or a mapping."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return as_text(value)
        case dict() | list():
            return json.dumps(_shortest(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        case _:
            return "" if value is None else str(value)


def _shortest(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Numbers as Go's JSON has them: whole floats as integers, and integers beyond 64 bits as floats."""
    match value:
        case dict():
            return {as_name(key): _shortest(entry) for key, entry in value.items()}
        case list():
            return [_shortest(entry) for entry in value]
        case int() | float() if not isinstance(value, bool):
            return whole(value)
        case _:
            return value


def _stack_path(project_dir: Path, project: Mapping[str, Any], stack: str) -> Path:
    return project_dir / str(project.get("stackConfigDir", ".")) / f"Pulumi.{stack}.yaml"


def _declared(project: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """Values or defaults of the project's own `config:`; None for one that each stack has to give."""
    config = project.get("config")
    for key, declaration in config.items() if isinstance(config, dict) else ():
        if isinstance(declaration, dict) and declaration and set(declaration) <= _DECLARATION_KEYS:
            yield _qualified(key, name), declaration.get("value", declaration.get("default"))
        else:
            yield _qualified(key, name), declaration


def _qualified(key: object, project: str) -> str:
    return str(key) if ":" in str(key) else f"{project}:{key}"


def _refuse_outside(path: Path, stack_file: Mapping[str, Any]) -> None:
    """Settings that stand beside `config:`: nothing reads them there."""
    if outside := [str(key) for key in stack_file if ":" in str(key)]:
        raise StackConfigurationError(
            f"{path} has settings outside of `config:`, where nothing reads them: {', '.join(outside)}; write them "
            "below `config:`, further to the right"
        )


def _refuse_secrets(path: Path, values: Mapping[str, Any]) -> None:
    if secrets := sorted(place for key, value in values.items() for place in _secrets_in(value, key)):
        raise StackConfigurationError(
            f"{path} holds encrypted values that cannot be decrypted offline: {', '.join(secrets)}; "
            "keep the value itself in AWS Secrets Manager or SSM and configure its name, or use `pulumi preview`"
        )


def _secrets_in(value: object, place: str) -> Iterator[str]:
    """Where encrypted values are."""
    if isinstance(value, dict) and set(value) == {"secure"}:
        yield place
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _secrets_in(part, f"{place}.{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _secrets_in(part, f"{place}.{number}")


def _stacks(folder: Path) -> Iterator[str]:
    for path in folder.glob("Pulumi.*.yaml"):
        yield path.name.removeprefix("Pulumi.").removesuffix(".yaml")


def _mapping(path: Path) -> dict[str, Any]:
    try:
        loaded = load_yaml(path.read_text(encoding="utf-8"), path.name)
    except FileNotFoundError as error:
        raise StackConfigurationError(f"{path} does not exist: name the folder of a Pulumi project") from error
    except OSError as error:
        raise StackConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StackConfigurationError(f"{path} is not YAML: {error}{_cure_of_yaml(str(error))}") from error
    except RecursionError as error:
        raise StackConfigurationError(f"{path} is nested too deeply to be read") from error
    if loaded is None:
        return {}  # as the engine takes a file without a setting
    if not isinstance(loaded, dict):
        raise StackConfigurationError(
            f"{path} is not a YAML mapping; allowed: `config:`, and the settings below it, further to the right"
        )
    return loaded


def _cure_of_yaml(problem: str) -> str:
    cure = next((cure for said, cure in _CURES_OF_YAML.items() if said in problem), "")
    return f"\n  {cure}" if cure else ""
