"""Every setting of a stack as plain values: its path, its type, its default, what is allowed, what it is."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel

from components.model_fields import bare, is_model, limits_in_words, texts_of
from components.setting_problems import example_of
from settings import Settings

JOB: Final = "training_jobs.<name>"
_FROM_ENGINE: Final = frozenset({"stack"})
_KINDS: Final = {str: "text", bool: "true or false", int: "whole number", float: "number", datetime: "date and time"}
_REQUIRED: Final = "required"
_NONE: Final = "none"


@dataclass(frozen=True)
class Setting:
    """One setting, in words; `path` begins below `training_jobs.<name>` for those of a job."""

    path: str
    kind: str
    default: str
    allowed: str
    text: str


@dataclass(frozen=True)
class Group:
    """The settings of one model, where they stand (`` for the job or the stack itself), and what the model says."""

    path: str
    text: str
    settings: tuple[Setting, ...]


def stack_groups() -> list[Group]:
    """The settings that a stack has for all its jobs."""
    return [group for group in _groups(Settings, "") if not group.path.startswith(JOB)]


def job_groups() -> list[Group]:
    """The settings of one job, its own first, then those of each part; paths begin below the job."""
    model = _model_in(bare(Settings.model_fields["training_jobs"].annotation))
    assert model is not None  # noqa: S101 - the field's type has one
    return list(_groups(model, ""))


def _groups(model: type[BaseModel], path: str) -> Iterator[Group]:
    """The group of a model, and those of the models that its fields lead to."""
    names = [name for name in model.model_fields if name not in _FROM_ENGINE]
    prefix = f"{path}." if path else ""
    summary = " ".join(inspect.cleandoc(model.__doc__ or "").split())
    yield Group(path, summary, tuple(_setting(model, name, prefix) for name in names))
    for name in names:
        annotation = bare(model.model_fields[name].annotation)
        inner = _model_in(annotation)
        # A job's further schedules have the settings of the job once more.
        if inner is not None and not issubclass(model, inner):
            yield from _groups(inner, f"{prefix}{name}" + (".<name>" if get_origin(annotation) is dict else ""))


def _setting(model: type[BaseModel], name: str, prefix: str) -> Setting:
    field = model.model_fields[name]
    annotation = bare(field.annotation)
    allowed = [_choices(annotation), limits_in_words(field).rstrip(".")]
    if example := example_of(name):
        allowed.append(f"such as `{example}`")
    path = "aws:region" if (model, name) == (Settings, "region") else f"{prefix}{name}"
    words = ", ".join(part[:1].lower() + part[1:] for part in allowed if part)
    return Setting(path, _kind(annotation), _default(model, name), words, texts_of(model)[name])


def _kind(annotation: Any) -> str:  # noqa: ANN401 - a type, in whatever form
    origin, arguments = get_origin(annotation), get_args(annotation)
    if is_model(annotation):
        return "mapping"
    if origin is dict:
        inner = bare(arguments[1])
        return f"mapping of names to {_plural(inner)}"
    if origin is tuple:
        return f"list of {_plural(bare(arguments[0]))}"
    if origin is Literal:
        return "text"
    return _KINDS.get(annotation, "any value")


def _plural(annotation: Any) -> str:  # noqa: ANN401 - as above
    return {str: "texts", float: "numbers", int: "whole numbers"}.get(
        annotation, "mappings" if is_model(annotation) else "values"
    )


def _choices(annotation: Any) -> str:  # noqa: ANN401 - as above
    return ", ".join(f"`{value}`" for value in get_args(annotation)) if get_origin(annotation) is Literal else ""


def _default(model: type[BaseModel], name: str) -> str:
    """A default as the page writes it; of a part that has settings of its own, theirs are told there."""
    field = model.model_fields[name]
    if field.is_required():
        return _REQUIRED
    value = field.default
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, str | int):
        return f"`{value}`"
    if isinstance(value, float):
        return f"`{value:g}`"
    if value in (None, {}, ()) or not isinstance(value, dict | BaseModel):
        return _NONE if field.default_factory is None else "as below"
    return "as below" if isinstance(value, BaseModel) else "those of `train.py`"


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - as above
    """The model that settings of a type are of, or those in a mapping of them."""
    for part in (annotation, *map(bare, get_args(annotation))):
        if is_model(part):
            return part  # type: ignore[no-any-return] # a type, of which is_model tells
    return None
