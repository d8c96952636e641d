"""What a request tells the script: its hyperparameters and its environment."""

import json
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
        # What boto3 reads; SageMaker does not set it, and S3 in China and GovCloud is not found without.
        AWS_DEFAULT_REGION=names.scope.region,
        SCHEDULE_ARN=SCHEDULE_ARN,
        SCHEDULED_TIME=SCHEDULED_TIME,
        SCHEDULE_EXECUTION_ID=EXECUTION_ID,
        SCHEDULE_ATTEMPT_NUMBER=ATTEMPT_NUMBER,
        SOURCE_BUNDLE_DIGEST=bundle.digest,
        ENTRY_POINT=spec.source.entry_point if spec.program != spec.source.entry_point else None,
        TRAINING_IMAGE=training_image_uri(spec, names),
        CHECKPOINT_LOCAL_PATH=spec.checkpoint.local_path if spec.checkpoint else None,
        **_tracking(spec, names),
        **_channel_uris(spec),
        **dated_channel_variables(spec, time_zone),
    )
    return dict(spec.environment) | secrets | told


def _tracking(spec: TrainingJobSpec, names: JobNames) -> dict[str, str | None]:
    """Where to track, and what makes a champion; or that there is neither."""
    if spec.tracking is None:
        return {"TRACKING": NONE, "DELIVERIES_URI": deliveries_uri(spec, names)}
    reached = tracking_inside(spec)
    return {
        "TRACKING": None if reached else AFTERWARDS,
        "MLFLOW_TRACKING_URI": reached.uri(names.scope) if reached else None,
        # Not for the script, which cannot reach it: for whoever brings in what the job recorded.
        "TRACKING_URI_AFTERWARDS": None if reached else spec.tracking.uri(names.scope),
        "MLFLOW_EXPERIMENT_NAME": spec.tracking.experiment_name or names.prefix,
        "REGISTERED_MODEL_NAME": spec.tracking.registered_model_name or names.prefix,
        "SECRET_ARN": reached.secret_arn if reached else None,
        "PROMOTION_MINIMUM_METRICS": json.dumps(spec.promotion.minimum_metrics, ensure_ascii=False),
        "PROMOTION_MAXIMUM_METRICS": json.dumps(spec.promotion.maximum_metrics, ensure_ascii=False),
        "PROMOTION_MARGIN": f"{spec.promotion.margin:g}",
    }


def _channel_uris(spec: TrainingJobSpec) -> dict[str, str]:
    """Where the channels that are read come from, for the record: SageMaker tells the container directories only.

    A URI may be longer than a variable; such a one is left out, and the record has the directory.
    """
    known = {name: channel for name, channel in spec.channels.items() if channel.s3_uri and not channel.has_dates}
    uris = {name: known[name].s3_uri for name in ("training", "validation") if name in known}
    return {
        f"CHANNEL_URI_{name.upper()}": uri for name, uri in uris.items() if len(uri) <= ENVIRONMENT_VALUE_MAX_LENGTH
    }
