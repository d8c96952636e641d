"""Pulumi's names of properties (`trainingImage`) for the settings' (`training_image`), and the way back."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from components.model_fields import bare, is_model, models_in

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def property_name(setting: str) -> str:
    """`volume_size_in_gb` -> `volumeSizeInGb`."""
    first, *others = setting.split("_")
    return first + "".join(part.capitalize() for part in others)


def settings_by_property(model: type[BaseModel]) -> dict[str, str]:
    """Property -> setting, of a model's own fields."""
    return {property_name(name): name for name in model.model_fields}


def property_path(location: Sequence[str], model: type[BaseModel]) -> str:
    """The way to a property as Pulumi writes it: `channels.training.s3Path`, `network.subnets[0]`, `tags["a b"]`."""
    path = ""
    annotation: Any = model
    for part in location:
        if is_model(annotation):
            path += f".{property_name(part)}"
            field = annotation.model_fields.get(part)
            annotation = bare(field.annotation) if field else None
        elif get_origin(annotation) is tuple:
            path += f"[{part}]"
            annotation = bare(get_args(annotation)[0])
        else:
            path += f".{part}" if _PLAIN_KEY.fullmatch(part) else f'["{part}"]'
            annotation = bare(get_args(annotation)[1]) if get_origin(annotation) is dict else None
    return path.removeprefix(".")


def in_properties(text: str, model: type[BaseModel]) -> str:
    """A sentence about settings, with Pulumi's names in place of the settings'."""
    return _setting_names(model).sub(lambda found: property_name(found.group()), text)


@cache
def _setting_names(model: type[BaseModel]) -> re.Pattern[str]:
    names = {name for each in models_in(model) for name in each.model_fields if "_" in name}
    return re.compile(rf"\b({'|'.join(sorted(names))})\b")


def field_type(model: type[BaseModel], name: str) -> Any:  # noqa: ANN401 - a type, in whatever form
    """The type of a field, without what it is annotated with."""
    return bare(model.model_fields[name].annotation)
