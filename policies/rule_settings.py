"""The settings of a rule: which it has, and what a configuration makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from configuration import EXEMPTIONS, UNRELATED, mistakes, with_defaults
from documents import DOCUMENT_TYPES
from findings import Finding
from resources import NotApplicable, Resource, plain
from rule import About, ResourceRule
from statements import matches
from target_input import SCHEDULE, training_schedule

Settings = tuple[Mapping[str, Any], Sequence[Finding]]
SettingsReader = Callable[[Mapping[str, Any]], Settings]


def settings_schema(rule: About) -> dict[str, dict[str, Any]]:
    """Write the JSON schema of every setting that a rule has."""
    common = {"exemptions": dict(EXEMPTIONS)}
    if isinstance(rule, ResourceRule) and rule.types & DOCUMENT_TYPES:
        common["unrelated"] = dict(UNRELATED)
    return {name: dict(entry) for name, entry in rule.config.items()} | common


def settings_reader(schema: Mapping[str, Mapping[str, Any]]) -> SettingsReader:
    """Make a reader of settings that checks only what has changed: the SDK hands over the same for each resource."""
    last: tuple[Any, Settings] | None = None

    def read(config: Mapping[str, Any]) -> Settings:
        nonlocal last
        known = last
        if known is None or (known[0] is not config and known[0] != config):
            given = plain(config, inputs=False)
            known = last = (config, (with_defaults(schema, given), mistakes(schema, given)))
        return known[1]

    return read


def is_unrelated(resource: Resource, settings: Mapping[str, Any]) -> bool:
    """Tell whether a rule's settings declare a resource unrelated to training; a schedule of training jobs never is."""
    if resource.type == SCHEDULE and not isinstance(resource.read_by(training_schedule), NotApplicable):
        return False
    return any(matches(name, resource.name) for name in settings.get("unrelated", ()))
