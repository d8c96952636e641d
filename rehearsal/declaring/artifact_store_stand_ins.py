"""What stands in, where there is no AWS, for the artifact store that a preview asks AWS for.

One prefix for each tracking server or App, so that the permissions of jobs with several are judged apart. It is in the
stack's bucket: policies that name buckets would say of any other what may not be so of the true one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.artifact_stores import STORE
from components.mlflow_names import APP_TYPE, SERVER_TYPE

GET_RESOURCE: Final = "aws:cloudcontrol/getResource:getResource"
_PLACE: Final = "artifact-store-looked-up-at-deployment"
_KINDS: Final[Mapping[str, str]] = {APP_TYPE: "mlflow-app", SERVER_TYPE: "mlflow-tracking-server"}
"""CloudFormation type -> the part of its ARNs that tells what it is."""


@dataclass(frozen=True)
class Invoked:
    """A provider function that a program has called, with its arguments as the protocol has them."""

    token: str
    arguments: Mapping[str, Any]


def stand_in_answer(token: str, arguments: Mapping[str, Any], bucket: str | None) -> dict[str, Any] | None:
    """What stands in for Cloud Control's answer about a tracking server or App; None of anything else."""
    kind, identifier = _KINDS.get(str(arguments.get("typeName"))), str(arguments.get("identifier"))
    if token != GET_RESOURCE or kind is None:
        return None
    store = f"s3://{bucket or _PLACE}/{_PLACE}/{kind}/{identifier.rpartition('/')[2]}"
    return {"id": identifier, "identifier": identifier, "properties": json.dumps({STORE: store})}


def is_stand_in(store: object) -> bool:
    """Whether an artifact store is none of AWS's."""
    return isinstance(store, str) and re.match(rf"s3://[^/]+/{_PLACE}/", store) is not None


def stand_in_notes(invokes: Iterable[Invoked]) -> Iterator[str]:
    """A line for each tracking server or App whose artifact store a preview will look up."""
    for type_name, identifier in _asked(invokes):
        yield (
            f"tracking.artifact_store is not set for {_named(type_name, identifier)}: each preview and update asks AWS "
            f"where it keeps its artifacts. Here a prefix of the stack's bucket stands in for that, {_PLACE}/; whether "
            "policies and channels allow the true one, a preview shows"
        )


def unknown_store_notes(invokes: Iterable[Invoked]) -> Iterator[str]:
    """The same, where nothing stands in: what a deployed job writes there is left out."""
    for type_name, identifier in _asked(invokes):
        yield (
            f"tracking.artifact_store is not set for {_named(type_name, identifier)}, and what AWS said of it at "
            "deployment is among the stack's outputs only; without these, nothing is said of it"
        )


def without_stand_ins(exports: Mapping[str, Any]) -> dict[str, Any]:
    """A stack's exports, with no artifact store where it is not known."""
    return {name: _known(value) for name, value in exports.items()}


def _known(value: Any) -> Any:  # noqa: ANN401 - whatever a stack exports
    if not isinstance(value, Mapping):
        return value
    return {
        name: None if name == "artifact_store" and is_stand_in(each) else _known(each) for name, each in value.items()
    }


def _asked(invokes: Iterable[Invoked]) -> list[tuple[str, str]]:
    found = (
        (str(each.arguments.get("typeName")), str(each.arguments.get("identifier")))
        for each in invokes
        if each.token == GET_RESOURCE
    )
    return [each for each in dict.fromkeys(found) if each[0] in _KINDS]


def _named(type_name: str, identifier: str) -> str:
    return f"the {'App' if type_name == APP_TYPE else 'tracking server'} {identifier}"
