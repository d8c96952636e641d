"""Where runs and models are recorded: a managed MLflow tracking server by name, or any server by http(s) URI."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from .aws_names import AwsScope
from .s3_location import S3PrefixAnywhere


def _check_tracking_uri(uri: str) -> str:
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("allowed: an http:// or https:// URI with a host; for a managed server set tracking_server")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("allowed: after the host a port of 0-65535, as in https://mlflow.example.com:5000") from None
    if parts.username or parts.password:
        raise ValueError(
            "allowed: a URI without user name and password: everybody who may read the schedule reads it; "
            "keep them in Secrets Manager and set tracking.secret_arn"
        )
    if parts.query or parts.fragment:
        raise ValueError(
            "allowed: a URI without '?' and '#': everybody who may read the schedule reads what follows; "
            "keep a token in Secrets Manager and set tracking.secret_arn"
        )
    return uri


_SECRET_ARN = r"^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$"  # noqa: S105  # a pattern
SecretArn = Annotated[str, Field(max_length=512, pattern=_SECRET_ARN)]
"""Complete, with the six characters that Secrets Manager adds: it names one secret and no other."""


class TrackingSpec(BaseModel):
    """MLflow, as one job uses it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    tracking_server: Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$")] | None = None
    """Name of a SageMaker managed MLflow tracking server, of MLflow 3.0 or later, in the stack's account
    and region; this or `tracking_uri`."""
    tracking_uri: (
        Annotated[
            str,
            Field(max_length=512, json_schema_extra={"pattern": "^[hH][tT][tT][pP][sS]?://."}),
            AfterValidator(_check_tracking_uri),
        ]
        | None
    ) = None
    """The http or https address of any MLflow server of version 3 or later; this or `tracking_server`."""
    artifact_store: S3PrefixAnywhere | None = None
    """The tracking server's artifact store: MLflow clients write there themselves, with the execution role. Required
    with `tracking_server`."""
    secret_arn: SecretArn | None = None
    """The complete ARN of a Secrets Manager secret with the server's credentials: a JSON object of environment
    variables (`MLFLOW_TRACKING_USERNAME`, …), or a token."""
    experiment_name: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """The MLflow experiment that runs go to; absent: `<job>-<stack>`, the training job name prefix."""
    registered_model_name: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^/:'\"]+$")] | None = None
    """The MLflow registered model that versions go to; absent: `<job>-<stack>`, the training job name prefix."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.tracking_server is None) == (self.tracking_uri is None):
            raise ValueError("allowed: either tracking_server (a name) or tracking_uri (http or https), and not both")
        if self.tracking_server is not None and self.artifact_store is None:
            raise ValueError(
                "tracking_server needs artifact_store, the S3 location that the server was created with (its "
                "ArtifactStoreUri): the training job itself writes models and pictures there"
            )
        return self

    def tracking_server_arn(self, scope: AwsScope) -> str | None:
        """ARN of the managed tracking server; None where a URI is used."""
        if self.tracking_server is None:
            return None
        return scope.arn("sagemaker", f"mlflow-tracking-server/{self.tracking_server}")

    def uri(self, scope: AwsScope) -> str:
        """What MLFLOW_TRACKING_URI is set to."""
        return self.tracking_uri or self.tracking_server_arn(scope) or ""
