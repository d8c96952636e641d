"""Judge a request against the AWS service model before it is sent anywhere.

boto3 enforces only required members, types and minima; the embedded AWS enforces nearly nothing. The service model that
botocore ships says far more, and that is checked here: unknown members, enum values, patterns, minimum and maximum of
strings, numbers, lists and maps. The few rules that relate several members are in `request_rules`.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from rehearsal.requests.request_rules import RequestProblem, broken_rules
from rehearsal.requests.service_patterns import compile_pattern

__all__ = ["RequestProblem", "check_request", "shortened"]

_SHOWN_CHARACTERS: Final = 60
_SHOWN_ENUM_VALUES: Final = 6
# Somebody's own text, where a password may stand: environment variables, hyperparameters, the container's command.
_FREE_TEXT: Final = re.compile(r"(^|\.)(Environment|Container(Arguments|Entrypoint)|\w*Parameters)(?=[.\[]|$)")
_SCALARS: Final = (str, int, float, type(None))


def check_request(service: str, operation: str, request: Mapping[str, Any]) -> tuple[RequestProblem, ...]:
    """Find everything in `request` that the service would refuse; empty when there is nothing.

    Args:
        service: as boto3 names it (`sagemaker`).
        operation: as the API names it (`CreateTrainingJob`).
        request: the operation's input with the API's own member names, as boto3 or JSON holds it.

    Raises:
        ValueError: there is no such service or operation; the message says which are close.
        PatternError: the model holds a pattern that cannot be judged.

    """
    shape = _operation(service, operation).input_shape
    problems = [] if shape is None else list(_check(shape, request, ""))
    return (*problems, *broken_rules(service, operation, request))


@cache
def _service(service: str) -> ServiceModel:
    loader = Loader()
    known = loader.list_available_services("service-2")
    if service not in known:
        raise ValueError(f"no AWS service {service!r}; close: {', '.join(get_close_matches(service, known)) or 'none'}")
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


@cache
def _operation(service: str, operation: str) -> OperationModel:
    model = _service(service)
    if operation not in model.operation_names:
        close = ", ".join(get_close_matches(operation, model.operation_names)) or "none"
        raise ValueError(f"AWS service {service!r} has no operation {operation!r}; close: {close}")
    return model.operation_model(operation)


def shortened(value: object) -> str:
    """`repr` of a value, cut to one readable line."""
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def _check(shape: Shape, value: Any, path: str) -> Iterator[RequestProblem]:  # noqa: ANN401 - any JSON value
    if shape.type_name == "structure" and getattr(shape, "is_document_type", False):
        return
    expected, is_right, check = _KINDS[shape.type_name]
    if is_right(value):
        yield from check(shape, value, path)
    else:
        yield RequestProblem(path, _shown_with_type(shape, value, path), expected)


def _shown(shape: Shape, value: object, path: str) -> str:
    return "a value that is not shown" if _may_be_secret(shape, path) else shortened(value)


def _shown_with_type(shape: Shape, value: object, path: str) -> str:
    kind = type(value).__name__
    # Whatever stands for an object or a list, or is one, may hold such text further inside.
    may_hold_more = shape.type_name in {"structure", "list", "map"} or not isinstance(value, _SCALARS)
    return f"a value of type {kind}" if may_hold_more or _may_be_secret(shape, path) else f"{shortened(value)} ({kind})"


def _may_be_secret(shape: Shape, path: str) -> bool:
    return bool(shape.metadata.get("sensitive")) or _FREE_TEXT.search(path) is not None


def _check_structure(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[RequestProblem]:  # noqa: ANN401
    members = shape.members
    for name in shape.required_members:
        if name not in value:
            yield RequestProblem(_member(path, name), "nothing", "a value, because it is required")
    if shape.is_tagged_union and len(value) != 1:
        yield RequestProblem(path, shortened(sorted(value)), f"exactly one of {', '.join(members)}")
    for name, member in value.items():
        if name in members:
            yield from _check(members[name], member, _member(path, name))
        else:
            close = get_close_matches(name, members, n=3)
            allowed = f"a member of {shape.name}" + (f"; did you mean {' or '.join(close)}?" if close else "")
            yield RequestProblem(_member(path, name), "an unknown member", allowed)


def _check_list(shape: Any, value: list[Any], path: str) -> Iterator[RequestProblem]:  # noqa: ANN401
    yield from _check_range(shape, len(value), "item", path)
    for index, member in enumerate(value):
        yield from _check(shape.member, member, f"{path}[{index}]")


def _check_map(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[RequestProblem]:  # noqa: ANN401
    yield from _check_range(shape, len(value), "entry", path)
    for name, member in value.items():
        where = _member(path, str(name))
        # The key is part of every path: it is checked as text of no place in particular, which is shown.
        key_problems = [*_check(shape.key, name, "")]
        yield from (RequestProblem(where, f"the key {p.got}", p.allowed) for p in key_problems)
        yield from _check(shape.value, member, where)


def _check_string(shape: Any, value: str, path: str) -> Iterator[RequestProblem]:  # noqa: ANN401
    if shape.enum and value not in shape.enum:
        yield RequestProblem(path, _shown(shape, value, path), _enum_values(shape.enum, value))
        return
    too_long_or_short = [*_check_range(shape, len(value), "character", path)]
    yield from too_long_or_short
    pattern = shape.metadata.get("pattern")
    # A string of the wrong length nearly always misses the pattern too, and says so less clearly.
    if pattern and not too_long_or_short and compile_pattern(pattern).fullmatch(value) is None:
        yield RequestProblem(path, _shown(shape, value, path), f"a value that matches {pattern}")


def _check_number(shape: Shape, value: float, path: str) -> Iterator[RequestProblem]:
    yield from _check_range(shape, value, "", path)


def _check_nothing(shape: Shape, value: object, path: str) -> Iterator[RequestProblem]:  # noqa: ARG001
    yield from ()


def _check_range(shape: Shape, size: float, unit: str, path: str) -> Iterator[RequestProblem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is None or size >= least) and (most is None or size <= most):
        return
    if least is None or most is None:
        bounds = f"at most {most}" if least is None else f"at least {least}"
    else:
        bounds = f"{least} to {most}"
    if not unit:
        yield RequestProblem(path, shortened(size), bounds)
        return
    plural = {"entry": "entries"}.get(unit, f"{unit}s")
    yield RequestProblem(path, f"{size} {unit if size == 1 else plural}", f"{bounds} {plural}")


def _enum_values(values: list[str], got: str) -> str:
    if len(values) <= _SHOWN_ENUM_VALUES:
        return ", ".join(values)
    close = get_close_matches(got, values, n=3)
    if close:
        return f"one of {len(values)} values; did you mean {' or '.join(close)}?"
    return f"one of {len(values)} values such as {', '.join(values[:3])}"


def _member(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


_Kind = tuple[str, Callable[[object], bool], Callable[[Any, Any, str], Iterator[RequestProblem]]]
_KINDS: Final[dict[str, _Kind]] = {
    "structure": ("an object", lambda value: isinstance(value, Mapping), _check_structure),
    "list": ("a list", lambda value: isinstance(value, list | tuple), _check_list),
    "map": ("an object", lambda value: isinstance(value, Mapping), _check_map),
    "string": ("a string", lambda value: isinstance(value, str), _check_string),
    "character": ("a string", lambda value: isinstance(value, str), _check_string),
    "integer": ("an integer", _is_integer, _check_number),
    "long": ("an integer", _is_integer, _check_number),
    "float": ("a number", _is_number, _check_number),
    "double": ("a number", _is_number, _check_number),
    "boolean": ("true or false", lambda value: isinstance(value, bool), _check_nothing),
    "timestamp": ("a time", lambda value: isinstance(value, datetime | str | int | float), _check_nothing),
    "blob": ("bytes", lambda value: isinstance(value, bytes | bytearray | str), _check_nothing),
}
