"""The settings' models as types of a Pulumi schema: objects, enums, and what they are made of."""

import inspect
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel

from components.further_schedules import FIELD, OF_THE_JOB
from components.job_args import ScheduledTrainingJobArgs
from components.model_fields import bare, descriptions_of, is_model
from components.tracking_mode import NoneInWords
from provider.property_names import in_properties, property_name
from provider.scalar_defaults import scalar_default

Json = dict[str, Any]
ANYTHING: Final = {"$ref": "pulumi.json#/Any"}
_PLAIN: Final = {"plain": True}
"""Known when the program runs: at every depth, because what is plain outside alone takes outputs inside."""
_PRIMITIVES: Final = {str: "string", bool: "boolean", int: "integer", float: "number", datetime: "string"}


@dataclass(frozen=True)
class Form:
    """A form that models have in the schema; `prefix` is what the names of their types begin with."""

    prefix: str
    is_change: bool = False
    """Whether it says only what differs from another: then nothing is required, and nothing has a default."""


WHOLE: Final = Form("TrainingJob")
"""A word before the model's name: `Output` alone is one of Pulumi's own in several languages."""
CHANGED: Final = Form("FurtherSchedule", is_change=True)
"""What a further schedule changes of its job."""
_FURTHER: Final = f"{CHANGED.prefix}Job"
"""The whole of that: a type of the prefix alone would have, in Go, an `Output` that is the name of another."""


@dataclass(frozen=True)
class SchemaTypes:
    """Collects the types that properties need, by their tokens in `package`."""

    package: str
    found: Json = field(default_factory=dict)

    def properties(self, model: type[BaseModel], form: Form = WHOLE, owner: str = "") -> Json:
        """The properties of a model in a form; `owner` is the name of its type, "" where it has none."""
        return {
            property_name(name): self._property(model, name, form, owner)
            for name in model.model_fields
            if owner != _FURTHER or name not in OF_THE_JOB  # which a further schedule cannot change
        }

    def _property(self, model: type[BaseModel], name: str, form: Form, owner: str) -> Json:
        told = model.model_fields[name]
        spec = self._type(bare(told.annotation), CHANGED if name == FIELD else form, f"{owner}{capitalized(name)}")
        if any(isinstance(limit, NoneInWords) for limit in told.metadata):
            # Not plain itself: C# refuses a required plain union. Nor a choice: then Go would take the word alone.
            spec = {"oneOf": [spec, {"type": "string"} | _PLAIN]}
        spec["description"] = in_properties(descriptions_of(model)[name], ScheduledTrainingJobArgs)
        default = None if form.is_change else scalar_default(told)
        if default is not None:
            spec["description"] += f" Default: {json.dumps(default)}."  # no SDK shows the other one
            spec["default"] = default
        return spec

    def _type(self, annotation: Any, form: Form, name: str) -> Json:  # noqa: ANN401 - a type, in whatever form
        """The spec of a type, plain; `name` is what it is called if it is a choice."""
        return self._spec(annotation, form, name) | _PLAIN

    def _spec(self, annotation: Any, form: Form, name: str) -> Json:  # noqa: ANN401 - as above
        origin, arguments = get_origin(annotation), get_args(annotation)
        if annotation is Any:
            return dict(ANYTHING)
        if is_model(annotation):
            return self._object(annotation, form)
        if origin is Literal:
            # A choice is the same in every form.
            for prefix in (WHOLE.prefix, _FURTHER, CHANGED.prefix):
                name = name.removeprefix(prefix)
            name = WHOLE.prefix + name
            choices = [{"name": _enum_name(value), "value": value} for value in arguments]
            return self._reference(name, {"type": "string", "enum": choices})
        if origin is tuple:
            return {"type": "array", "items": self._type(bare(arguments[0]), form, name)}
        if origin is dict:
            return {"type": "object", "additionalProperties": self._type(bare(arguments[1]), form, name)}
        return {"type": _PRIMITIVES[annotation]}

    def _object(self, model: type[BaseModel], form: Form) -> Json:
        own = model.__name__.removesuffix("Spec").removeprefix("Training")
        name = _FURTHER if own == "ScheduledJobSettings" else form.prefix + own
        if self._token(name) not in self.found:
            summary = " ".join(inspect.cleandoc(model.__doc__ or "").split())
            spec: Json = {"type": "object", "description": in_properties(summary, ScheduledTrainingJobArgs)}
            self._reference(name, spec)
            spec["properties"] = self.properties(model, form, name)
            spec["required"] = [] if form.is_change else required(model)
        return {"$ref": f"#/types/{self._token(name)}"}

    def _reference(self, name: str, spec: Json) -> Json:
        self.found[self._token(name)] = spec
        return {"$ref": f"#/types/{self._token(name)}"}

    def _token(self, name: str) -> str:
        return f"{self.package}:index:{name}"


def required(model: type[BaseModel]) -> list[str]:
    """The properties without which there is no such object."""
    return [property_name(name) for name, told in model.model_fields.items() if told.is_required()]


def capitalized(setting: str) -> str:
    """`input_mode` -> `InputMode`."""
    return "".join(part.capitalize() for part in setting.split("_"))


def _enum_name(value: str) -> str:
    """A name that every language takes: `1.9-0` -> `V1_9_0`, `scikit-learn` -> `ScikitLearn`."""
    words = re.findall(r"\w+", value)
    return f"V{'_'.join(words)}" if value[0].isdigit() else "".join(word[0].upper() + word[1:] for word in words)
