"""Whether a command line of the AWS CLI is one, by botocore's models, of which the CLI makes its commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from botocore import xform_name
from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.session import get_session

_GLOBAL: Final = {"--region", "--profile"}
_OWN: Final = {
    ("sso", "login"): set[str](),
    ("s3", "ls"): {"--recursive"},
    ("s3", "cp"): {"--recursive"},
}
"""The CLI's own commands, which no model has. Source: AWS CLI Command Reference."""
_SERVICES: Final = {"s3api": "s3"}
"""What the CLI calls otherwise than botocore."""


_RENAMED: Final = {("sns", "subscribe", "--endpoint"): "--notification-endpoint"}
"""Options that the CLI calls otherwise. Source: awscli/customizations/argrename.py."""


def faults(words: Sequence[str]) -> list[str]:
    """What is wrong with `SERVICE OPERATION --OPTION VALUE ...`, without the program's name."""
    service, name, *rest = words
    options = [word for word in rest if word.startswith("--")]
    if (service, name) in _OWN:
        return [f"there is no option {each}" for each in options if each not in _OWN[service, name] | _GLOBAL]
    operation = _operations(_SERVICES.get(service, service)).get(name)
    if operation is None:
        return [f"{service} has no {name}"]
    shape = operation.input_shape
    members = {_option(service, name, each): of for each, of in shape.members.items()} if shape else {}
    required = {_option(service, name, each) for each in shape.required_members} if shape else set()
    values = {option: value for option, value in pairwise([*rest, ""]) if option in members}
    return [
        *(f"{name} has no option {each}" for each in options if each not in members.keys() | _GLOBAL),
        *(f"{name} lacks {each}" for each in sorted(required - {*options})),
        *(fault for option, value in values.items() for fault in _in_value(members[option], value)),
    ]


def _option(service: str, operation: str, member: str) -> str:
    option = f"--{xform_name(member, '-')}"
    return _RENAMED.get((service, operation, option), option)


@cache
def _operations(service: str) -> dict[str, OperationModel]:
    model = get_session().get_service_model(service)
    return {xform_name(each, "-"): model.operation_model(each) for each in model.operation_names}


def _in_value(shape: Shape, value: str) -> Iterator[str]:
    """What is wrong with a value: one of an enumeration that it has not, or a member of a structure that is none."""
    allowed = dict(_allowed("", shape))
    for member, given in re.findall(r"(\w+)=([\w./-]*)", value) if not allowed.get("") else [("", value)]:
        if member not in allowed:
            yield f"there is no {member} in {value}"
        elif allowed[member] and given not in allowed[member]:
            yield f"{member or value} is none of {', '.join(allowed[member])}"


def _allowed(name: str, shape: Shape) -> Iterator[tuple[str, Sequence[str]]]:
    """Members within a shape, however deep, with the values of those that are enumerations."""
    if isinstance(shape, StructureShape):
        for member, inner in shape.members.items():
            yield from _allowed(member, inner)
    elif isinstance(shape, ListShape):
        yield name, ()
        yield from _allowed(name, shape.member)
    else:
        yield name, getattr(shape, "enum", ())
