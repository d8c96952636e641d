"""From the inputs of a program in any language to settings: names, numbers, and what is not known yet."""

import difflib
from collections.abc import Mapping
from typing import Any, Final, get_args, get_origin

import pulumi
from pulumi.output import Unknown
from pydantic import BaseModel

from components.further_schedules import FIELD
from components.model_fields import bare, is_model
from components.setting_problems import Problem
from provider.property_names import field_type, settings_by_property
from provider.scalar_defaults import is_default

NOT_PLAIN = (
    "comes from another resource, or is a secret; allowed: a value that is known when the program runs and is no "
    "secret, so that the whole job is judged at the first preview; write it out"
)
Location = tuple[str, ...]
UNPLAIN: Final = object()
"""Stands for a value that is not plain. No setting takes it: so what depends on it is known to be not known."""


def plain_settings(inputs: Mapping[str, Any], model: type[BaseModel]) -> tuple[dict[str, Any], list[Problem]]:
    """Settings as the model takes them, and what is wrong with the inputs before it is asked.

    That stays among the settings as something that the model refuses at the same place.
    """
    problems: list[Problem] = []
    return _settings(inputs, model, (), problems), problems


def _settings(
    values: Mapping[str, Any], model: type[BaseModel], location: Location, problems: list[Problem]
) -> dict[str, Any]:
    by_property = settings_by_property(model)
    is_further = location[:1] == (FIELD,)
    found: dict[str, Any] = {}
    for name, value in values.items():
        setting = by_property.get(name)
        if setting is None:
            close = difflib.get_close_matches(name, by_property, n=1)
            meant = f"did you mean {close[0]!r}? " if close else ""
            text = f"unknown property; {meant}allowed: {', '.join(sorted(by_property))}"
            problems.append(Problem((*location, name), text))
            if name not in model.model_fields:  # there it would be taken for the setting of that name
                found[name] = value
        elif value is not None or is_further:  # null: as if it were absent; there, it takes a setting out
            plain = _value(value, field_type(model, setting), (*location, setting), problems)
            # In a further schedule a default stays: there an absent setting means the job's value.
            if is_further or not is_default(plain, model.model_fields[setting]):
                found[setting] = plain
    return found


def _value(value: Any, kind: Any, location: Location, problems: list[Problem]) -> Any:  # noqa: ANN401 - any value
    if isinstance(value, pulumi.Output | Unknown | pulumi.Resource | pulumi.Asset | pulumi.Archive):
        problems.append(Problem(location, NOT_PLAIN))
        return UNPLAIN
    if isinstance(value, Mapping) and is_model(kind):
        return _settings(value, kind, location, problems)
    if isinstance(value, Mapping):
        inner = bare(get_args(kind)[1]) if get_origin(kind) is dict else None
        return {name: _value(each, inner, (*location, str(name)), problems) for name, each in value.items()}
    if isinstance(value, list):
        inner = bare(get_args(kind)[0]) if get_origin(kind) is tuple else None
        return [_value(each, inner, (*location, str(place)), problems) for place, each in enumerate(value)]
    # The protocol has one kind of number.
    return int(value) if isinstance(value, float) and value.is_integer() else value
