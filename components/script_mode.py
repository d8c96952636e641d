"""What a job's script is told, and what is read from its lines: hyperparameters, environment, metric definitions.

Limits: SageMaker API, CreateTrainingJob; each is declared once, on the type it limits.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

HYPERPARAMETERS_MAX_COUNT: Final = 100
HYPERPARAMETER_MAX_LENGTH: Final = 2500
ENVIRONMENT_MAX_COUNT: Final = 100
ENVIRONMENT_VALUE_MAX_LENGTH: Final = 512
RESERVED_HYPERPARAMETERS: Final = ("sagemaker_program", "sagemaker_region", "sagemaker_submit_directory")
"""Script mode's own: which script, from which bundle. Source: sagemaker-training toolkit, params.py."""
RESERVED_ENVIRONMENT: Final = (
    "AWS_DEFAULT_REGION",
    "CHANNEL_URI_TRAINING",
    "CHANNEL_URI_VALIDATION",
    "CHECKPOINT_LOCAL_PATH",
    "ENTRY_POINT",
    "MLFLOW_EXPERIMENT_NAME",
    "MLFLOW_TRACKING_URI",
    "PROMOTION_MARGIN",
    "PROMOTION_MAXIMUM_METRICS",
    "PROMOTION_MINIMUM_METRICS",
    "REGISTERED_MODEL_NAME",
    "SCHEDULED_TIME",
    "SCHEDULE_ARN",
    "SCHEDULE_ATTEMPT_NUMBER",
    "SCHEDULE_EXECUTION_ID",
    "SECRET_ARN",
    "SECRET_VARIABLES",
    "SOURCE_BUNDLE_DIGEST",
    "TRAINING_IMAGE",
)
"""What the request itself tells the container; boto3 reads the first, `training_code/options` the others."""
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

Scalar = str | int | float | bool


def _check_scalar(value: object) -> object:
    if not isinstance(value, str | int | float):  # a bool is an int
        raise ValueError("allowed: text, a number, true or false")
    return value


def _check_regex(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    if groups != 1:
        raise ValueError(f"allowed: a regular expression with one group, the number; this one has {groups}")
    return pattern


Hyperparameters = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=256)], Annotated[Scalar, BeforeValidator(_check_scalar)]],
    Field(max_length=HYPERPARAMETERS_MAX_COUNT - len(RESERVED_HYPERPARAMETERS)),
]
EnvironmentVariables = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]{0,511}$")],
        Annotated[str, Field(max_length=ENVIRONMENT_VALUE_MAX_LENGTH)],
    ],
    Field(max_length=ENVIRONMENT_MAX_COUNT - len(RESERVED_ENVIRONMENT)),
]
MetricDefinitions = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=255)],
        Annotated[str, Field(max_length=500), AfterValidator(_check_regex)],
    ],
    Field(max_length=40),
]


def environment_problems(environment: Mapping[str, str]) -> list[str]:
    """Variables that are not for settings to set."""
    return [
        f"environment.{name} is set by the training job itself; remove it"
        for name in sorted(set(environment).intersection(RESERVED_ENVIRONMENT))
    ]


def hyperparameter_problems(hyperparameters: Mapping[str, Scalar]) -> list[str]:
    """Hyperparameters that other settings set, and values that are too long as text."""
    problems = []
    for name, value in hyperparameters.items():
        if name == "accelerator":
            problems.append("hyperparameters.accelerator is set from accelerator; remove it, and set that instead")
        if name in RESERVED_HYPERPARAMETERS:
            problems.append(f"hyperparameters.{name} is set from source; remove it")
        if len(hyperparameter_text(value)) > HYPERPARAMETER_MAX_LENGTH:
            problems.append(f"hyperparameters.{name} has more than {HYPERPARAMETER_MAX_LENGTH} characters")
    return problems


def hyperparameter_text(value: Scalar) -> str:
    """A hyperparameter as the API takes it: a string, in the form that script mode's `json.loads` reads back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def script_arguments(hyperparameters: Mapping[str, str]) -> list[str]:
    """The arguments with which the toolkit starts a script, from a request's HyperParameters.

    Source: sagemaker-training 4.8.0, `environment.read_hyperparameters`, `mapping.to_cmd_args`, and
    `process.check_error`, which takes quotation marks off the ends of the last one.
    """
    own = {name: _read_back(text) for name, text in hyperparameters.items() if not name.startswith("sagemaker_")}
    pairs = [(f"--{name}" if len(name) > 1 else f"-{name}", _argument(value)) for name, value in sorted(own.items())]
    arguments = [argument for pair in pairs for argument in pair]
    return [*arguments[:-1], arguments[-1].strip('"')] if arguments else []


def script_variables(channels: Mapping[str, str], instance_count: int) -> dict[str, str]:
    """The variables by which the toolkit tells a script its channels (name -> distribution type) and its hosts."""
    hosts = [f"algo-{number}" for number in range(1, instance_count + 1)]
    return {
        "SM_CHANNELS": json.dumps(sorted(channels)),
        "SM_HOSTS": json.dumps(hosts),
        "SM_CURRENT_HOST": hosts[0],
        "SM_INPUT_DATA_CONFIG": json.dumps({name: {"S3DistributionType": how} for name, how in channels.items()}),
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
