"""What a request tells the script: its hyperparameters and its environment."""

import json
from typing import Final

from .aws_names import JobNames
from .isolation_fit import CODE_CHANNEL, tracks_inside
from .request_places import source_bundle_uri, training_image_uri
from .request_values import without_none
from .schedule_input import ATTEMPT_NUMBER, EXECUTION_ID, SCHEDULE_ARN, SCHEDULED_TIME
from .script_mode import ENVIRONMENT_VALUE_MAX_LENGTH, hyperparameter_text
from .source_bundle import SourceBundle
from .training_job_spec import TrainingJobSpec

CODE_IN_CHANNEL: Final = f"/opt/ml/input/data/{CODE_CHANNEL}/sourcedir.tar.gz"
"""Where the bundle lies in an isolated container; the toolkit takes a path as well as a URI (`files.py`)."""


def script_hyperparameters(spec: TrainingJobSpec, names: JobNames, bundle: SourceBundle) -> dict[str, str]:
    """The script's hyperparameters, and script mode's own."""
    own = {name: hyperparameter_text(value) for name, value in spec.hyperparameters.items()}
    if spec.accelerator:
        own["accelerator"] = spec.accelerator
    return own | {
        "sagemaker_program": spec.source.program,
        "sagemaker_region": names.scope.region,
        "sagemaker_submit_directory": CODE_IN_CHANNEL
        if spec.network_isolation
        else source_bundle_uri(spec, names, bundle),
    }


def script_environment(spec: TrainingJobSpec, names: JobNames, bundle: SourceBundle) -> dict[str, str]:
    """The container's variables: those of the settings, and those that the request itself tells."""
    secrets = {name: secret.arn for name, secret in spec.secrets.items()}
    is_tracked = tracks_inside(spec)
    return (
        dict(spec.environment)
        | secrets
        | without_none(
            # What boto3 reads; SageMaker does not set it, and S3 in China and GovCloud is not found without.
            AWS_DEFAULT_REGION=names.scope.region,
            MLFLOW_TRACKING_URI=spec.tracking.uri(names.scope) if is_tracked else None,
            MLFLOW_EXPERIMENT_NAME=spec.tracking.experiment_name,
            REGISTERED_MODEL_NAME=spec.tracking.registered_model_name,
            SECRET_ARN=spec.tracking.secret_arn if is_tracked else None,
            PROMOTION_MINIMUM_METRICS=json.dumps(spec.promotion.minimum_metrics),
            PROMOTION_MAXIMUM_METRICS=json.dumps(spec.promotion.maximum_metrics),
            PROMOTION_MARGIN=f"{spec.promotion.margin:g}",
            SCHEDULE_ARN=SCHEDULE_ARN,
            SCHEDULED_TIME=SCHEDULED_TIME,
            SCHEDULE_EXECUTION_ID=EXECUTION_ID,
            SCHEDULE_ATTEMPT_NUMBER=ATTEMPT_NUMBER,
            SOURCE_BUNDLE_DIGEST=bundle.digest,
            ENTRY_POINT=spec.source.entry_point if spec.source.program != spec.source.entry_point else None,
            TRAINING_IMAGE=training_image_uri(spec, names),
            CHECKPOINT_LOCAL_PATH=spec.checkpoint.local_path if spec.checkpoint else None,
            **_channel_uris(spec),
        )
    )


def _channel_uris(spec: TrainingJobSpec) -> dict[str, str]:
    """Where the channels that are read come from, for the record: SageMaker tells the container directories only.

    A URI may be longer than a variable; such a one is left out, and the record has the directory.
    """
    uris = {name: spec.channels[name].s3_uri for name in ("training", "validation") if name in spec.channels}
    return {
        f"CHANNEL_URI_{name.upper()}": uri for name, uri in uris.items() if len(uri) <= ENVIRONMENT_VALUE_MAX_LENGTH
    }
