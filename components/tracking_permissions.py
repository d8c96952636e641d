"""What of the execution role's permissions is for tracking: MLflow's calls, and the secret for a server.

Source: Service Authorization Reference, "Amazon SageMaker with MLflow" and "Amazon SageMaker".
"""

from typing import Final

from .aws_names import JobNames
from .iam_policies import allow
from .isolation_fit import tracking_inside
from .statement_union import Statement
from .training_job_spec import TrainingJobSpec

MLFLOW_ACTIONS: Final = tuple(
    f"sagemaker-mlflow:{action}"
    for action in (
        "CreateExperiment",
        "CreateModelVersion",
        "CreateRegisteredModel",
        "CreateRun",
        "DeleteLoggedModel",
        "DeleteModelVersion",
        "DeleteTag",
        "FinalizeLoggedModel",
        "GetExperimentByName",
        "GetLoggedModel",
        "GetModelVersion",
        "GetRegisteredModel",
        "GetRun",
        "LogBatch",
        "LogInputs",
        "LogModel",
        "LogOutputs",
        "SearchLoggedModels",
        "SearchModelVersions",
        "SearchRuns",
        "SetExperimentTag",
        "SetLoggedModelTags",
        "SetModelVersionTag",
        "SetRegisteredModelAlias",
        "SetTag",
        "UpdateModelVersion",
        "UpdateRun",
    )
)
"""What `training_code/` calls to track and register one run; it deletes only what is a double of its own making."""

MLFLOW_ACTIONS_OF_OTHER_CODE: Final = tuple(
    f"sagemaker-mlflow:{action}"
    for action in (
        "GetExperiment",
        "GetMetricHistory",
        "GetModelVersionByAlias",
        "ListArtifacts",
        "LogMetric",
        "LogParam",
        "SetRegisteredModelTag",
    )
)
"""What a script of the team's own calls besides, with MLflow's usual functions: log_metric, log_param, log_model ..."""

MLFLOW_APP_ACTIONS: Final = ("sagemaker:CallMlflowAppApi",)
"""One action for all that an MLflow App answers; a `sagemaker-mlflow` action takes no App for its resource. Sources:
SageMaker Developer Guide, "Set up IAM permissions for MLflow Apps"; Service Authorization Reference."""


def tracking_permissions(spec: TrainingJobSpec, names: JobNames) -> list[Statement]:
    """MLflow's calls on the managed tracking server or App (one by URI is no matter of IAM), and its one secret."""
    tracking = tracking_inside(spec)
    if tracking is None:
        return []
    statements = []
    arn = tracking.managed_arn(names.scope)
    if arn and tracking.app:
        statements.append(allow("TrackWithMlflow", MLFLOW_APP_ACTIONS, arn))
    elif arn:
        statements.append(allow("TrackWithMlflow", MLFLOW_ACTIONS, arn))
        if not spec.source.is_shipped:
            statements.append(allow("TrackFromOtherCode", MLFLOW_ACTIONS_OF_OTHER_CODE, arn))
    if secret := tracking.secret_arn:
        statements.append(allow("ReadTrackingSecret", ["secretsmanager:GetSecretValue"], secret))
    return statements
