"""What the settings' pydantic models say of themselves: kinds of fields, descriptions, limits."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def bare(annotation: Any) -> Any:  # noqa: ANN401 - a type, in whatever form
    """A type without what it is annotated with, and without the None of a setting that may be absent."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        parts = [part for part in get_args(annotation) if part is not NoneType]
        return bare(parts[0]) if len(parts) == 1 else Union[tuple(parts)]  # noqa: UP007 - of a list of parts
    return annotation


def is_model(annotation: object) -> bool:
    """Whether values of the type are settings of a model."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def models_in(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A model and all that its fields lead to, each once."""
    found = {model: None}
    waiting = [model]
    while waiting:
        for field in waiting.pop().model_fields.values():
            for part in _types_in(field.annotation):
                if is_model(part) and part not in found:
                    found[part] = None
                    waiting.append(part)
    yield from found


def _types_in(annotation: object) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _types_in(part)


@cache
def texts_of(model: type[BaseModel]) -> dict[str, str]:
    """Field -> the text below it in the source."""
    texts: dict[str, str] = {}
    for part in reversed(model.__mro__):
        if is_model(part) and part is not BaseModel:
            texts |= dict(_texts_below_fields(part))
    return {name: texts.get(name, "") for name in model.model_fields}


@cache
def descriptions_of(model: type[BaseModel]) -> dict[str, str]:
    """Field -> the text below it in the source, and its limits."""
    return {
        name: " ".join(part for part in (text, limits_in_words(model.model_fields[name])) if part)
        for name, text in texts_of(model).items()
    }


def _texts_below_fields(model: type) -> Iterator[tuple[str, str]]:
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(node, ast.ClassDef)  # noqa: S101 - the source of a class is one
    for statement, following in zip(node.body, node.body[1:], strict=False):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(text.split())


def limits_of(field: FieldInfo) -> Iterator[object]:
    """What a field or, where it may be absent, its value is annotated with."""
    yield from field.metadata
    for part in get_args(field.annotation):
        yield from (limit for own in get_args(part) if isinstance(own, FieldInfo) for limit in own.metadata)


def limits_in_words(field: FieldInfo) -> str:
    """The numbers that a field or its length may reach, as a sentence; "" where there are none."""
    limits: dict[str, Any] = {}
    # What a list or a mapping is annotated with is about itself; of its entries that would be something else.
    own = limits_of(field) if not get_origin(bare(field.annotation)) else field.metadata
    for limit in own:
        limits |= {name: getattr(limit, name) for name in ("ge", "le", "max_length") if hasattr(limit, name)}
    if "ge" in limits or "le" in limits:
        if "le" not in limits:
            return f"At least {limits['ge']}."
        return f"{limits['ge']} to {limits['le']}." if "ge" in limits else f"At most {limits['le']}."
    if "max_length" in limits:
        unit = "characters" if bare(field.annotation) is str else "entries"
        return f"At most {limits['max_length']} {unit}."
    return ""
