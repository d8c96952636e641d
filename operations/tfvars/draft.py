"""A stack in the making, and the variables that it is made of."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from operations.tfvars.file import TfvarsError
from operations.tfvars.variables import MODULE_DEFAULTS

_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Options:
    """What a file of variables does not say."""

    artifact_store: str = ""
    source: str = ""


@dataclass
class Draft:
    """A stack in the making; `left` says what is not carried over, `changed` what is, but not as it was."""

    name: str
    region: str = ""
    bucket: str = ""
    data_buckets: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    job: dict[str, Any] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """What the component takes of all that."""
        return self.job | {"bucket": self.bucket, "data_buckets": self.data_buckets, "tags": self.tags}


@dataclass(frozen=True)
class Variables:
    """The variables of a file, over the module's defaults; each is asked for by the type that it has there."""

    given: Mapping[str, Any]

    def __contains__(self, name: str) -> bool:
        return self.given.get(name) is not None

    def of(self, name: str, kind: type | tuple[type, ...]) -> Any:  # noqa: ANN401 - of the kind
        """A value, None where there is none.

        Raises:
            TfvarsError: it is of another type.
        """
        value = self.given.get(name)
        value = _converted(MODULE_DEFAULTS.get(name) if value is None else value, kind)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise TfvarsError(f"{name}: got a value of another type than the module's variable has; correct it there")
        return value


def _converted(value: Any, kind: type | tuple[type, ...]) -> Any:  # noqa: ANN401 - of whatever kind
    """A plain value as Terraform turns it into another kind, if it can: "2" into 2, "true" into true, 5 into "5"."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if isinstance(value, str) and bool in kinds:
        return {"true": True, "false": False}.get(value, value)
    if isinstance(value, str) and int in kinds and _NUMBER.fullmatch(value):
        return json.loads(value)
    return as_text(value) if isinstance(value, bool | int | float) and str in kinds else value


def as_text(value: Any) -> str:  # noqa: ANN401 - a text, number or truth value
    """A value as Terraform turns it into a text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
