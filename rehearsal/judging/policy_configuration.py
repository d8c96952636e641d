"""The configuration of a policy pack, read and completed as `pulumi up --policy-pack-config FILE` does it.

Source: pkg/resource/analyzer/config.go of Pulumi (parsePolicyPackConfig, ReconcilePolicyPackConfig).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rehearsal.errors import RehearsalError

LEVELS: Final = ("advisory", "mandatory", "remediate", "disabled")
_ALL: Final = "all"


class PolicyConfigurationError(RehearsalError):
    """A policy pack's configuration cannot be used; the message says what is wrong, and where."""


@dataclass(frozen=True)
class PolicyInfo:
    """What a pack says of one of its policies: its default level and the JSON schema of its configuration."""

    name: str
    level: str
    properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    required: Sequence[str] = ()


@dataclass(frozen=True)
class PolicyConfiguration:
    """Level (None: the policy's own) and configuration of one policy."""

    level: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


def read_policy_configuration(path: Path) -> dict[str, PolicyConfiguration]:
    """Read a JSON file that maps a policy's name (or `all`) to a level or to an object with `enforcementLevel`.

    Raises PolicyConfigurationError for a file that is no such mapping, naming the entry.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if text.strip() else {}
    except (OSError, ValueError) as error:
        raise PolicyConfigurationError(f"cannot read the policy configuration {path}: {error}") from error
    if not isinstance(content, dict):
        raise PolicyConfigurationError(f"{path} is not a JSON object of policy names")
    # "environments" names Pulumi ESC environments, not a policy.
    return {name: _entry(path, name, value) for name, value in content.items() if name != "environments"}


def _entry(path: Path, name: str, value: object) -> PolicyConfiguration:
    match value:
        case str():
            value = {"enforcementLevel": value}
        case dict():
            pass
        case _:
            raise PolicyConfigurationError(f"{path}: {name}: got {value!r}; give a level or an object")
    properties = {key: entry for key, entry in value.items() if key != "enforcementLevel"}
    level = value.get("enforcementLevel")
    if level is not None and level not in LEVELS:
        raise PolicyConfigurationError(
            f"{path}: {name}: {level!r} is not an enforcement level; allowed: {', '.join(LEVELS)}"
        )
    return PolicyConfiguration(level, properties)


def reconcile(
    policies: Sequence[PolicyInfo], *given: Mapping[str, PolicyConfiguration]
) -> dict[str, PolicyConfiguration]:
    """Complete the policies' defaults by each of `given` in turn (the pack's initial configuration, then the file).

    Raises PolicyConfigurationError for a policy that the pack does not have and for values outside a policy's schema.
    """
    result = {policy.name: PolicyConfiguration(policy.level, _defaults(policy)) for policy in policies}
    for configuration in given:
        if unknown := sorted(set(configuration) - set(result) - {_ALL}):
            raise PolicyConfigurationError(
                f"the pack has no policy {', '.join(unknown)}; it has {', '.join(sorted(result))}"
            )
        everywhere = configuration.get(_ALL, PolicyConfiguration()).level
        for name, before in result.items():
            own = configuration.get(name, PolicyConfiguration())
            level = own.level or everywhere or before.level
            result[name] = PolicyConfiguration(level, {**before.properties, **own.properties})
    if faults := [fault for policy in policies for fault in _faults(policy, result[policy.name].properties)]:
        raise PolicyConfigurationError("; ".join(sorted(faults)))
    return result


def _defaults(policy: PolicyInfo) -> dict[str, Any]:
    return {name: schema["default"] for name, schema in policy.properties.items() if "default" in schema}


def _faults(policy: PolicyInfo, properties: Mapping[str, Any]) -> list[str]:
    if not policy.properties and not policy.required:
        return []
    import jsonschema

    schema = {"type": "object", "properties": dict(policy.properties), "required": list(policy.required)}
    return [
        f"{policy.name}: {''.join(f'{part}: ' for part in error.absolute_path)}{error.message}"
        for error in jsonschema.Draft7Validator(schema).iter_errors(dict(properties))
    ]
