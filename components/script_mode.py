"""What a job's script is told, and what is read from its lines: hyperparameters, environment, metric definitions.

Limits: SageMaker API, CreateTrainingJob; each is declared once, on the type it limits.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field

from .metric_expressions import metric_expression
from .program_texts import WHOLE, require_whole
from .reserved_names import RESERVED_ENVIRONMENT, RESERVED_HYPERPARAMETERS

HYPERPARAMETERS_MAX_COUNT: Final = 100
HYPERPARAMETER_MAX_LENGTH: Final = 2500
ENVIRONMENT_MAX_COUNT: Final = 100
ENVIRONMENT_VALUE_MAX_LENGTH: Final = 512
_LINE_BREAKS: Final = "\n\r\u0085\u2028\u2029"
"""What `.` does not match in the API's pattern of values, which is written for Java."""
_ONE_LINE: Final = r"^[^\n\r\u0085\u2028\u2029]+$"
DEFAULT_METRIC_DEFINITIONS: Final = {
    name: rf"{name}=(-?[0-9.]+)" if name == "validation:r2" else rf"{name}=([0-9.]+)"
    for name in (
        "validation:accuracy",
        "validation:balanced_accuracy",
        "validation:f1",
        "validation:roc_auc",
        "validation:log_loss",
        "validation:rmse",
        "validation:mae",
        "validation:r2",
        "training:trees",
    )
}
"""Name -> expression that picks the number out of a line that training_code prints, for classifiers and regressors."""

_SCALARS: Final = (str, int, float, type(None))  # a bool is an int
_NESTING_MAX: Final = 100
"""Ours, not the API's: readers of JSON give up at some depth, and Python's own does so at a few hundred."""
_TOO_LARGE: Final = 10**HYPERPARAMETER_MAX_LENGTH
"""The first whole number that has more digits than a value may have characters; Python writes none of 4,300."""
_ESCAPED_IN_JSON: Final = {ord(each): f"\\u{ord(each):04x}" for each in "\u0085\u2028\u2029"}
"""Line breaks that JSON may hold as they are, and the API not: it has the others escaped anyway."""


def _check_value(value: object) -> object:
    if _is_deeper_than(_NESTING_MAX, value):
        raise ValueError(f"allowed: lists and mappings inside each other up to {_NESTING_MAX} deep")
    if not _is_json(value):
        raise ValueError("allowed: text, a number, true, false, null, and lists and mappings of these")
    if not _is_whole(value):
        raise ValueError("allowed: text of whole characters; half a surrogate pair is none, in no encoding")
    return require_whole(value) if isinstance(value, str) else value


def _is_deeper_than(most: int, value: object) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(most == 0 or _is_deeper_than(most - 1, part) for part in parts if isinstance(part, list | dict))


def _is_json(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_json(part) for name, part in value.items())
    if isinstance(value, int) and abs(value) >= _TOO_LARGE:
        raise ValueError(f"allowed: whole numbers of at most {HYPERPARAMETER_MAX_LENGTH} digits")
    return isinstance(value, _SCALARS)


def _is_whole(value: object) -> bool:
    """Whether all text can be encoded; pydantic sees to it only where it knows that something is text."""
    if isinstance(value, list):
        return all(map(_is_whole, value))
    if isinstance(value, dict):
        return all(_is_whole(name) and _is_whole(part) for name, part in value.items())
    return not isinstance(value, str) or not any("\ud800" <= each <= "\udfff" for each in value)


def _check_regex(pattern: str) -> str:
    try:
        groups = metric_expression(pattern).groups
    except re.error as error:
        raise ValueError(f"is not a regular expression, as Python reads them for a rehearsal: {error}") from None
    if not groups:
        raise ValueError(
            "allowed: a regular expression with a group for the number, the first if there are several; this one has "
            "none, as in loss=([0-9.]+)"
        )
    return pattern


Hyperparameters = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=256, pattern=_ONE_LINE), WHOLE],
        Annotated[Any, BeforeValidator(_check_value)],
    ],
    Field(max_length=HYPERPARAMETERS_MAX_COUNT - len(RESERVED_HYPERPARAMETERS)),
]
EnvironmentVariables = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]{0,511}$")],
        Annotated[str, Field(max_length=ENVIRONMENT_VALUE_MAX_LENGTH), WHOLE],
    ],
    Field(max_length=ENVIRONMENT_MAX_COUNT - len(RESERVED_ENVIRONMENT)),
]
MetricDefinitions = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=255, pattern=_ONE_LINE)],
        Annotated[str, Field(min_length=1, max_length=500, pattern=_ONE_LINE), AfterValidator(_check_regex)],
    ],
    Field(max_length=40),
]


def hyperparameter_problems(hyperparameters: Mapping[str, Any]) -> Iterator[str]:
    """Hyperparameters that other settings set, and values that the API does not take as text."""
    for name, value in hyperparameters.items():
        text = hyperparameter_text(value)
        if name == "accelerator":
            yield "hyperparameters.accelerator is set from accelerator; remove it, and set that instead"
        if name in RESERVED_HYPERPARAMETERS:
            yield f"hyperparameters.{name} is set from source; remove it"
        if len(text) > HYPERPARAMETER_MAX_LENGTH:
            yield f"hyperparameters.{name} has more than {HYPERPARAMETER_MAX_LENGTH} characters"
        if any(character in text for character in _LINE_BREAKS):
            yield f"hyperparameters.{name} has a line break; allowed: one line"


def hyperparameter_text(value: Any) -> str:  # noqa: ANN401 - any JSON
    """A hyperparameter as the API takes it: a string, in the form that script mode's `json.loads` reads back.

    Text stays as it is. A number has the digits that the engine hands over: it reads 0.10 as 0.1 and 1e-3 as 0.001.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # which stays text: JSON has no such numbers
    return json.dumps(value, sort_keys=True, ensure_ascii=False).translate(_ESCAPED_IN_JSON)


def script_arguments(hyperparameters: Mapping[str, str]) -> list[str]:
    """The arguments with which the toolkit starts a script, from a request's HyperParameters.

    Source: sagemaker-training 4.8.0, `environment.read_hyperparameters`, `mapping.to_cmd_args`, and
    `process.check_error`, which takes quotation marks off the ends of the last one.
    """
    own = {name: _read_back(text) for name, text in hyperparameters.items() if not name.startswith("sagemaker_")}
    pairs = [(f"--{name}" if len(name) > 1 else f"-{name}", _argument(value)) for name, value in sorted(own.items())]
    arguments = [argument for pair in pairs for argument in pair]
    return [*arguments[:-1], arguments[-1].strip('"')] if arguments else []


def script_variables(channels: Mapping[str, str | None], instance_count: int) -> dict[str, str]:
    """The variables by which the toolkit tells a script its channels (name -> distribution type) and its hosts.

    The distribution type is None where it is not known.
    """
    hosts = [f"algo-{number}" for number in range(1, instance_count + 1)]
    distributed = {name: {"S3DistributionType": how} for name, how in channels.items() if how}
    return {
        "SM_CHANNELS": json.dumps(sorted(channels)),
        "SM_HOSTS": json.dumps(hosts),
        "SM_CURRENT_HOST": hosts[0],
        "SM_INPUT_DATA_CONFIG": json.dumps(distributed),
        **{f"SM_CHANNEL_{name.upper()}": f"/opt/ml/input/data/{name}" for name in channels},
    }


def _read_back(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _argument(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ",".join(f"{name}={part}" for name, part in sorted(value.items()))
    return str(value)
