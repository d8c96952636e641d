"""Which setting somebody means who writes one that there is not: by its name, its place, and the value that it has."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal, get_origin

from pydantic import BaseModel

from .model_fields import bare, is_model

_ALMOST_THE_SAME: Final = 0.75
"""Likeness of two names, from 0 to 1, of which one is the other misspelt."""


def parts_with(name: str, model: type[BaseModel]) -> list[str]:
    """The settings of a model that have one of that name in them: those that it was probably written beside."""
    parts = ((each, bare(told.annotation)) for each, told in model.model_fields.items())
    return [each for each, kind in parts if is_model(kind) and name in kind.model_fields]


def may_be_meant(unknown: str, setting: str, model: type[BaseModel], given: Mapping[str, Any]) -> bool:
    """Whether an unknown setting may be a certain one of the model, which is absent.

    It is the one that it almost is called like, or that has such a one in it; else any that takes such a value. A name
    that is no text (`on`, `5`) is `given` under no such name: it may be any.
    """
    close = get_close_matches(unknown, model.model_fields, n=1, cutoff=_ALMOST_THE_SAME)
    if close and close[0] not in given:
        return setting == close[0]
    if not close and (parts := parts_with(unknown, model)):
        return setting in parts
    return _takes(bare(model.model_fields[setting].annotation), given.get(unknown))


def _takes(kind: Any, value: object) -> bool:  # noqa: ANN401 - a type, in whatever form
    """Whether a value may have been meant for a setting of this type, if perhaps in another form."""
    if value is None or isinstance(value, str):
        return True
    if isinstance(value, bool | int | float):
        return not is_model(kind) and get_origin(kind) not in {dict, tuple, Literal}
    if isinstance(value, Mapping):
        if is_model(kind):
            return any(get_close_matches(str(name), kind.model_fields, n=1, cutoff=_ALMOST_THE_SAME) for name in value)
        return get_origin(kind) is dict
    return get_origin(kind) is tuple
