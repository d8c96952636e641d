"""What a request tells the script: its hyperparameters and its environment."""

import json
from collections.abc import Callable
from typing import Final

from .aws_names import JobNames
from .dated_channels import dated_channel_variables
from .isolation_fit import CODE_CHANNEL, tracking_inside
from .request_places import deliveries_uri, source_bundle_uri, training_image_uri
from .request_values import without_none
from .schedule_input import ATTEMPT_NUMBER, EXECUTION_ID, SCHEDULE_ARN, SCHEDULED_TIME
from .script_mode import ENVIRONMENT_VALUE_MAX_LENGTH, hyperparameter_text
from .source_bundle import SourceBundle
from .tracking_mode import AFTERWARDS, NONE
from .training_job_spec import TrainingJobSpec

CODE_IN_CHANNEL: Final = f"/opt/ml/input/data/{CODE_CHANNEL}/sourcedir.tar.gz"
"""Where the bundle lies in an isolated container; the toolkit takes a path as well as a URI (`files.py`)."""


def script_hyperparameters(spec: TrainingJobSpec, names: JobNames, bundle: SourceBundle) -> dict[str, str]:
    """The script's hyperparameters, and script mode's own."""
    own = {name: hyperparameter_text(value) for name, value in spec.hyperparameters.items()}
    if spec.accelerator:
        own["accelerator"] = spec.accelerator
    return own | {
        "sagemaker_program": spec.program,
        "sagemaker_region": names.scope.region,
        "sagemaker_submit_directory": CODE_IN_CHANNEL
        if spec.network_isolation
        else source_bundle_uri(spec, names, bundle),
    }


def script_environment(
    spec: TrainingJobSpec, names: JobNames, bundle: SourceBundle, time_zone: str = "UTC"
) -> dict[str, str]:
    """The container's variables: those of the settings, and those that the request itself tells.

    `time_zone` is the schedule's.
    """
    secrets = {name: secret.arn for name, secret in spec.secrets.items()}
    told = without_none(
        **{name: value(spec, names) for name, value in TOLD.items()},
        SOURCE_BUNDLE_DIGEST=bundle.digest,
        **_channel_uris(spec),
        **dated_channel_variables(spec, time_zone),
    )
    return dict(spec.environment) | secrets | told


def _entry_point(spec: TrainingJobSpec, _: JobNames) -> str | None:
    return spec.source.entry_point if spec.program != spec.source.entry_point else None


def _tracking(spec: TrainingJobSpec, _: JobNames) -> str | None:
    if spec.tracking is None:
        return NONE
    return None if tracking_inside(spec) else AFTERWARDS


def _tracking_uri(spec: TrainingJobSpec, names: JobNames) -> str | None:
    reached = tracking_inside(spec)
    return reached.uri(names.scope) if reached else None


def _tracking_uri_afterwards(spec: TrainingJobSpec, names: JobNames) -> str | None:
    """Not for the script, which cannot reach it: for whoever brings in what the job recorded."""
    return None if spec.tracking is None or tracking_inside(spec) else spec.tracking.uri(names.scope)


def _experiment_name(spec: TrainingJobSpec, names: JobNames) -> str | None:
    return (spec.tracking.experiment_name or names.prefix) if spec.tracking else None


def _registered_model_name(spec: TrainingJobSpec, names: JobNames) -> str | None:
    return (spec.tracking.registered_model_name or names.prefix) if spec.tracking else None


def _secret_arn(spec: TrainingJobSpec, _: JobNames) -> str | None:
    reached = tracking_inside(spec)
    return reached.secret_arn if reached else None


def _minimum_metrics(spec: TrainingJobSpec, _: JobNames) -> str | None:
    return json.dumps(spec.promotion.minimum_metrics, ensure_ascii=False) if spec.tracking else None


def _maximum_metrics(spec: TrainingJobSpec, _: JobNames) -> str | None:
    return json.dumps(spec.promotion.maximum_metrics, ensure_ascii=False) if spec.tracking else None


def _margin(spec: TrainingJobSpec, _: JobNames) -> str | None:
    return f"{spec.promotion.margin:g}" if spec.tracking else None


def _channel_uris(spec: TrainingJobSpec) -> dict[str, str]:
    """Where the channels that are read come from, for the record: SageMaker tells the container directories only.

    A URI may be longer than a variable; such a one is left out, and the record has the directory.
    """
    known = {name: channel for name, channel in spec.channels.items() if channel.s3_uri and not channel.has_dates}
    uris = {name: known[name].s3_uri for name in ("training", "validation") if name in known}
    return {
        f"CHANNEL_URI_{name.upper()}": uri for name, uri in uris.items() if len(uri) <= ENVIRONMENT_VALUE_MAX_LENGTH
    }


Variable = Callable[[TrainingJobSpec, JobNames], str | None]
TOLD: Final[dict[str, Variable]] = {
    # What boto3 reads; SageMaker does not set it, and S3 in China and GovCloud is not found without.
    "AWS_DEFAULT_REGION": lambda _, names: names.scope.region,
    "SCHEDULE_ARN": lambda *_: SCHEDULE_ARN,
    "SCHEDULED_TIME": lambda *_: SCHEDULED_TIME,
    "SCHEDULE_EXECUTION_ID": lambda *_: EXECUTION_ID,
    "SCHEDULE_ATTEMPT_NUMBER": lambda *_: ATTEMPT_NUMBER,
    "ENTRY_POINT": _entry_point,
    "TRAINING_IMAGE": training_image_uri,
    "CHECKPOINT_LOCAL_PATH": lambda spec, _: spec.checkpoint.local_path if spec.checkpoint else None,
    # Where to track, and what makes a champion; or that there is neither.
    "TRACKING": _tracking,
    "DELIVERIES_URI": deliveries_uri,
    "MLFLOW_TRACKING_URI": _tracking_uri,
    "TRACKING_URI_AFTERWARDS": _tracking_uri_afterwards,
    "MLFLOW_EXPERIMENT_NAME": _experiment_name,
    "REGISTERED_MODEL_NAME": _registered_model_name,
    "SECRET_ARN": _secret_arn,
    "PROMOTION_MINIMUM_METRICS": _minimum_metrics,
    "PROMOTION_MAXIMUM_METRICS": _maximum_metrics,
    "PROMOTION_MARGIN": _margin,
}
"""Variable -> what the request sets it to; None where it is not set."""
FOR_THE_RECORD: Final = frozenset({"TRAINING_IMAGE", "CHECKPOINT_LOCAL_PATH"})
"""Those that no script's settings depend on, and that only settings which all fit each other have."""
