"""Names that are not for settings to give: hyperparameters and environment variables, each with who sets it.

Sources: sagemaker-training 4.8.0, `params.py`, `mapping.py` and `environment.py` (`__init__`, `to_env_vars`);
SageMaker Developer Guide, "Environment variables used by the training toolkit" and "How Amazon SageMaker AI provides
training information"; AWS SDKs and Tools Reference Guide, "Container credential provider", "AWS access keys" and "AWS
Region".
"""

from collections.abc import Iterable, Iterator
from typing import Final

RESERVED_HYPERPARAMETERS: Final = ("sagemaker_program", "sagemaker_region", "sagemaker_submit_directory")
"""Script mode's own: which script, from which bundle."""

RESERVED_ENVIRONMENT: Final = (
    "AWS_DEFAULT_REGION",
    "CHANNEL_URI_TRAINING",
    "CHANNEL_URI_VALIDATION",
    "CHECKPOINT_LOCAL_PATH",
    "DELIVERIES_URI",
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
    "TRACKING",
    "TRACKING_URI_AFTERWARDS",
    "TRAINING_IMAGE",
)
"""What the request itself tells the container; boto3 reads the first, `training_code/options` the others."""

DATED_CHANNEL: Final = "DATED_CHANNEL"
"""Beginning of the variables that tell a job which data to fetch itself."""

_BY_SAGEMAKER: Final = "is set by SageMaker, whatever the request says"
_BY_THE_TOOLKIT: Final = "is set by the training toolkit when it starts"
_CREDENTIALS: Final = (
    "would take the place of the execution role's credentials, and whoever may read the schedule could read it"
)
_SET_BY_OTHERS: Final = {
    "AWS_ACCESS_KEY_ID": _CREDENTIALS,
    "AWS_REGION": _BY_SAGEMAKER,
    "AWS_SECRET_ACCESS_KEY": _CREDENTIALS,
    "AWS_SECURITY_TOKEN": _CREDENTIALS,  # what boto3 has called the next one before, and still reads
    "AWS_SESSION_TOKEN": _CREDENTIALS,
    "CURRENT_HOST": _BY_THE_TOOLKIT,
    "TRAINING_JOB_ARN": _BY_SAGEMAKER,
    "TRAINING_JOB_NAME": _BY_SAGEMAKER,
}
_PREFIXES: Final = {
    "SM_": "begins with SM_, as all that the training toolkit tells a script: it would be overwritten, or believed",
    "SAGEMAKER_": "begins with SAGEMAKER_, as what SageMaker, its images and the training toolkit read and set",
    DATED_CHANNEL: f"begins with {DATED_CHANNEL}, as what tells the job which data of which date to fetch",
    "AWS_CONTAINER_": "begins with AWS_CONTAINER_, as what SageMaker tells of the execution role's credentials",
}


def environment_problems(variables: Iterable[str], setting: str = "environment") -> Iterator[str]:
    """Names of variables that are not for settings to set, each with the reason; `setting` has them."""
    for name in variables:
        if name in RESERVED_ENVIRONMENT:
            yield f"{setting}.{name} is set by the training job itself; remove it"
            continue
        by_prefix = (why for prefix, why in _PREFIXES.items() if name.startswith(prefix))
        if why := _SET_BY_OTHERS.get(name) or next(by_prefix, ""):
            cure = "remove it" if name in _SET_BY_OTHERS else "choose another name"
            yield f"{setting}.{name} {why}; {cure}"
