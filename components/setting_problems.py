"""What is wrong with a setting, in the words of somebody who writes YAML: setting path, value got, values allowed."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from .fitting import FittingModel
from .meant_settings import parts_with
from .model_fields import limits_of
from .setting_cures import NAME_IN_WORDS, cure_of, name_like
from .shown_names import shown_name

_ALLOWED: Final = {
    "string_pattern_mismatch": "text that matches {pattern}",
    "literal_error": "{expected}",
    "string_type": "text (in quotes, if it looks like a number, true or false)",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping of names to values",
    "tuple_type": "a list",
    "float_type": "a number",
    "finite_number": "a number",
    "string_too_short": "at least {min_length} character",
    "string_too_long": "at most {max_length} characters",
    "too_short": "at least {min_length} entry",
    "too_long": "at most {max_length} entries",
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
        "a date and time with its time zone, such as 2026-01-31T03:00:00Z",
    ),
}
"""Pydantic's error type -> what may stand there, in the words of somebody who writes YAML."""
_EXAMPLES: Final = {
    "app": "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-ABCDEFGHIJKL",
    "bucket": "ml-platform-staging-ml-bucket",
    "email": "ml-oncall@example.com",
    "execution_role_arn": "arn:aws:iam::123456789012:role/training",
    "further_schedules": "weekly",
    "instance_type": "ml.m5.large",
    "kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d",
    "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/boundary",
    "region": "us-east-1",
    "repository_credentials_provider_arn": "arn:aws:lambda:us-east-1:123456789012:function:registry-credentials",
    "security_group_ids": "sg-0123456789abcdef0",
    "subnets": "subnet-0a1b2c3d4e5f60718",
    "topic_arn": "arn:aws:sns:us-east-1:123456789012:ml-oncall",
    "training_jobs": "breast-cancer",
    "uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1.0",
}
"""Setting -> a value that its pattern takes."""
_MAY_HOLD_SECRETS: Final = frozenset({"arguments", "entrypoint", "environment"})
_CREDENTIALS: Final = re.compile(r"(//|^(?=[^/\s]*:(?!//))).*@(?!sha256:)", re.DOTALL)
"""User name and password of a URI, also without its scheme, whatever stands in the password; no digest of an image."""
_QUERY: Final = re.compile(r"(://[^?#]*[?#]).+", re.DOTALL)
"""Query and fragment of a URI."""
_SHOWN_BITS: Final = 1024
"""Of whole numbers: Python refuses to write very large ones."""
_OUT_OF_RANGE: Final = frozenset({"greater_than_equal", "less_than_equal"})


@dataclass(frozen=True)
class Problem:
    """What is wrong with a setting, in a sentence.

    `location` are the names on the way to it, of which the last may hold dots; none for several settings together.
    """

    location: tuple[str, ...]
    text: str

    @classmethod
    def at(cls, path: str, text: str) -> "Problem":
        """Of a setting, or of one inside it, whose name may hold dots: `channels`, `channels.training`."""
        return cls(tuple(path.split(".", 1)), text)

    def __str__(self) -> str:
        return f"{'.'.join(self.location)}: {self.text}" if self.location else self.text


@dataclass(frozen=True)
class ProblemWriter:
    """Turns pydantic's errors about a model into lines for people.

    `root` is the model of all settings, `namespace` the project's in the YAML. `from_engine` are fields that no setting
    fills. `secret` are top-level settings whose values are not shown.
    """

    root: type[BaseModel]
    namespace: str = ""
    from_engine: frozenset[str] = frozenset()
    secret: frozenset[str] = frozenset()

    def describe(self, detail: ErrorDetails) -> list[str]:
        """The lines of one pydantic error: setting path, value got, values allowed."""
        if not detail["loc"]:  # of the whole stack: each line names its setting itself
            return [f"  {self.namespace}:{line}" for line in _message(detail).splitlines()]
        problem = self.problem(detail)
        return [f"  {'aws' if problem.location == ('region',) else self.namespace}:{problem}"]

    def problem(self, detail: ErrorDetails) -> Problem:
        """One pydantic error: setting path, value got, values allowed."""
        message = _message(detail)
        path = [shown_name(part) for part in detail["loc"] if part != "[key]"]
        if not path:
            return Problem((), message)
        setting = tuple(path)
        if detail["type"] == "missing":
            return Problem(setting, "is required and not set")
        if detail["type"] == "extra_forbidden":
            return Problem(setting, f"unknown setting; {self.known_settings(path, detail['input'])}")
        if detail["type"] == "value_error" and path[0] in self.secret:
            message = "it is not allowed, and why would show a part of the secret"
        elif detail["type"] == "value_error" and isinstance(detail["input"], Mapping):
            return Problem(setting, message)  # about several settings: the message has their values
        allowed, cure = self._allowed(detail, path, message), self._cure(detail, path)
        return Problem(setting, f"got {self._got(detail, path)}; {allowed}{f'; {cure}' if cure else ''}")

    def _got(self, detail: ErrorDetails, path: list[str]) -> str:
        shown = self._shown(detail["input"], path)
        # Nothing is handed over by the engine as an empty text.
        return "nothing" if shown == "''" and detail["type"] in {"dict_type", "model_type"} else shown

    def _cure(self, detail: ErrorDetails, path: list[str]) -> str:
        """How the value has to be written, "" where that is not known; it shows no more than the message does."""
        shown, value = self._shown(detail["input"], path), detail["input"]
        if shown == "(hidden)":
            return ""
        if value is None and self._may_be_empty(path):
            return "write {} for none of them"
        is_shown = isinstance(value, str) and shown == repr(value)
        return cure_of(detail["type"], value, path[-1], tuple(self._fields_at(path)) if is_shown else ())

    def _allowed(self, detail: ErrorDetails, path: list[str], message: str) -> str:
        if detail["type"] == "model_type":
            return f"allowed: a mapping with the settings {', '.join(self._fields_at(path))}"
        if detail["type"] in _OUT_OF_RANGE:
            return f"allowed: {self._range_at(path, detail['ctx'])}"
        if detail["type"] not in _ALLOWED:
            return message
        is_named = path[:-1] == ["training_jobs"] or path[-2:-1] == ["further_schedules"]
        if is_named and detail["type"] == "string_pattern_mismatch":
            return f"allowed: {NAME_IN_WORDS}, such as {name_like(path[-1]) or _EXAMPLES[path[-2]]}"
        allowed = "allowed: " + _ALLOWED[detail["type"]].format(**detail.get("ctx", {}))
        name = path[-2] if path[-1].isdigit() or is_named else path[-1].removeprefix("volume_")
        is_pattern = detail["type"] == "string_pattern_mismatch" and name in _EXAMPLES
        return f"{allowed}, such as {_EXAMPLES[name]}" if is_pattern else allowed

    def _range_at(self, path: list[str], crossed: Mapping[str, object]) -> str:
        """The numbers that a setting takes: pydantic tells only of the limit that was crossed (`ge` or `le`)."""
        model = self._model_at(path[:-1])
        field = model.model_fields.get(path[-1]) if model else None
        declared = list(limits_of(field)) if field else []
        limits = dict(crossed) | {
            name: getattr(limit, name) for limit in declared for name in ("ge", "le") if hasattr(limit, name)
        }
        if "le" not in limits:
            return f"{limits['ge']} or more"
        return f"{limits['ge']} to {limits['le']}" if "ge" in limits else f"{limits['le']} or less"

    def _shown(self, value: object, path: list[str]) -> str:
        """A value for a message: shortened, and hidden where it may be a secret."""
        if path[0] in self.secret or not _MAY_HOLD_SECRETS.isdisjoint(path):
            return "(hidden)"
        if isinstance(value, Mapping):
            return f"a mapping of {len(value)}"
        if isinstance(value, Sequence) and not isinstance(value, str):
            return f"a list of {len(value)}"
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if isinstance(value, str):
            value = _QUERY.sub(r"\1***", _CREDENTIALS.sub(r"\1***@", value))
        if isinstance(value, int) and value.bit_length() > _SHOWN_BITS:
            return "a number of hundreds of digits"
        text = repr(value)
        return text if len(text) <= 120 else f"{text[:117]}…"

    def known_settings(self, path: list[str], value: object = None) -> str:
        """What may stand where an unknown setting was found, and what was probably meant."""
        known = sorted(set(self._fields_at(path[:-1])) - self.from_engine)
        close = difflib.get_close_matches(path[-1], known, n=1)
        meant = f"did you mean {close[0]!r}? " if close else self._place_of(path, value)
        return f"{meant}allowed: {', '.join(known)}"

    def _place_of(self, path: list[str], value: object) -> str:
        """Where a setting belongs that stands in another place; "" where nobody knows."""
        if not (model := self._model_at(path[:-1])):
            return ""
        if parts := parts_with(path[-1], model):
            return f"did you mean {' or '.join(f'{part}.{path[-1]}' for part in parts)}? write it below that; "
        if isinstance(value, Mapping):
            for name, field in model.model_fields.items():
                inner = _model_in(field.annotation) if get_origin(field.annotation) is dict else None
                if inner and len(value.keys() & inner.model_fields.keys()) > 1:
                    return f"did you mean {name}.{path[-1]}? write it below {name}, further to the right; "
        return ""

    def _may_be_empty(self, path: list[str]) -> bool:
        """Whether a mapping without a setting may stand there."""
        model = self._model_at(path)
        if model is None or issubclass(model, FittingModel):
            return False
        return not any(field.is_required() for field in model.model_fields.values())

    def _fields_at(self, path: list[str]) -> list[str]:
        """Names of the fields of the model that a path of settings leads to."""
        model = self._model_at(path)
        return list(model.model_fields) if model else []

    def _model_at(self, path: list[str]) -> type[BaseModel] | None:
        """The model that a path of settings leads to."""
        model: type[BaseModel] | None = self.root
        is_key = False  # of a mapping whose values are that model, and which may be called like one of its fields
        for part in path:
            if is_key or model is None or part not in model.model_fields:
                is_key = False
                continue
            annotation = model.model_fields[part].annotation
            model, is_key = _model_in(annotation), get_origin(annotation) is dict
        return model


def _message(detail: ErrorDetails) -> str:
    return detail["msg"].removeprefix("Value error, ")


def example_of(setting: str) -> str:
    """A value that a setting of this name takes, where its pattern says little; else ""."""
    return _EXAMPLES.get(setting.removeprefix("volume_"), "")


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
