"""All that is wrong with settings at once: faults of single settings, and of those that do not fit each other.

Pydantic judges how settings fit only where each of them is right by itself, so that one typing mistake would hide all
of that, and the next mistake would come to light after it is mended. Here the same rules are judged over models that
lack what is wrong; a rule that asks for it ends there, so whatever is told does not depend on what is wrong
(docs/adr/0062).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import new_class
from typing import Annotated, Any, Final, get_args, get_origin

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from .fitting import FittingModel, PartlyKnown, UnjudgedError
from .meant_settings import may_be_meant
from .model_fields import bare, is_model

Location = tuple[int | str, ...]
_WRONG: Final = object()
"""Stands for a value that is not known, because it is wrong."""
_NAME: Final = "[key]"
"""Where pydantic says that a name of a mapping is wrong, instead of its value."""


@dataclass(frozen=True)
class JointFaults:
    """Pydantic's errors and those across settings that it did not come to; `known` lacks what is wrong.

    Whoever asks `known` for a setting that it lacks gets an UnjudgedError.
    """

    details: list[ErrorDetails]
    known: Any


def joint_faults(
    model: type[BaseModel],
    values: Mapping[str, Any],
    error: ValidationError,
    context: object,
) -> JointFaults:
    """Everything that is wrong with the values of a model, of which pydantic found the errors that are given."""
    # Pydantic finds a list of invalid entries too short as well; these are reported themselves.
    details = [found for found in error.errors() if found["type"] != "too_short" or not found["input"]]
    search = _Search(context)
    known = search.model(model, values, [found["loc"] for found in details], ())
    return JointFaults([*details, *search.found], known)


@dataclass(frozen=True)
class _Search:
    context: object
    found: list[ErrorDetails] = field(default_factory=list)

    def model(self, model: type[BaseModel], values: object, wrong: Sequence[Location], at: Location) -> Any:  # noqa: ANN401
        """A model that lacks what is wrong; `wrong` are places below `at`, which is the model's own."""
        fits = () not in wrong
        if not isinstance(values, Mapping) or (not fits and _is_judged_whole(model) and at):
            return _WRONG
        known = {name: self._field(model, name, values, wrong, at) for name in model.model_fields}
        made = _without(model, known, {str(name) for name in values})
        return made if not fits or self._is_judged(made, values, at) or not at else _WRONG

    def _is_judged(self, made: BaseModel, values: Mapping[str, Any], at: Location) -> bool:
        """Whether rules across the model's settings leave it to its parent's; what they find is told."""
        if not isinstance(made, FittingModel):
            return True
        try:
            made.require_fit()
        except UnjudgedError:
            pass
        except ValueError as fault:
            # In pydantic's words, by which those of a further schedule are known to be its job's.
            self.found.append({"type": "value_error", "loc": at, "msg": f"Value error, {fault}", "input": values})
        else:
            return True
        return not made.is_judged_whole

    def _field(
        self, model: type[BaseModel], name: str, values: Mapping[str, Any], wrong: Sequence[Location], at: Location
    ) -> Any:  # noqa: ANN401 - of whatever setting
        inside = [place[1:] for place in wrong if place[:1] == (name,)]
        if inside:
            return self._part(model, name, values.get(name), inside, (*at, name))
        if name in values:
            return self._valid(model, name, values[name])
        unknown = {str(place[0]) for place in wrong if place and place[0] not in model.model_fields}
        if any(may_be_meant(each, name, model, values) for each in unknown):
            return _WRONG
        told = model.model_fields[name]
        default = told.get_default(call_default_factory=True, validated_data={})
        return self._valid(model, name, default) if told.validate_default else default

    def _part(self, model: type[BaseModel], name: str, value: object, wrong: Sequence[Location], at: Location) -> Any:  # noqa: ANN401 - of whatever setting
        """What is known of a setting that has something wrong in it."""
        annotation = bare(model.model_fields[name].annotation)
        if is_model(annotation):
            return self.model(annotation, value, wrong, at)
        if () in wrong:
            return _WRONG
        if get_origin(annotation) is dict and isinstance(value, Mapping):
            return self._entries(model, name, value, wrong, at)
        if get_origin(annotation) is tuple and isinstance(value, list | tuple):
            return self._items(model, name, value, wrong, at)
        return _WRONG

    def _entries(
        self, model: type[BaseModel], name: str, value: Mapping[Any, Any], wrong: Sequence[Location], at: Location
    ) -> PartlyKnown:
        kind = bare(get_args(bare(model.model_fields[name].annotation))[1])
        below = _by_first(wrong)
        if self._is_too_long(model, name, value, at):
            return PartlyKnown({}, has_wrong_names=True)
        parts = {
            key: self.model(kind, value[key], below[key], (*at, key)) if is_model(kind) else _WRONG
            for key in value
            if key in below and not any(place[:1] == (_NAME,) for place in below[key])
        }
        misnamed = {
            key: self.model(kind, value[key], [place for place in below[key] if place != (_NAME,)], (*at, key))
            for key in value
            if is_model(kind) and (_NAME,) in below.get(key, ())
        }
        others = {key: each for key, each in value.items() if key not in below}
        good = self._valid(model, name, others) if others else {}
        every = {} if good is _WRONG else good | {key: each for key, each in parts.items() if each is not _WRONG}
        known = {key: every[key] for key in value if key in every}
        lacking = tuple(key for key in value if key in parts and key not in known)
        return PartlyKnown(
            known,
            lacking,
            good is _WRONG or len(known) + len(lacking) < len(value),
            {key: each for key, each in misnamed.items() if each is not _WRONG},
        )

    def _is_too_long(self, model: type[BaseModel], name: str, value: Mapping[Any, Any], at: Location) -> bool:
        """Pydantic does not count entries of which some are wrong."""
        limits = (each.max_length for each in model.model_fields[name].metadata if isinstance(each, MaxLen))
        if (most := min(limits, default=len(value))) >= len(value):
            return False
        self.found.append(
            {"type": "too_long", "loc": at, "msg": "", "input": value, "ctx": {"max_length": most}},
        )
        return True

    def _items(
        self, model: type[BaseModel], name: str, value: Sequence[Any], wrong: Sequence[Location], at: Location
    ) -> Any:  # noqa: ANN401 - a tuple, or what stands for none
        kind = bare(get_args(bare(model.model_fields[name].annotation))[0])
        below = _by_first(wrong)
        if not is_model(kind):
            return _WRONG
        others = [each for place, each in enumerate(value) if place not in below]
        valid = self._valid(model, name, others) if others else ()
        if valid is _WRONG:
            return _WRONG
        good = iter(valid)
        items = tuple(
            self.model(kind, each, below[place], (*at, place)) if place in below else next(good)
            for place, each in enumerate(value)
        )
        return _WRONG if any(each is _WRONG for each in items) else items

    def _valid(self, model: type[BaseModel], name: str, value: object) -> Any:  # noqa: ANN401 - of whatever setting
        try:
            return _adapter(model, name).validate_python(value, context=self.context)
        except ValidationError:  # what is left of a list or a mapping may be less than it takes
            return _WRONG


def _is_judged_whole(model: type[BaseModel]) -> bool:
    return not issubclass(model, FittingModel) or model.is_judged_whole


def _by_first(places: Sequence[Location]) -> defaultdict[Any, list[Location]]:
    below: defaultdict[Any, list[Location]] = defaultdict(list)
    for first, *rest in places:
        below[first].append(tuple(rest))
    return below


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    """Validates one field as its model does."""
    told = model.model_fields[name]
    annotated: Any = told.annotation
    for limit in told.metadata:
        annotated = Annotated[annotated, limit]
    own = is_model(told.annotation)
    return TypeAdapter(annotated, config=None if own else ConfigDict(strict=bool(model.model_config.get("strict"))))


def _without(model: type[BaseModel], known: Mapping[str, Any], given: set[str]) -> BaseModel:
    """A model of the fields that are known."""
    lacking = [name for name, value in known.items() if value is _WRONG]
    made = (_lacking(model) if lacking else model).model_construct(given & set(known), **known)
    for name in lacking:
        del made.__dict__[name]
    return made


@cache
def _lacking(model: type[BaseModel]) -> type[BaseModel]:
    """The model, for which it is no programmer's mistake to be asked for a field that it lacks."""

    def __getattr__(_: BaseModel, name: str) -> Any:  # noqa: ANN401, N807 - Python's own name
        if name in model.model_fields:
            raise UnjudgedError
        raise AttributeError(name)

    namespace = {"__getattr__": __getattr__, "__module__": __name__, "model_config": ConfigDict(defer_build=True)}
    made: type[BaseModel] = new_class(model.__name__, (model,), exec_body=lambda body: body.update(namespace))
    return made
